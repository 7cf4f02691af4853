/**
 * How a document's text is laid out for reading. The documents come out of PDF files: lines are cut where the paper
 * ended, words are hyphenated across lines, list items are split by blank lines. The text itself stays as it is, so
 * that every offset holds; this module only says which runs of white space are line breaks to the eye.
 */

/**
 * @typedef {object} Break  White space between two lines (with the hyphen before it, when a word was cut there).
 * @property {number} start
 * @property {number} end
 * @property {"soft" | "glue" | "hard"} kind  shown as a space, as nothing, or as a new line
 *
 * @typedef {object} Block  Blocks follow each other without a gap; together they are the whole text.
 * @property {"heading" | "item" | "paragraph"} kind
 * @property {number} start
 * @property {number} end
 * @property {number} level  of a heading, 1 is highest; otherwise 0
 * @property {number} bullet  length of the bullet or number that an item begins with; otherwise 0
 * @property {Break[]} breaks
 *
 * @typedef {{start: number, end: number, level: number}} Heading
 * @typedef {{start: number, end: number, text: string}} Line  a line without the white space around it
 */

const BULLET = /^(?:[•◦▪■●○‣⃁∙·➢➤✓\uE000-\uF8FF]|[o*–—-](?=\s))\s*/u;
const NUMBERED = /^(?:\d{1,2}(?:\.\d{1,2})*[.)]|\d{1,2}(?:\.\d{1,2})+|[a-z]\))\s/u;
const FOOTNOTE = /^\d{1,2}\s+\p{Lu}/u;
const WEB_ADDRESS = /^(?:https?:\/\/|www\.)\S+$/;
/** The first line of a page has one space before it, or a form feed. */
const PAGE_BEGINS = /\f|\n $/;
const OPENS_LOWER = /^[«"“(]?[\p{Ll}§]/u;
const ENDED = /[.!?:;]["»”)]?$/u;
const CUT_WORD = /\p{Ll}-$/u;
const CUT_NAME = /[\p{Lu}\d]-$/u;
const HYPHEN_STAYS = /^(?:og|eller|samt|til|and|or)\b/u;

/** After a full stop, a line that leaves at most this share of its column empty goes on in the same paragraph. */
const RAGGED = 0.35;

/**
 * The blocks of a text. A block never ends inside one of `whole`: a quote stays in one piece.
 * @param {string} text
 * @param {Heading[]} [headings]  in order
 * @param {Array<{start: number, end: number}>} [whole]
 * @returns {Block[]}
 */
export function layOut(text, headings = [], whole = []) {
  const lines = readLines(text);
  const widths = columnWidths(text, lines);
  /** @type {Block[]} */
  const blocks = [];
  lines.forEach((line, i) => {
    const previous = lines[i - 1];
    const heading = headings.find((one) => meet(one, line));
    const inQuote = previous && whole.some((one) => one.start < previous.end && one.end > line.start);
    const kind = heading || (previous && headings.some((one) => meet(one, previous)))
      ? heading && previous && meet(heading, previous) ? "soft" : "block"
      : between(text, previous, line, widths[i]);
    if (!previous || (kind === "block" && !inQuote)) blocks.push(begin(line, heading));
    else {
      const cut = kind === "glue" && CUT_WORD.test(previous.text) ? 1 : 0;
      const start = previous.end - cut;
      blocks[blocks.length - 1].breaks.push({ start, end: line.start, kind: kind === "block" ? "hard" : kind });
    }
  });
  return withoutGaps(text, blocks);
}

/**
 * The text as prose: cut words mended, lines joined, a new line for each block.
 * @param {string} text
 */
export function readable(text) {
  return layOut(text).map((block) => {
    let prose = "";
    let from = block.start;
    for (const { start, end, kind } of block.breaks) {
      prose += text.slice(from, start) + { soft: " ", glue: "", hard: "\n" }[kind];
      from = end;
    }
    prose += text.slice(from, block.end);
    return prose.replace(/[^\S\n]+/g, " ").trim().replace(/^[\uE000-\uF8FF]/u, "•");
  }).join("\n");
}

/** @param {string} text @returns {Line[]} */
function readLines(text) {
  return [...text.matchAll(/[^\n\f]+/g)].flatMap((match) => {
    const inner = match[0].trim();
    if (!inner) return [];
    const start = match.index + match[0].indexOf(inner);
    return [{ start, end: start + inner.length, text: inner }];
  });
}

/**
 * For each line the width of its column: the longest of the lines around it with no empty line between.
 * @param {string} text
 * @param {Line[]} lines
 */
function columnWidths(text, lines) {
  /** @type {number[][]} */
  const columns = [];
  lines.forEach((line, i) => {
    const touches = i > 0 && isNear(text.slice(lines[i - 1].end, line.start));
    if (touches) columns[columns.length - 1].push(line.text.length);
    else columns.push([line.text.length]);
  });
  return columns.flatMap((lengths) => lengths.map(() => Math.max(...lengths)));
}

/** Whether the white space between two lines holds no empty line and no page break. @param {string} gap */
const isNear = (gap) => !/[\n\f]\s*[\n\f]/.test(gap) && !PAGE_BEGINS.test(gap);

/**
 * What stands between two lines.
 * @param {string} text
 * @param {Line | undefined} previous
 * @param {Line} line
 * @param {number} width  of the column that `line` stands in
 * @returns {"soft" | "glue" | "hard" | "block"}
 */
function between(text, previous, line, width) {
  if (!previous || BULLET.test(line.text) || NUMBERED.test(line.text)) return "block";
  if (WEB_ADDRESS.test(line.text) || WEB_ADDRESS.test(previous.text)) return "hard";
  const near = isNear(text.slice(previous.end, line.start));
  const lower = OPENS_LOWER.test(line.text);
  const mayGlue = near || lower;
  if (mayGlue && CUT_WORD.test(previous.text) && lower && !HYPHEN_STAYS.test(line.text)) return "glue";
  if (mayGlue && CUT_NAME.test(previous.text)) return "glue";
  if (!near) return lower && !ENDED.test(previous.text) ? "soft" : "block";
  if (FOOTNOTE.test(line.text)) return "hard";
  if (lower) return "soft";
  const room = ENDED.test(previous.text) ? width * RAGGED : line.text.split(/\s/, 1)[0].length + 1;
  return previous.text.length + room > width ? "soft" : "hard";
}

/** @param {{start: number, end: number}} one @param {{start: number, end: number}} other */
const meet = (one, other) => one.start < other.end && one.end > other.start;

/** @param {Line} line @param {Heading | undefined} heading @returns {Block} */
function begin(line, heading) {
  const block = { start: line.start, end: line.end, level: heading?.level ?? 0, bullet: 0, breaks: [] };
  if (heading) return { ...block, kind: "heading" };
  const bullet = (BULLET.exec(line.text) ?? NUMBERED.exec(line.text))?.[0].trim().length ?? 0;
  return { ...block, bullet, kind: bullet ? "item" : "paragraph" };
}

/** White space between blocks goes with the block before it. @param {string} text @param {Block[]} blocks */
function withoutGaps(text, blocks) {
  blocks.forEach((block, i) => {
    block.end = blocks[i + 1]?.start ?? text.length;
  });
  if (blocks.length) blocks[0].start = 0;
  return blocks;
}
