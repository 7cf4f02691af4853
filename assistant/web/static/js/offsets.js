/**
 * The server counts Unicode code points; JavaScript strings count UTF-16 units. The two part ways after each
 * character outside the basic plane (an emoji, a rare symbol), which is one code point and two units.
 */

/**
 * A function from code-point offsets to UTF-16 offsets of `text`; offsets past the end give the text's length.
 * @param {string} text
 * @returns {(codePoint: number) => number}
 * @example
 *   const at = utf16Offsets("🌲 tre");
 *   "🌲 tre".slice(at(2), at(5)) // "tre"
 */
export function utf16Offsets(text) {
  /** @type {number[]} Code-point offset of each character that takes two units, in order. */
  const wide = [];
  for (const match of text.matchAll(/[\u{10000}-\u{10FFFF}]/gu)) wide.push(match.index - wide.length);
  return (codePoint) => Math.min(codePoint + countBelow(wide, codePoint), text.length);
}

/**
 * How many of the ascending `numbers` are below `limit` (binary search).
 * @param {number[]} numbers
 * @param {number} limit
 */
function countBelow(numbers, limit) {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (numbers[middle] < limit) low = middle + 1;
    else high = middle;
  }
  return low;
}
