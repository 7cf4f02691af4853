/** The municipalities and their documents, each fetched once. */

import { fetchDocument, fetchDocuments, fetchMunicipalities } from "./api.js";
import { findHeadings } from "./headings.js";
import { utf16Offsets } from "./offsets.js";

/**
 * @typedef {{key: string, name: string}} Municipality
 *
 * @typedef {object} DocumentCard
 * @property {string} id
 * @property {string} municipality
 * @property {string} municipality_name
 * @property {string} title
 * @property {string} language
 * @property {string | null} adopted
 * @property {string | null} valid_to
 * @property {Array<{section: string, valid_to: string | null}>} periods  chapters that are for another time
 *
 * @typedef {DocumentCard & {
 *   text: string,
 *   at: (codePoint: number) => number,
 *   headings: Array<{start: number, end: number, level: number, text: string, id: string}>,
 * }} PolicyDocument  with `at` from the server's offsets to those of JavaScript strings, in which headings are given
 */

/** @type {Map<string, Promise<any>>} */
const fetched = new Map();

/**
 * @template T
 * @param {string} key
 * @param {() => Promise<T>} fetch
 * @returns {Promise<T>}
 */
function once(key, fetch) {
  const known = fetched.get(key);
  if (known) return known;
  const coming = fetch();
  fetched.set(key, coming);
  coming.catch(() => fetched.delete(key)); // a failure is not remembered: the next one asks again
  return coming;
}

/** @returns {Promise<Municipality[]>} */
export const municipalities = () => once("", fetchMunicipalities);

/** @param {string} municipality @returns {Promise<DocumentCard[]>} */
export const documentsOf = (municipality) => once(municipality, () => fetchDocuments(municipality));

/** @param {string} municipality @param {string} name @returns {Promise<PolicyDocument>} */
export const documentOf = (municipality, name) => once(`${municipality}/${name}`, async () => {
  const reply = await fetchDocument(municipality, name);
  const at = utf16Offsets(reply.text);
  const sections = reply.sections.map((/** @type {any} */ one) => ({ ...one, start: at(one.start) }));
  const headings = findHeadings(reply.text, sections).map((one, i) => ({ ...one, id: `part-${i + 1}` }));
  return { ...reply, at, headings };
});
