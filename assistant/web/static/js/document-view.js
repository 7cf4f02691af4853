/** A document to read: its title and dates, a warning when it is old, its contents, and the text with the quotes marked. */

import { dates, isExpired } from "./citation.js";
import { element } from "./dom.js";
import { renderText } from "./document-text.js";
import { readableDate, t } from "./i18n.js";

/**
 * @typedef {import("./library.js").PolicyDocument} PolicyDocument
 * @typedef {{start: number, end: number, n?: number, quote?: string}} Spot  offsets in code points
 */

/**
 * @param {PolicyDocument} policy
 * @param {Spot | null} current  the place that was asked for
 * @param {Spot[]} [others]  other quotes of the same answer
 * @returns {DocumentFragment}
 */
export function renderDocument(policy, current, others = []) {
  const wrong = current && !holds(policy, current);
  const spots = [...(current && !wrong ? [current] : []), ...others.filter((one) => holds(policy, one))];
  const marks = spots.map((spot) => ({
    start: policy.at(spot.start),
    end: policy.at(spot.end),
    n: spot.n ?? null,
    current: spot === current,
  }));
  const text = element("div", { class: "document-text", lang: policy.language },
    renderText(policy.text, { headings: policy.headings, marks }));
  const fragment = document.createDocumentFragment();
  fragment.append(
    element("p", { class: "dates" }, `${policy.municipality_name} · ${dates(policy)}`),
    ...(isExpired(policy.valid_to) ? [expiredWarning(/** @type {string} */ (policy.valid_to))] : []),
    ...(wrong ? [element("p", { class: "warning", role: "alert" },
      t(current.quote ? "document_quote_missing" : "document_bad_place"))] : []),
    ...(policy.headings.length > 1 ? [contents(policy, text)] : []),
    text,
  );
  return fragment;
}

/** A note that the document's own period has passed. @param {string} validTo */
export const expiredWarning = (validTo) =>
  element("p", { class: "warning" }, t("expired", { date: readableDate(validTo) }));

/**
 * Whether a place lies in the text, and holds the quote where one is given.
 * @param {PolicyDocument} policy
 * @param {Spot} spot
 */
function holds(policy, { start, end, quote }) {
  const found = policy.text.slice(policy.at(start), policy.at(end));
  return start >= 0 && end > start && found !== "" && (quote === undefined || found === quote);
}

/** @param {PolicyDocument} policy @param {HTMLElement} text */
function contents(policy, text) {
  const level = Math.min(...policy.headings.map((one) => one.level));
  const links = policy.headings.map((heading) => element("li", { class: heading.level > level ? "deeper" : null },
    element("button", {
      type: "button",
      class: "plain",
      click: () => {
        const target = /** @type {HTMLElement} */ (text.querySelector(`#${heading.id}`));
        bringIntoView(target, "top");
        target.focus({ preventScroll: true });
      },
    }, heading.text)));
  return element("details", { class: "contents" },
    element("summary", {}, t("document_contents")),
    element("ol", { lang: policy.language }, ...links));
}

/**
 * Scrolls the nearest scrolling ancestor, and nothing else, until `target` is seen.
 * @param {HTMLElement} target
 * @param {"middle" | "top"} where  a target too tall for the middle begins near the top
 */
export function bringIntoView(target, where) {
  const scroller = target.closest("[data-scroller]") ?? document.documentElement;
  const frame = scroller === document.documentElement ? { top: 0 } : scroller.getBoundingClientRect();
  const box = target.getBoundingClientRect();
  const free = scroller.clientHeight - box.height;
  const margin = where === "top" ? 24 : Math.max(free / 2, Math.min(96, scroller.clientHeight / 6));
  scroller.scrollTop += box.top - frame.top - margin;
}
