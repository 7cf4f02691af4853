/** The page: choose a municipality, ask, read the answer, check it in the document. */

import { announce } from "./announce.js";
import { renderTurn } from "./answer.js";
import { placeHref } from "./citation.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { DocumentPane } from "./document.js";
import { byId } from "./dom.js";
import { onLanguage, preferredLanguage, setLanguage, t, wireLanguageSwitch } from "./i18n.js";
import { MunicipalityPicker } from "./municipality.js";

/** Milliseconds of waiting before the page says that it is searching; most answers are quicker. */
const NOTICEABLE = 250;

await setLanguage(preferredLanguage());
wireLanguageSwitch();

const turns = byId("turns");
const conversation = new Conversation();
const pane = new DocumentPane(markOpenCitation);
const show = pane.show.bind(pane);
const picker = new MunicipalityPicker(show);
const composer = new Composer(answer);

onLanguage(() => {
  turns.replaceChildren(...conversation.turns.map((turn) => renderTurn(turn, show)));
});
byId("pane-back").addEventListener("click", () => pane.leave());
byId("new-conversation").addEventListener("click", startAgain);
await picker.load();

/** @param {string} question */
async function answer(question) {
  const municipality = picker.current;
  if (!municipality) {
    picker.demand();
    return false;
  }
  const waiting = setTimeout(() => { byId("pending").hidden = false; announce(t("searching")); }, NOTICEABLE);
  try {
    const turn = await conversation.ask(municipality, question);
    turns.append(renderTurn(turn, show));
    showProgress();
    goTo(/** @type {HTMLElement} */ (turns.lastElementChild));
    announce(outcome(turn.answer));
    return true;
  } finally {
    clearTimeout(waiting);
    byId("pending").hidden = true;
  }
}

/** @param {import("./api.js").Answer} answer */
function outcome({ status, citations }) {
  if (status === "answered") return t("answer_ready", { count: citations.length });
  return t(status === "smalltalk" ? "answer_smalltalk" : "answer_none");
}

/** Puts the question at the top and the reader's place there, so that the next Tab meets the first citation. */
function goTo(/** @type {HTMLElement} */ turn) {
  /** @type {HTMLElement} */ (turn.querySelector(".question")).focus({ preventScroll: true });
  turn.scrollIntoView({ block: "start" });
}

/** Examples are for the first question; starting again is for later ones. */
function showProgress() {
  const begun = conversation.turns.length > 0;
  document.body.classList.toggle("begun", begun);
  byId("examples").hidden = begun;
  byId("new-conversation").hidden = !begun;
}

function startAgain() {
  conversation.clear();
  turns.replaceChildren();
  showProgress();
  announce(t("new_conversation_started"));
  composer.field.focus();
}

/** @param {import("./api.js").Citation | null} citation */
function markOpenCitation(citation) {
  const href = citation && placeHref(citation);
  for (const link of turns.querySelectorAll("a.cite, a.see")) {
    if (link.getAttribute("href") === href) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
