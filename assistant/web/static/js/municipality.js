/** The municipality that is asked, and the documents it has. */

import { documentLink } from "./answer.js";
import { dates } from "./citation.js";
import { byId, element } from "./dom.js";
import { contents, periodWarnings } from "./document-view.js";
import { onLanguage, t } from "./i18n.js";
import { documentOf, documentsOf, municipalities } from "./library.js";
import { recall, remember } from "./memory.js";

/** @typedef {import("./library.js").Municipality} Municipality */

export class MunicipalityPicker {
  /** @type {Municipality[]} */
  #known = [];

  /** @param {(shown: import("./document.js").Shown) => void} show  opens a document */
  constructor(show) {
    this.show = show;
    this.select = /** @type {HTMLSelectElement} */ (byId("municipality"));
    this.notice = byId("municipality-notice");
    this.select.addEventListener("change", () => this.#chosen());
    onLanguage(() => this.#describe());
  }

  /** The one chosen, or undefined. @returns {Municipality | undefined} */
  get current() {
    return this.#known.find((one) => one.key === this.select.value);
  }

  /** Fetches the list, then chooses the one in the address (`?m=`) or the one from the last visit. */
  async load() {
    try {
      this.#known = await municipalities();
    } catch (error) {
      const detail = error instanceof Error ? error.message : "";
      const again = element("button", { type: "button", class: "secondary", click: () => this.load() }, t("try_again"));
      this.notice.replaceChildren(t("error_list", { detail }), " ", again);
      return;
    }
    this.notice.replaceChildren();
    const names = this.#known.map(({ key, name }) => element("option", { value: key }, name));
    this.select.replaceChildren(this.select.options[0], ...names);
    const linked = new URLSearchParams(location.search).get("m");
    if (linked && !this.#isKnown(linked)) this.notice.textContent = t("municipality_unknown", { municipality: linked.slice(0, 60) });
    const wanted = [linked, recall("municipality")].find((key) => key && this.#isKnown(key));
    this.select.value = wanted ?? "";
    this.select.removeAttribute("aria-invalid");
    this.#describe();
  }

  /** The other municipality that a text names, of those that can be asked. @param {string} text @param {string} own  key */
  named(text, own) {
    const plain = (/** @type {string} */ words) => ` ${words.replace(/[^\p{L}-]+/gu, " ").trim()} `;
    return this.#known.find(({ key, name }) => key !== own && plain(text).includes(plain(name)));
  }

  /** @param {string} key */
  choose(key) {
    this.select.value = key;
    this.#chosen();
  }

  /** Asks the user to choose first. */
  demand() {
    this.notice.textContent = t("municipality_missing");
    this.select.setAttribute("aria-invalid", "true");
    this.select.focus();
  }

  /**
   * The way into a document for those who do not know what to ask; it has been fetched when the first quote is opened.
   * @param {import("./library.js").DocumentCard} card
   */
  async #addContents({ municipality, id, title }) {
    const policy = await documentOf(municipality, id).catch(() => null); // opening the document says what is wrong
    const place = document.getElementById(`card-${id}`);
    if (!policy || this.current?.key !== municipality || place?.querySelector("details")) return;
    place?.append(...contents(policy, (heading) =>
      this.show({ municipality, document: id, title, citations: [], index: -1, heading })));
  }

  /** @param {string} key */
  #isKnown(key) {
    return this.#known.some((one) => one.key === key);
  }

  #chosen() {
    this.notice.replaceChildren();
    this.select.removeAttribute("aria-invalid");
    const address = new URL(location.href);
    if (this.select.value) {
      remember("municipality", this.select.value);
      address.searchParams.set("m", this.select.value);
    } else address.searchParams.delete("m");
    history.replaceState(history.state, "", address);
    this.#describe();
  }

  /** Names the municipality at the question, and lists its documents. */
  async #describe() {
    const chosen = this.current;
    byId("question-label").textContent = chosen ? t("question_to", { municipality: chosen.name }) : t("question");
    const list = byId("document-list");
    const hint = byId("documents-hint");
    if (!chosen) {
      hint.textContent = t("documents_hint");
      list.replaceChildren();
      return;
    }
    try {
      const documents = await documentsOf(chosen.key);
      if (this.current !== chosen) return;
      hint.textContent = t(documents.length ? "documents_read" : "documents_none");
      list.replaceChildren(...documents.map((one) => element("li", { id: `card-${one.id}` },
        documentLink(one, this.show),
        element("span", { class: "dates" }, dates(one)),
        ...periodWarnings(one))));
      documents.forEach((one) => this.#addContents(one));
    } catch (error) {
      hint.textContent = error instanceof Error ? error.message : t("error_unexpected");
      list.replaceChildren();
    }
  }
}
