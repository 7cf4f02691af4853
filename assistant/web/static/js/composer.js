/** The field where the question is written. What was written stays until it has been answered. */

import { byId, element } from "./dom.js";
import { onLanguage, t } from "./i18n.js";
import { findIdentityNumber } from "./identity-number.js";

const EXAMPLES = ["example_leader", "example_workplace", "example_courses", "example_values", "example_union"];

export class Composer {
  #busy = false;

  /**
   * @param {(question: string) => Promise<boolean>} onQuestion
   *   whether it was asked; throws an error whose message is for the user
   */
  constructor(onQuestion) {
    this.onQuestion = onQuestion;
    this.field = /** @type {HTMLTextAreaElement} */ (byId("question"));
    this.notice = byId("notice");
    byId("composer").addEventListener("submit", (/** @type {Event} */ event) => { event.preventDefault(); this.submit(); });
    this.field.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
      event.preventDefault();
      this.submit();
    });
    this.field.addEventListener("input", () => { this.#fit(); this.#say(""); });
    onLanguage(() => { this.#say(""); this.#showExamples(); });
    this.#showExamples();
  }

  /** Asks something else than what is being written, which stays. @param {string} question */
  async ask(question) {
    if (this.#busy) return;
    const written = this.field.value;
    this.field.value = question;
    await this.submit();
    if (!this.field.value) this.field.value = written;
    this.#fit();
  }

  async submit() {
    const question = this.field.value.trim();
    if (this.#busy) return;
    if (!question) return this.#refuse(t("question_empty"));
    const masked = findIdentityNumber(question);
    if (masked) return this.#refuse(t("identity_number", { masked }));
    this.#setBusy(true);
    this.#say("");
    try {
      if (await this.onQuestion(question)) this.field.value = "";
      this.#fit();
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      this.#refuse(error.message, t("error_kept"));
    } finally {
      this.#setBusy(false);
    }
  }

  /** @param {string} message @param {string} [more] */
  #refuse(message, more) {
    this.#say(message, more);
    this.field.setAttribute("aria-invalid", "true");
    this.field.focus();
  }

  /** @param {string} message @param {string} [more] */
  #say(message, more) {
    this.field.removeAttribute("aria-invalid");
    this.notice.replaceChildren(...[message, more].filter(Boolean).map((one) => element("p", {}, one)));
  }

  /** @param {boolean} busy */
  #setBusy(busy) {
    this.#busy = busy;
    byId("ask").setAttribute("aria-disabled", String(busy));
  }

  /** Grows with what is written; the stylesheet sets the bounds. */
  #fit() {
    this.field.rows = 1;
    while (this.field.value && this.field.scrollHeight > this.field.clientHeight + 2 && this.field.rows < 8) this.field.rows += 1;
  }

  #showExamples() {
    byId("example-list").replaceChildren(...EXAMPLES.map((key) => element("li", {},
      element("button", {
        type: "button",
        class: "example",
        click: () => { this.field.value = t(key); this.#fit(); this.submit(); },
      }, t(key)))));
  }
}
