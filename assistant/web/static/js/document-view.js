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
 * @param {number} [topLevel]  of the headings in the text: one below the heading above it
 * @returns {DocumentFragment}
 */
export function renderDocument(policy, current, others = [], topLevel = 3) {
  const wrong = current && !holds(policy, current);
  const spots = [...(current && !wrong ? [current] : []), ...others.filter((one) => holds(policy, one))];
  const marks = spots.map((spot) => ({
    start: policy.at(spot.start),
    end: policy.at(spot.end),
    n: spot.n ?? null,
    current: spot === current,
  }));
  const text = element("div", { class: "document-text", lang: policy.language },
    renderText(policy.text, { headings: policy.headings, marks, topLevel }));
  const fragment = document.createDocumentFragment();
  fragment.append(
    element("p", { class: "dates" }, `${policy.municipality_name} · ${dates(policy)}`),
    ...periodWarnings(policy),
    ...(wrong ? [element("p", { class: "warning", role: "alert" },
      t(current.quote ? "document_quote_missing" : "document_bad_place"))] : []),
    ...contents(policy, (heading) => goToHeading(text, heading)),
    text,
  );
  return fragment;
}

/** A note that the period of what is quoted has passed. @param {string} validTo */
export const expiredWarning = (validTo) =>
  element("p", { class: "warning" }, t("expired", { date: readableDate(validTo) }));

/**
 * Notes that the document's own period, or that of one of its chapters, has passed.
 * @param {import("./library.js").DocumentCard} policy
 */
export function periodWarnings({ valid_to: validTo, periods }) {
  const chapters = periods.filter((period) => isExpired(period.valid_to));
  return [
    ...(isExpired(validTo) ? [t("expired_document", { date: readableDate(/** @type {string} */ (validTo)) })] : []),
    ...chapters.map(({ section, valid_to: end }) =>
      t("expired_chapter", { chapter: section, date: readableDate(/** @type {string} */ (end)) })),
  ].map((words) => element("p", { class: "warning" }, words));
}

/**
 * Whether a place lies in the text, and holds the quote where one is given.
 * @param {PolicyDocument} policy
 * @param {Spot} spot
 */
function holds(policy, { start, end, quote }) {
  const found = policy.text.slice(policy.at(start), policy.at(end));
  return start >= 0 && end > start && found !== "" && (quote === undefined || found === quote);
}

/**
 * The document's headings to choose from; nothing when it has only one.
 * @param {PolicyDocument} policy
 * @param {(heading: string) => void} choose  given the heading's id
 */
export function contents({ headings, language }, choose) {
  if (headings.length < 2) return [];
  const top = Math.min(...headings.map((one) => one.level));
  const links = headings.map(({ id, level, text }) => element("li", { class: level > top ? "deeper" : null },
    element("button", { type: "button", class: "plain", click: () => choose(id) }, text)));
  return [element("details", { class: "contents" },
    element("summary", {}, t("document_contents")),
    element("ol", { lang: language }, ...links))];
}

/** @param {ParentNode} within @param {string} heading  its id */
export function goToHeading(within, heading) {
  const target = /** @type {HTMLElement | null} */ (within.querySelector(`#${heading}`));
  if (!target) return;
  bringIntoView(target, "top");
  target.focus({ preventScroll: true });
}

/**
 * Scrolls the nearest scrolling ancestor, and nothing else, until `target` is seen.
 * @param {HTMLElement} target
 * @param {"middle" | "top"} where  a target too tall for the middle begins near the top
 */
export function bringIntoView(target, where) {
  const scroller = scrollerOf(target);
  const frame = scroller === document.documentElement ? { top: 0 } : scroller.getBoundingClientRect();
  const box = target.getBoundingClientRect();
  const free = scroller.clientHeight - box.height;
  const margin = where === "top" ? 24 : Math.max(free / 2, Math.min(96, scroller.clientHeight / 6));
  scroller.scrollTop += box.top - frame.top - margin;
}

/** @param {HTMLElement} target */
function scrollerOf(target) {
  for (let parent = target.parentElement; parent; parent = parent.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(parent).overflowY)) return parent;
  }
  return document.documentElement;
}
