/** The interface's language: bokmål, nynorsk or English; remembered, and told to the server. */

/** @typedef {"nb" | "nn" | "en"} Language */

import { recall, remember } from "./memory.js";

/** @type {Language[]} */
export const LANGUAGES = ["nb", "nn", "en"];

/** Locales for dates; the keys are ours, the values are those that browsers know. */
const LOCALES = { nb: "nb-NO", nn: "nn-NO", en: "en-GB" };

/** @type {Record<string, string>} */
let texts = {};
/** @type {Language} */
let current = "nb";
/** @type {Array<() => void>} */
const listeners = [];

/** The language in force. @returns {Language} */
export const language = () => current;

/** Calls back whenever the language has changed. @param {() => void} listener */
export const onLanguage = (listener) => listeners.push(listener);

/**
 * The text of a key with `{names}` filled in; `count: 1` takes the key's `_one` form where there is one.
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function t(key, values = {}) {
  const text = (values.count === 1 && texts[`${key}_one`]) || texts[key];
  if (text === undefined) throw new Error(`No text for “${key}” in ${current}.json`);
  return text.replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The language to begin with: `?lang=`, the one chosen before, nynorsk for a browser that asks for it, else bokmål.
 * @returns {Language}
 */
export function preferredLanguage() {
  const known = (/** @type {unknown} */ name) => LANGUAGES.find((one) => one === name);
  const norwegian = navigator.languages.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag) => /nb|no|nn/.test(tag));
  const asked = new URLSearchParams(location.search).get("lang");
  return known(asked) ?? known(recall("language")) ?? (norwegian === "nn" ? "nn" : "nb");
}

/** Puts the page into a language. @param {Language} wanted */
export async function setLanguage(wanted) {
  const response = await fetch(`/static/i18n/${wanted}.json`);
  if (!response.ok) throw new Error(`No texts for ${wanted}: ${response.status}`);
  texts = await response.json();
  current = wanted;
  document.documentElement.lang = wanted;
  translate(document);
  for (const listener of listeners) listener();
}

/**
 * Fills in the texts that the page's markup asks for with `data-i18n`, `data-i18n-placeholder` and `data-i18n-label`.
 * @param {ParentNode} root
 */
export function translate(root) {
  const each = (/** @type {string} */ attribute, /** @type {(node: Element, text: string) => void} */ put) =>
    root.querySelectorAll(`[${attribute}]`).forEach((node) => put(node, t(node.getAttribute(attribute) ?? "")));
  each("data-i18n", (node, text) => { node.textContent = text; });
  each("data-i18n-placeholder", (node, text) => node.setAttribute("placeholder", text));
  each("data-i18n-label", (node, text) => node.setAttribute("aria-label", text));
}

/** Makes the buttons `[data-language]` switch the language. */
export function wireLanguageSwitch() {
  const buttons = [...document.querySelectorAll("[data-language]")];
  const show = () => buttons.forEach((button) =>
    button.setAttribute("aria-pressed", String(button.getAttribute("data-language") === current)));
  buttons.forEach((button) => button.addEventListener("click", () => {
    const wanted = /** @type {Language} */ (button.getAttribute("data-language"));
    remember("language", wanted);
    setLanguage(wanted);
  }));
  onLanguage(show);
  show();
}

/**
 * A date as the reader writes it: "2025-06-19" → «19. juni 2025», "2025-06" → «juni 2025», "2016" → «2016».
 * @param {string} date
 */
export function readableDate(date) {
  const [year, month, day] = date.split("-").map(Number);
  if (!month) return String(year);
  /** @type {Intl.DateTimeFormatOptions} */
  const parts = { year: "numeric", month: "long", ...(day ? { day: "numeric" } : {}), timeZone: "UTC" };
  return new Intl.DateTimeFormat(LOCALES[current], parts).format(new Date(Date.UTC(year, month - 1, day || 1)));
}
