/** "Was the answer useful?" – yes, or no with a reason that HR can act on. */

import { sendFeedback } from "./api.js";
import { announce } from "./announce.js";
import { element, icon } from "./dom.js";
import { t } from "./i18n.js";
import { findIdentityNumber } from "./identity-number.js";

const REASONS = [
  "wrong",
  "partly_wrong",
  "misses_essential",
  "wrong_place_cited",
  "cannot_find_quote",
  "should_have_answered",
  "should_not_have_answered",
];

/** @typedef {import("./answer.js").Turn} Turn */

/** @param {Turn} turn */
export function feedbackForm(turn) {
  const id = `feedback-${turn.answer.conversation_id}-${turn.number}`;
  const box = element("div", { class: "feedback", role: "group", "aria-labelledby": id });
  if (turn.verdict) box.append(thanks());
  else askUseful();
  return box;

  function askUseful() {
    const error = element("p", { class: "error", role: "alert" });
    const choice = (/** @type {"yes" | "no"} */ drawing, /** @type {string} */ words, /** @type {() => void} */ click) =>
      element("button", { type: "button", class: "choice", click }, icon(drawing), t(words));
    box.replaceChildren(
      element("p", { id, class: "useful" }, t("feedback")),
      choice("yes", "feedback_up", () => send({ verdict: "up" }, error)),
      choice("no", "feedback_down", askWhy),
      error);
  }

  function askWhy() {
    const error = element("p", { class: "error", role: "alert" });
    const comment = element("textarea", { id: `${id}-comment`, rows: 3, maxlength: 2000, "aria-describedby": `${id}-note` });
    const reasons = REASONS.map((reason) => element("label", { class: "reason" },
      element("input", { type: "radio", name: id, value: reason }), element("span", {}, t(`reason_${reason}`))));
    const form = element("form", {
      novalidate: true,
      submit: (event) => {
        event.preventDefault();
        const reason = new FormData(form).get(id);
        const hidden = findIdentityNumber(comment.value);
        if (!reason) error.textContent = t("feedback_why_missing");
        else if (hidden) error.textContent = t("identity_number_comment", { masked: hidden });
        else send({ verdict: "down", reason: String(reason), comment: comment.value.trim() || undefined }, error);
      },
    },
      element("fieldset", {}, element("legend", { id }, t("feedback_why")), ...reasons),
      element("label", { for: `${id}-comment` }, t("feedback_comment")),
      comment,
      element("p", { id: `${id}-note`, class: "hint" }, t("feedback_comment_note")),
      error,
      element("div", { class: "buttons" },
        element("button", { type: "submit", class: "primary" }, t("feedback_send")),
        element("button", { type: "button", class: "secondary", click: cancel }, t("feedback_cancel"))));
    box.replaceChildren(form);
    form.querySelector("input")?.focus();
  }

  function cancel() {
    askUseful();
    box.querySelectorAll("button")[1]?.focus();
  }

  /**
   * @param {{verdict: "up" | "down", reason?: string, comment?: string}} said
   * @param {HTMLElement} error
   */
  async function send(said, error) {
    error.textContent = "";
    try {
      await sendFeedback({ conversation_id: turn.answer.conversation_id, turn: turn.number, ...said });
    } catch (problem) {
      error.textContent = t("feedback_failed", { detail: problem instanceof Error ? problem.message : "" });
      return;
    }
    turn.verdict = said.verdict;
    const line = thanks();
    box.replaceChildren(line);
    line.focus({ preventScroll: true });
    announce(t("feedback_thanks"));
  }

  function thanks() {
    return element("p", { id, class: "thanks", tabindex: "-1" }, t("feedback_thanks"));
  }
}
