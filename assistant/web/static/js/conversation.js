/** What has been asked and answered on this page. Kept in memory only: it is gone when the page is closed. */

import { ask } from "./api.js";

/** Earlier messages sent along with a question, six questions and their answers; the server takes 20 messages. */
const REMEMBERED = 12;

/** @typedef {import("./answer.js").Turn} Turn */

export class Conversation {
  /** All turns on the page, oldest first. @type {Turn[]} */
  turns = [];
  /** @type {string | undefined} */
  #id;
  /** @type {string | undefined} */
  #municipality;

  /** The turns of the conversation that a question to this municipality would go on with. @param {string} municipality */
  #earlier(municipality) {
    if (municipality !== this.#municipality) return [];
    return this.turns.filter((turn) => turn.answer.conversation_id === this.#id);
  }

  /**
   * Asks, and adds the answer to the turns. Another municipality is another conversation: its documents must not
   * colour the question. Throws ApiError, and then nothing has changed.
   * @param {{key: string, name: string}} municipality
   * @param {string} question
   * @param {import("./api.js").Watcher} watcher
   * @returns {Promise<Turn>}
   */
  async ask(municipality, question, watcher) {
    const earlier = this.#earlier(municipality.key);
    const history = earlier.flatMap((turn) => [
      { role: "user", content: turn.question },
      { role: "assistant", content: turn.answer.answer },
    ]).slice(-REMEMBERED);
    const answer = await ask({
      municipality: municipality.key,
      question,
      history,
      ...(earlier.length ? { conversation_id: this.#id } : {}),
    }, watcher);
    const turn = { municipality, question, answer, number: earlier.length + 1 };
    this.#id = answer.conversation_id;
    this.#municipality = municipality.key;
    this.turns.push(turn);
    return turn;
  }

  clear() {
    this.turns = [];
    this.#id = this.#municipality = undefined;
  }
}
