/** Where the headings of a document's sections stand in its text. */

/**
 * The server's sections name their headings as prose and give their place; the heading's own line is found here. A
 * heading that is printed somewhere else than where its section begins is left out.
 * @param {string} text
 * @param {Array<{heading_path: string[], start: number, level?: number}>} sections  offsets in UTF-16 units
 * @returns {Array<{start: number, end: number, level: number, text: string}>} in the order of the text
 */
export function findHeadings(text, sections) {
  /** @type {Map<number, {start: number, end: number, level: number, text: string}>} */
  const found = new Map();
  for (const { heading_path: path, start } of sections) {
    const title = path.at(-1);
    const place = title && placeOf(title, text, start);
    if (place) found.set(place.start, { ...place, level: path.length, text: title });
  }
  const ordered = [...found.values()].sort((a, b) => a.start - b.start);
  return ordered.filter((one, i) => i === 0 || one.start >= ordered[i - 1].end);
}

/**
 * The title at the beginning of its section, or right before it.
 * @param {string} title
 * @param {string} text
 * @param {number} start
 */
function placeOf(title, text, start) {
  const words = title.trim().split(/\s+/).map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  const printed = words.join("\\s+");
  const at = new RegExp(`\\s*(${printed})`, "dy");
  at.lastIndex = start;
  const here = at.exec(text)?.indices?.[1];
  if (here) return { start: here[0], end: here[1] };
  const from = Math.max(0, start - title.length * 2 - 40);
  const before = new RegExp(`(${printed})\\s*$`, "d").exec(text.slice(from, start))?.indices?.[1];
  return before ? { start: from + before[0], end: from + before[1] } : null;
}
