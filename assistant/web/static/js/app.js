/** The page: choose a municipality, ask, read the answer, check it in the document. */

import { announce } from "./announce.js";
import { renderTurn } from "./answer.js";
import { placeHref } from "./citation.js";
import { Coming } from "./coming.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { DocumentPane } from "./document.js";
import { byId } from "./dom.js";
import { onLanguage, preferredLanguage, setLanguage, t, wireLanguageSwitch } from "./i18n.js";
import { MunicipalityPicker } from "./municipality.js";

/** The citation that the pane shows. @type {import("./api.js").Citation | null} */
let open = null;

await setLanguage(preferredLanguage());
wireLanguageSwitch();

const turns = byId("turns");
const conversation = new Conversation();
const pane = new DocumentPane(markOpenCitation);
const show = pane.show.bind(pane);
const picker = new MunicipalityPicker(show);
const composer = new Composer(answer);

onLanguage(() => {
  turns.replaceChildren(...conversation.turns.map(render));
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
  const coming = new Coming(turns, { municipality, question }, show);
  try {
    const turn = await conversation.ask(municipality, question, coming);
    const node = render(turn);
    const reading = document.activeElement;
    const link = coming.node?.contains(reading) && reading?.getAttribute("href");
    const top = coming.node?.getBoundingClientRect().top;
    coming.end(node);
    showProgress();
    if (top !== undefined) scrollBy(0, node.getBoundingClientRect().top - top); // who reads already, reads on
    markOpenCitation(open);
    if (link) /** @type {HTMLElement | null} */ (node.querySelector(`a[href="${CSS.escape(link)}"]`))?.focus({ preventScroll: true });
    else if (!byId("pane").contains(reading)) goTo(node, coming.node === null);
    announce(outcome(turn.answer));
    return true;
  } finally {
    coming.end();
  }
}

/** @param {import("./api.js").Answer} answer */
function outcome({ status, citations }) {
  if (status === "answered") return t("answer_ready", { count: citations.length });
  return t(status === "smalltalk" ? "answer_smalltalk" : "answer_none");
}

/** Puts the question at the top and the reader's place there, so that the next Tab meets the first citation. */
function goTo(/** @type {HTMLElement} */ turn, /** @type {boolean} */ scroll) {
  /** @type {HTMLElement} */ (turn.querySelector(".question")).focus({ preventScroll: true });
  if (scroll) turn.scrollIntoView({ block: "start" });
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

/** @param {import("./answer.js").Turn} turn */
function render(turn) {
  return renderTurn(turn, show, ({ answer: { answer: text }, municipality, question }) => {
    const other = picker.named(text, municipality.key);
    return other && { name: other.name, ask: () => { picker.choose(other.key); composer.ask(question); } };
  });
}

/** @param {import("./api.js").Citation | null} citation */
function markOpenCitation(citation) {
  open = citation;
  const href = citation && placeHref(citation);
  for (const link of turns.querySelectorAll("a.cite, a.see")) {
    if (link.getAttribute("href") === href) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}
