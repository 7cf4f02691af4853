/**
 * The document beside the answer: a pane on a wide screen, a sheet over the page on a narrow one. The browser's Back
 * closes it. What it shows is kept in the history's state, so that Forward opens it again.
 */

import { copy, placeHref, documentHref, quoteWithSource } from "./citation.js";
import { byId, element, icon, unseen } from "./dom.js";
import { bringIntoView, goToHeading, renderDocument } from "./document-view.js";
import { announce } from "./announce.js";
import { onLanguage, t } from "./i18n.js";
import { documentOf } from "./library.js";

/**
 * @typedef {import("./api.js").Citation} Citation
 * @typedef {object} Shown
 * @property {string} municipality
 * @property {string} document
 * @property {string} title
 * @property {Citation[]} citations  the quotes of one answer, to step through; none when the document is just read
 * @property {number} index          which of them
 * @property {string} [heading]      id of the heading to begin at when no quote is shown
 */

const BESIDE = matchMedia("(min-width: 64rem)");

export class DocumentPane {
  /** @type {Shown | null} */
  #shown = null;
  /** @type {Element | null} */
  #opener = null;

  /** @param {(citation: Citation | null) => void} onShown  told which citation is shown, null when none is */
  constructor(onShown) {
    this.onShown = onShown;
    this.dialog = /** @type {HTMLDialogElement} */ (byId("pane"));
    this.bar = byId("pane-bar");
    this.body = byId("pane-body");
    if (history.state?.shown) history.replaceState({}, ""); // a reloaded page has no answer to show it beside
    addEventListener("popstate", () => (history.state?.shown ? this.#open(history.state.shown) : this.#close()));
    this.dialog.addEventListener("cancel", (event) => { event.preventDefault(); this.leave(); });
    this.dialog.addEventListener("keydown", (event) => { if (event.key === "Escape" && BESIDE.matches) this.leave(); });
    BESIDE.addEventListener("change", () => this.#shown && this.#open(this.#shown));
    onLanguage(() => this.#shown && this.#open(this.#shown));
  }

  /** Opens a document, at one of an answer's citations if there are any. @param {Shown} shown */
  show(shown) {
    if (!this.#shown) this.#opener = document.activeElement;
    history[this.#shown ? "replaceState" : "pushState"]({ shown }, "");
    this.#open(shown);
  }

  /** What Back does. */
  leave() {
    if (history.state?.shown) history.back();
    else this.#close();
  }

  #close() {
    if (!this.#shown) return;
    this.#shown = null;
    this.dialog.close();
    this.body.replaceChildren();
    this.onShown(null);
    linkLike(this.#opener)?.focus({ preventScroll: true });
  }

  /** @param {Shown} shown */
  async #open(shown) {
    this.#shown = shown;
    const citation = shown.citations[shown.index] ?? null;
    if (this.dialog.open && this.dialog.matches(":modal") === BESIDE.matches) this.dialog.close();
    if (!this.dialog.open) BESIDE.matches ? this.dialog.show() : this.dialog.showModal();
    byId("pane-title").textContent = shown.title;
    this.bar.replaceChildren(...this.#tools(shown, citation));
    this.body.setAttribute("aria-busy", "true");
    if (!this.body.hasChildNodes()) this.body.append(element("p", { class: "hint" }, t("document_loading")));
    this.onShown(citation);
    try {
      const policy = await documentOf(shown.municipality, shown.document);
      if (this.#shown !== shown) return; // something else was opened in the meantime
      const others = shown.citations.filter((one) => one !== citation && one.document === shown.document);
      this.body.replaceChildren(renderDocument(policy, citation, others));
      this.bar.replaceChildren(...this.#tools(shown, citation, policy.municipality_name));
      this.#goTo(citation);
      if (shown.heading) goToHeading(this.body, shown.heading);
    } catch (error) {
      if (this.#shown !== shown) return;
      const message = error instanceof Error ? error.message : t("error_unexpected");
      this.body.replaceChildren(element("p", { class: "warning", role: "alert" }, message));
    } finally {
      this.body.removeAttribute("aria-busy");
    }
  }

  /** @param {Citation | null} citation */
  #goTo(citation) {
    const mark = /** @type {HTMLElement | null} */ (this.body.querySelector("mark.current"));
    if (!mark) this.body.scrollTop = 0;
    else bringIntoView(mark, "middle");
    (mark ?? byId("pane-title")).focus({ preventScroll: true });
    if (citation && mark) announce(t("document_quote_of", { n: citation.n, count: this.#shown?.citations.length ?? 1 }));
  }

  /**
   * @param {Shown} shown
   * @param {Citation | null} citation
   * @param {string} [municipalityName]
   */
  #tools(shown, citation, municipalityName = "") {
    const href = citation ? placeHref(citation) : documentHref(shown.municipality, shown.document);
    const ownPage = element("a", { class: "tool", href, target: "_blank", rel: "noopener" },
      icon("out"), element("span", {}, t("document_own_page")));
    if (!citation) return [ownPage];
    const copyButton = element("button", {
      type: "button",
      class: "tool",
      click: async () => announce(t((await copy(quoteWithSource(citation, municipalityName))) ? "copied" : "copy_failed"), copyButton),
    }, icon("copy"), element("span", {}, t("document_copy")));
    return [...(shown.citations.length > 1 ? [this.#stepper(shown)] : []), copyButton, ownPage];
  }

  /** @param {Shown} shown */
  #stepper(shown) {
    const count = shown.citations.length;
    const step = (/** @type {number} */ by, /** @type {"up" | "down"} */ drawing, /** @type {string} */ label) =>
      element("button", {
        type: "button",
        class: "tool square",
        "aria-disabled": shown.citations[shown.index + by] ? null : "true",
        click: () => {
          const citation = shown.citations[shown.index + by];
          if (citation) this.show({ ...shown, document: citation.document, title: citation.title, index: shown.index + by });
        },
      }, icon(drawing), unseen(t(label)));
    return element("div", { class: "stepper" },
      step(-1, "up", "document_previous"),
      element("span", { class: "count" }, t("document_quote_of", { n: shown.citations[shown.index].n, count })),
      step(1, "down", "document_next"));
  }
}

/** The element, or the link to the same place that has taken its turn since. @param {Element | null} opener */
function linkLike(opener) {
  if (opener instanceof HTMLElement && opener.isConnected) return opener;
  const href = opener?.getAttribute("href");
  return href ? /** @type {HTMLElement | null} */ (document.querySelector(`a[href="${CSS.escape(href)}"]`)) : null;
}
