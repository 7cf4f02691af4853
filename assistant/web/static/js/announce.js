/** Short messages: read aloud politely by screen readers, and shown for a moment when something was pressed. */

import { byId } from "./dom.js";

/** Milliseconds that the message stays on the button. */
const MOMENT = 2500;

/**
 * @param {string} message
 * @param {HTMLElement} [pressed]  a button whose words make way for the message for a moment
 */
export function announce(message, pressed) {
  byId(document.querySelector("dialog:modal") ? "pane-announcer" : "announcer").textContent = message;
  const words = pressed?.querySelector("span");
  if (!pressed || !words || pressed.dataset.before) return;
  const before = words.textContent ?? "";
  pressed.dataset.before = before;
  words.textContent = message;
  setTimeout(() => {
    words.textContent = before;
    delete pressed.dataset.before;
  }, MOMENT);
}
