/** Building page elements. Text goes in as text nodes, never as markup. */

/**
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Record<string, string | number | boolean | null | undefined | EventListener>} [attributes]
 *   Attributes; `true` sets an empty one, `false`, `null` and `undefined` leave it out; a function is a listener
 *   for the event that its key names.
 * @param {...(Node | string | null | undefined | false)} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(name, value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, String(value));
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

/** Text that only screen readers meet. @param {string} text */
export const unseen = (text) => element("span", { class: "unseen" }, text);

/**
 * The element with this id; the page is wrong when it is missing.
 * @param {string} id
 * @returns {any}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (!found) throw new Error(`The page has no element #${id}`);
  return found;
}

const DRAWINGS = {
  close: "M6 6l12 12M18 6L6 18",
  back: "M20 12H5M11 5l-7 7 7 7",
  up: "M5 15l7-7 7 7",
  down: "M5 9l7 7 7-7",
  copy: "M9 9h11v11H9zM5 15H4V4h11v1",
  out: "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6",
  yes: "M4 11h3v9H4zM7 11l4-8c1.7 0 3 1.2 3 3v4h4.6a1.6 1.6 0 0 1 1.6 1.9l-1.3 6.8A1.6 1.6 0 0 1 17.3 20H7",
  no: "M4 13h3V4H4zM7 13l4 8c1.7 0 3-1.2 3-3v-4h4.6a1.6 1.6 0 0 0 1.6-1.9l-1.3-6.8A1.6 1.6 0 0 0 17.3 4H7",
};

/**
 * A line drawing that screen readers skip; the button around it carries the words.
 * @param {keyof typeof DRAWINGS} name
 */
export function icon(name) {
  const space = "http://www.w3.org/2000/svg";
  const svg = document.createElementNS(space, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const path = document.createElementNS(space, "path");
  path.setAttribute("d", DRAWINGS[name]);
  svg.append(path);
  return svg;
}
