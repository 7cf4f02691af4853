/**
 * Norwegian national identity numbers (fødselsnummer and D-nummer): DDMMYY, three individual digits and two control
 * digits, each the complement modulo 11 of a weighted sum of the digits before it (folkeregisterforskriften,
 * kapittel 2).
 */

const FIRST_WEIGHTS = [3, 7, 6, 1, 8, 9, 4, 5, 2];
const SECOND_WEIGHTS = [5, 4, 3, 2, 7, 6, 5, 4, 3, 2];

/** Eleven digits that stand alone, perhaps with a space, dot or hyphen after the six of the date. */
const CANDIDATE = /(?<!\d)(\d{6})[\s.\-–]?(\d{5})(?!\d)/g;

/**
 * The first national identity number in `text`, hidden but for its date ("010190 •••••"), or null.
 * @param {string} text
 * @returns {string | null}
 */
export function findIdentityNumber(text) {
  for (const [, date, rest] of text.matchAll(CANDIDATE)) {
    if (isIdentityNumber(date + rest)) return `${date} •••••`;
  }
  return null;
}

/**
 * Whether eleven digits are a valid identity number: a possible date (D-numbers add 40 to the day, the tax office's
 * made-up persons 40, 65 or 80 to the month) and both control digits right.
 * @param {string} digits
 */
export function isIdentityNumber(digits) {
  if (!/^\d{11}$/.test(digits)) return false;
  const number = Array.from(digits, Number);
  return isPossibleDate(digits)
    && controlDigit(number, FIRST_WEIGHTS) === number[9]
    && controlDigit(number, SECOND_WEIGHTS) === number[10];
}

/** @param {string} digits */
function isPossibleDate(digits) {
  const day = Number(digits.slice(0, 2)) % 40;
  const month = Number(digits.slice(2, 4));
  return day >= 1 && day <= 31 && [0, 40, 65, 80].some((added) => month - added >= 1 && month - added <= 12);
}

/**
 * 11 minus the weighted sum modulo 11; 11 counts as 0, and 10 fits no digit.
 * @param {number[]} number
 * @param {number[]} weights
 */
function controlDigit(number, weights) {
  const sum = weights.reduce((total, weight, place) => total + weight * number[place], 0);
  return (11 - (sum % 11)) % 11;
}
