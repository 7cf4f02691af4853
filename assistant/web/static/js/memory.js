/** What the browser remembers between visits: the municipality and the language, nothing that was asked. */

const PREFIX = "policy-assistant.";

/** @param {"municipality" | "language"} name @returns {string | null} */
export function recall(name) {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null; // storage is turned off in this browser; the visit works without it
  }
}

/** @param {"municipality" | "language"} name @param {string} value */
export function remember(name, value) {
  try {
    localStorage.setItem(PREFIX + name, value);
  } catch {
    // storage is turned off in this browser; the visit works without it
  }
}
