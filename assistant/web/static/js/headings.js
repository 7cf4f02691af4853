/** Where the headings of a document's sections stand in its text. */

/** A section number that stands before a heading: "3", "1.2", "4.". */
const NUMBER_BEFORE = /(?<=^|[\n\f][ \t]*)\d{1,2}(?:\.\d{1,2})*[.)]?[ \t]+$/;

/**
 * The server's sections name their headings as prose and say where they begin; this finds how far they reach, number
 * before them included. A heading that is not printed where its section begins is left out.
 * @param {string} text
 * @param {Array<{heading_path: string[], start: number}>} sections  offsets in UTF-16 units
 * @returns {Array<{start: number, end: number, level: number, text: string}>} in the order of the text
 */
export function findHeadings(text, sections) {
  /** @type {Array<{start: number, end: number, level: number, text: string}>} */
  const found = [];
  for (const { heading_path: path, start } of [...sections].sort((a, b) => a.start - b.start)) {
    const title = path.at(-1) ?? "";
    const printed = printedAs(title);
    printed.lastIndex = start;
    const end = start + (printed.exec(text)?.[0].length ?? 0);
    if (end === start || start < (found.at(-1)?.end ?? 0)) continue;
    const number = NUMBER_BEFORE.exec(text.slice(Math.max(0, start - 20), start))?.[0] ?? "";
    found.push({ start: start - number.length, end, level: path.length, text: number.trim() ? `${number.trim()} ${title}` : title });
  }
  return found;
}

/**
 * A title as it may be printed: over several lines, with words cut by a hyphen.
 * @param {string} title
 */
function printedAs(title) {
  const words = title.trim().split(/\s+/).map((word) =>
    Array.from(word, (letter) => letter.replace(/[.*+?^${}()|[\]\\/-]/u, "\\$&")).join("(?:-\\s+)?"));
  return new RegExp(words.join("\\s+"), "y");
}
