/** A document's text on the page: every character in its order, laid out for reading, with quotes marked. */

import { element } from "./dom.js";
import { layOut } from "./layout.js";

/**
 * @typedef {object} Mark
 * @property {number} start  UTF-16 units
 * @property {number} end
 * @property {number | null} n  number of the citation
 * @property {boolean} current  the quote that was asked for
 *
 * @typedef {import("./layout.js").Heading & {id?: string}} Heading
 * @typedef {import("./layout.js").Block} Block
 */

/**
 * The whole text. The `textContent` of what is returned is `text`, and the current mark is one element.
 * @param {string} text
 * @param {{headings?: Heading[], marks?: Mark[], topLevel?: number}} [options]
 *   `topLevel` is that of the text's highest headings on the page: one below what stands above the text
 * @returns {DocumentFragment}
 */
export function renderText(text, { headings = [], marks = [], topLevel = 3 } = {}) {
  const fragment = document.createDocumentFragment();
  const apart = disjoint(marks);
  /** @type {HTMLUListElement | null} */
  let list = null;
  for (const block of layOut(text, headings, marks.filter((mark) => mark.current))) {
    const content = withMarks(text, block, apart);
    if (block.kind === "item") {
      if (!list) fragment.append((list = element("ul", { class: "items" })));
      list.append(element("li", {}, ...content));
      continue;
    }
    list = null;
    if (block.kind === "heading") {
      const level = /** @type {"h3"} */ (`h${Math.min(block.level + topLevel - 1, 6)}`);
      const id = headings.find((one) => one.start >= block.start && one.start < block.end)?.id;
      fragment.append(element(level, { id, tabindex: "-1", class: `level-${Math.min(block.level, 3)}` }, ...content));
    } else fragment.append(element("p", {}, ...content));
  }
  return fragment;
}

/**
 * Marks that do not overlap: the current one keeps all of its text, then the first comes first.
 * @param {Mark[]} marks
 * @returns {Mark[]}
 */
function disjoint(marks) {
  /** @type {Mark[]} */
  const kept = [];
  for (const mark of [...marks].sort((a, b) => Number(b.current) - Number(a.current) || a.start - b.start)) {
    let pieces = [mark];
    for (const other of kept) {
      pieces = pieces.flatMap((piece) => [
        { ...piece, end: Math.min(piece.end, other.start) },
        { ...piece, start: Math.max(piece.start, other.end) },
      ]).filter((piece) => piece.start < piece.end);
    }
    kept.push(...pieces);
  }
  return kept.sort((a, b) => a.start - b.start);
}

/**
 * @param {string} text
 * @param {Block} block
 * @param {Mark[]} marks  disjoint and in order
 * @returns {Node[]}
 */
function withMarks(text, block, marks) {
  const nodes = [];
  let from = block.start;
  for (const mark of marks) {
    const start = Math.max(mark.start, block.start);
    const end = Math.min(mark.end, block.end);
    if (start >= end || !text.slice(start, end).trim()) continue;
    nodes.push(...run(text, block, from, start));
    nodes.push(element("mark", {
      class: mark.current ? "current" : null,
      "data-n": start === mark.start ? mark.n : null,
      tabindex: mark.current ? "-1" : null,
    }, ...run(text, block, start, end)));
    from = end;
  }
  return [...nodes, ...run(text, block, from, block.end)];
}

/**
 * A stretch of a block. Line breaks of the paper show as a space (white space collapses) or, in a cut word, as
 * nothing; bullets hang in the margin.
 * @param {string} text
 * @param {Block} block
 * @param {number} from
 * @param {number} to
 * @returns {Array<Text | HTMLElement>}
 */
function run(text, block, from, to) {
  const nodes = [];
  const bulletStart = block.start + text.slice(block.start, block.end).search(/\S/);
  const special = [
    ...(block.bullet ? [{ start: bulletStart, end: bulletStart + block.bullet, look: bulletLook(text[bulletStart]) }] : []),
    ...block.breaks.flatMap(({ start, end, kind }) => {
      if (kind === "soft") return [];
      const oneLine = start + text.slice(start, end).search(/[\n\f]/) + 1;
      return [{ start, end: kind === "hard" ? oneLine : end, look: kind }];
    }),
  ];
  for (const { start, end, look } of special) {
    if (end <= from || start >= to) continue;
    nodes.push(document.createTextNode(text.slice(from, Math.max(from, start))));
    nodes.push(element("span", { class: look }, text.slice(Math.max(from, start), Math.min(to, end))));
    from = Math.min(to, end);
  }
  nodes.push(document.createTextNode(text.slice(from, to)));
  return nodes.filter((node) => node.textContent);
}

/** Symbol fonts' characters and a lone "o" are drawn as a bullet. @param {string} character */
const bulletLook = (character) => (/[\uE000-\uF8FFo*]/.test(character) ? "bullet symbol" : "bullet");
