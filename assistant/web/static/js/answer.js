/** One turn of the conversation on the page: the question, and the answer with each statement's numbered places. */

import { announce } from "./announce.js";
import { copy, dates, documentHref, headingsOf, isExpired, placeHref, quoteWithSource, PATH_SEPARATOR, sectionPath } from "./citation.js";
import { renderText } from "./document-text.js";
import { expiredWarning } from "./document-view.js";
import { element, icon, unseen } from "./dom.js";
import { feedbackForm } from "./feedback.js";
import { t } from "./i18n.js";

/**
 * @typedef {import("./api.js").Answer} Answer
 * @typedef {import("./api.js").Citation} Citation
 * @typedef {import("./document.js").Shown} Shown
 *
 * @typedef {object} Turn
 * @property {{key: string, name: string}} municipality
 * @property {string} question
 * @property {Answer} answer
 * @property {number} number  of the answer in its conversation, from 1
 * @property {"up" | "down"} [verdict]
 *
 * @typedef {{name: string, ask: () => void}} Elsewhere  a municipality that can be asked the same instead
 */

/** A page this wide has room for a hint only once. @type {Turn | null} */
let hintedAt = null;

/**
 * @param {Turn} turn
 * @param {(shown: Shown) => void} show  opens a document beside the answer
 * @param {(turn: Turn) => Elsewhere | undefined} elsewhere  where to ask what is about another municipality
 */
export function renderTurn(turn, show, elsewhere) {
  const { answer } = turn;
  const id = `turn-${answer.conversation_id}-${turn.number}`;
  const parts = answer.status === "answered" ? answered(turn, show) : notAnswered(turn, show, elsewhere);
  return element("li", { class: "turn" },
    element("article", { "aria-labelledby": id },
      heading(turn, id),
      element("div", { class: `answer ${answer.status}` }, ...parts),
      answer.status === "smalltalk" ? null : feedbackForm(turn)));
}

/**
 * A turn whose answer is being written: the statements proven so far.
 * @param {Pick<Turn, "municipality" | "question">} turn
 * @param {Pick<Answer, "statements" | "citations">} sofar
 * @param {(shown: Shown) => void} show
 */
export function renderComing(turn, sofar, show) {
  return element("li", { class: "turn coming" },
    element("article", { "aria-labelledby": "coming", "aria-busy": "true" },
      heading(turn, "coming"),
      element("div", { class: "answer" },
        element("p", { class: "hint" }, t("coming")),
        ...renderStatements(sofar, show))));
}

/** @param {Pick<Answer, "statements" | "citations">} answer @param {(shown: Shown) => void} show */
export const renderStatements = (answer, show) =>
  statements(answer, (citation) => placeLink(answer.citations, citation, show));

/** @param {Pick<Turn, "municipality" | "question">} turn @param {string} id */
function heading({ municipality, question }, id) {
  return element("h2", { id, tabindex: "-1", class: "question" },
    element("span", { class: "asked" }, t("you_asked_in", { municipality: municipality.name })), " ",
    element("span", { class: "words" }, question));
}

/** @param {Turn} turn @param {(shown: Shown) => void} show */
function answered(turn, show) {
  const { answer, municipality } = turn;
  hintedAt ??= turn;
  const link = (/** @type {Citation} */ citation) => placeLink(answer.citations, citation, show);
  const [lead] = answer.answer.split(/\n\s*\n/, 1);
  const copyAll = element("button", {
    type: "button",
    class: "tool",
    click: async () => {
      announce(t((await copy(copied(answer, municipality.name))) ? "copied" : "copy_failed"), copyAll);
    },
  }, icon("copy"), element("span", {}, t("copy_answer")));
  return [
    element("p", { class: "lead", lang: answer.language }, lead),
    hintedAt === turn && element("p", { class: "hint" }, t("how_to_check")),
    ...(answer.answered_by === "quotes" ? groupedQuotes(answer, link) : prose(answer, link)),
    sources(answer.citations, show),
    element("div", { class: "tools" }, copyAll),
  ].filter((part) => part !== false);
}

/**
 * Quotes under the headings that they stand under.
 * @param {Answer} answer
 * @param {(citation: Citation) => HTMLElement} link
 */
function groupedQuotes(answer, link) {
  const several = new Set(answer.citations.map((one) => one.document)).size > 1;
  /** @type {Array<{path: string, list: HTMLElement, node: HTMLElement}>} */
  const groups = [];
  for (const statement of answer.statements) {
    const citations = citationsOf(answer, statement);
    const headings = citations.length ? [...(several ? [citations[0].title] : []), ...headingsOf(citations[0])] : [];
    const path = headings.join(PATH_SEPARATOR);
    if (groups.at(-1)?.path !== path) {
      const list = element("ul", { class: "quotes" });
      const above = headings.slice(0, -1).map((one) => one + PATH_SEPARATOR).join("");
      const heading = path && element("h3", { lang: "no" }, above, element("strong", {}, headings.at(-1)));
      const validTo = citations[0]?.valid_to ?? null;
      groups.push({ path, list, node: element("section", { class: "place" },
        heading, list, isExpired(validTo) && expiredWarning(/** @type {string} */ (validTo))) });
    }
    groups.at(-1)?.list.append(element("li", { class: "quote", lang: "no" },
      element("blockquote", {}, renderText(statement.text)), element("span", { class: "places" }, ...citations.map(link))));
  }
  return groups.map((group) => group.node);
}

/**
 * Statements that a language model has worded, in its order, and what to know of them.
 * @param {Answer} answer
 * @param {(citation: Citation) => HTMLElement} link
 */
function prose(answer, link) {
  return [
    ...statements(answer, link, answer.language),
    element("p", { class: "hint written" }, t("written_by", { model: answer.answered_by })),
  ];
}

/**
 * A paragraph for each statement; after the last one in a row that rests on what has expired, a note of it.
 * @param {Pick<Answer, "statements" | "citations">} answer
 * @param {(citation: Citation) => HTMLElement} link
 * @param {Answer["language"]} [language]
 */
function statements(answer, link, language) {
  const ended = answer.statements.map((statement) => citationsOf(answer, statement)
    .flatMap(({ valid_to: end }) => (end && isExpired(end) ? [end] : [])).sort()[0]);
  return answer.statements.flatMap((statement, i) => [
    element("p", { class: "statement", lang: language },
      statement.text, element("span", { class: "places" }, ...citationsOf(answer, statement).map(link))),
    ...(ended[i] && ended[i] !== ended[i + 1] ? [expiredWarning(ended[i])] : []),
  ]);
}

/**
 * The answer to paste elsewhere: what a language model has worded, then the quotes with their sources.
 * @param {Answer} answer
 * @param {string} municipalityName
 */
function copied(answer, municipalityName) {
  const written = answer.answered_by !== "quotes";
  const numbers = (/** @type {number[]} */ all) => all.map((n) => `[${n}]`).join("");
  return [
    ...(written ? answer.statements.map(({ text, citations }) => `${text} ${numbers(citations)}`) : []),
    ...(written ? [t("written_by", { model: answer.answered_by })] : []),
    ...answer.citations.map((one) => (written ? `[${one.n}] ` : "") + quoteWithSource(one, municipalityName)),
  ].join("\n\n");
}

/** @param {Pick<Answer, "citations">} answer @param {Answer["statements"][0]} statement */
const citationsOf = (answer, statement) =>
  statement.citations.flatMap((n) => answer.citations.find((one) => one.n === n) ?? []);

/**
 * @param {Turn} turn
 * @param {(shown: Shown) => void} show
 * @param {(turn: Turn) => Elsewhere | undefined} elsewhere
 */
function notAnswered(turn, show, elsewhere) {
  const { answer } = turn;
  const other = answer.status === "other_municipality" ? elsewhere(turn) : undefined;
  const paragraphs = answer.answer.split(/\n\s*\n/).filter((one) => one.trim());
  const status = answer.status === "smalltalk" ? null : element("p", { class: "status" }, t(`status_${answer.status}`));
  const closest = answer.closest.map((passage) => element("li", {},
    element("p", { class: "path", lang: "no" }, sectionPath(passage) || passage.title),
    element("blockquote", { lang: "no" }, renderText(passage.quote)),
    placeLink(answer.closest, passage, show, t("see_place_button"))));
  return [
    ...(status ? [status] : []),
    ...paragraphs.map((one) => element("p", { class: "lead", lang: answer.language }, one)),
    ...(other ? [element("button", { type: "button", class: "secondary switch", click: other.ask },
      t("ask_instead", { municipality: other.name }))] : []),
    ...(closest.length ? [element("section", { class: "closest" },
      element("h3", {}, t("closest")),
      element("p", { class: "hint" }, t("closest_note")),
      element("ul", {}, ...closest))] : []),
  ];
}

/**
 * The link to a citation's place: opens it beside the answer; a middle click or a copied link opens its own page.
 * @param {Citation[]} citations
 * @param {Citation} citation
 * @param {(shown: Shown) => void} show
 * @param {string} [words]  instead of the number
 */
function placeLink(citations, citation, show, words) {
  return element("a", {
    class: words ? "see" : "cite",
    href: placeHref(citation),
    click: opening(() => show({ ...citation, citations, index: citations.indexOf(citation) })),
  }, words ?? `[${citation.n}]`, unseen(words ? "" : ` ${t("see_place")}`));
}

/**
 * A listener that opens in place, and leaves clicks for a new tab or window to the browser.
 * @param {() => void} open
 * @returns {EventListener}
 */
export const opening = (open) => (event) => {
  const { ctrlKey, metaKey, shiftKey, altKey } = /** @type {MouseEvent} */ (event);
  if (ctrlKey || metaKey || shiftKey || altKey) return;
  event.preventDefault();
  open();
};

/**
 * The documents that the answer is taken from, and when they were adopted. How long a quote holds is said at the quote:
 * a chapter can be for a shorter time than its document.
 * @param {Citation[]} citations
 * @param {(shown: Shown) => void} show
 */
function sources(citations, show) {
  const documents = [...new Map(citations.map((one) => [one.document, one])).values()];
  return element("div", { class: "sources" },
    element("h3", {}, t(documents.length > 1 ? "sources" : "source")),
    element("ul", {}, ...documents.map((one) => element("li", {},
      documentLink({ ...one, id: one.document }, show),
      element("span", { class: "dates" }, dates(commonDates(citations.filter((other) => other.document === one.document))))))));
}

/** @param {Citation[]} citations of one document */
function commonDates([first, ...others]) {
  return others.every((one) => one.valid_to === first.valid_to) ? first : { ...first, valid_to: null };
}

/**
 * @param {{municipality: string, id: string, title: string}} document
 * @param {(shown: Shown) => void} show
 */
export const documentLink = ({ municipality, id, title }, show) =>
  element("a", {
    href: documentHref(municipality, id),
    lang: "no",
    click: opening(() => show({ municipality, document: id, title, citations: [], index: -1 })),
  }, title);
