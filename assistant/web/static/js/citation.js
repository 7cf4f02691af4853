/** What a citation says about its place: link, section path, dates, and the text to paste elsewhere. */

import { readableDate, t } from "./i18n.js";
import { readable } from "./layout.js";

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {{municipality: string, document: string, start: number, end: number}} Place */

/** The address of a place in a document, as its own page. @param {Place} place */
export const placeHref = ({ municipality, document, start, end }) =>
  `${documentHref(municipality, document)}#s=${start}&e=${end}`;

/** @param {string} municipality @param {string} document */
export const documentHref = (municipality, document) =>
  `/documents/${encodeURIComponent(municipality)}/${encodeURIComponent(document)}`;

export const PATH_SEPARATOR = " › ";

/** The headings that the quote stands under, without closing colons. @param {Citation} citation */
export const headingsOf = (citation) => citation.section.map((heading) => heading.replace(/[:\s]+$/, ""));

/** @param {Citation} citation */
export const sectionPath = (citation) => headingsOf(citation).join(PATH_SEPARATOR);

/**
 * Whether a period has passed; "2020" lasts to the end of that year.
 * @param {string | null} validTo
 * @param {string} [today]
 */
export const isExpired = (validTo, today = new Date().toISOString().slice(0, 10)) =>
  validTo !== null && validTo !== undefined && today.slice(0, validTo.length) > validTo;

/**
 * "Vedtatt 19. juni 2025 · Gjelder til 2030", or that the document does not say.
 * @param {{adopted: string | null, valid_to: string | null}} document
 */
export function dates({ adopted, valid_to: validTo }) {
  const known = [];
  if (adopted) known.push(t("adopted", { date: readableDate(adopted) }));
  if (validTo) known.push(t(isExpired(validTo) ? "was_valid_to" : "valid_to", { date: readableDate(validTo) }));
  return known.join(" · ") || t("no_dates");
}

/**
 * A quote to paste into minutes or a letter: the words, where they stand, and the link.
 * @param {Citation} citation
 * @param {string} municipalityName
 */
export function quoteWithSource(citation, municipalityName) {
  const place = [
    citation.title.includes(municipalityName) ? citation.title : `${citation.title}, ${municipalityName}`,
    sectionPath(citation),
    citation.page === null ? "" : t("page", { page: citation.page }),
    dates(citation),
  ];
  return [
    `«${readable(citation.quote)}»`,
    `– ${place.filter(Boolean).join(". ")}`,
    new URL(placeHref(citation), location.href).href,
  ].join("\n");
}

/**
 * Puts text on the clipboard; false when the browser refuses.
 * @param {string} text
 */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text); // no clipboard without https
  }
}

/** @param {string} text */
function copyBySelection(text) {
  const area = document.createElement("textarea");
  area.value = text;
  area.className = "unseen";
  (document.querySelector("dialog[open]") ?? document.body).append(area);
  area.select();
  const done = document.execCommand("copy");
  area.remove();
  return done;
}
