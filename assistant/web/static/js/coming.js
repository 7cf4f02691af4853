/** What the reader sees while an answer is on its way: what is being done, and each worded statement once it is proven. */

import { announce } from "./announce.js";
import { renderComing, renderStatements } from "./answer.js";
import { byId } from "./dom.js";
import { t } from "./i18n.js";

/** Milliseconds of waiting before the page says what it is doing; most answers are quicker. */
const NOTICEABLE = 250;

/** @typedef {import("./api.js").Citation} Citation */
/** @typedef {import("./api.js").Watcher} Watcher */

/** @implements {Watcher} */
export class Coming {
  /** Where the statements are; null while there are none. @type {HTMLElement | null} */
  node = null;
  /** @type {{statements: Array<{text: string, citations: number[]}>, citations: Citation[]}} */
  #sofar = { statements: [], citations: [] };
  #doing = "searching";
  #written = false;

  /**
   * @param {HTMLElement} turns  the list that the statements are shown in
   * @param {{municipality: {key: string, name: string}, question: string}} turn
   * @param {(shown: import("./document.js").Shown) => void} show
   */
  constructor(turns, turn, show) {
    this.turns = turns;
    this.turn = turn;
    this.show = show;
    this.pending = byId("pending");
    this.timer = setTimeout(() => { this.pending.hidden = false; this.#say(); }, NOTICEABLE);
  }

  /** @param {{step: string}} done */
  status({ step }) {
    if (step === "answer") this.#written = true; // statements that come now are quotes, and the whole answer with them
    if (step !== "retrieve") return;
    this.#doing = "writing";
    if (!this.pending.hidden) this.#say();
  }

  /** @param {Citation} citation */
  citation(citation) {
    this.#sofar.citations.push(citation);
  }

  /** @param {{text: string, citations: number[]}} statement */
  statement(statement) {
    if (this.#written) return;
    this.#sofar.statements.push(statement);
    if (this.node?.isConnected) {
      const added = renderStatements({ ...this.#sofar, statements: [statement] }, this.show);
      this.node.querySelector(".answer")?.append(...added);
      return;
    }
    this.node = renderComing(this.turn, this.#sofar, this.show);
    this.turns.append(this.node);
    this.node.scrollIntoView({ block: "start" });
  }

  /** No more comes: takes the statements away, in favour of `turn` when there is one. @param {HTMLElement} [turn] */
  end(turn) {
    clearTimeout(this.timer);
    this.pending.hidden = true;
    if (this.node?.isConnected) this.node.replaceWith(turn ?? "");
    else if (turn) this.turns.append(turn);
  }

  #say() {
    this.pending.textContent = t(this.#doing);
    announce(t(this.#doing));
  }
}
