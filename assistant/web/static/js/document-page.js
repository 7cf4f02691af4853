/** The page of one document: /documents/{municipality}/{document}, at #s=START&e=END (or ?start=…&end=…). */

import { byId, element } from "./dom.js";
import { bringIntoView, renderDocument } from "./document-view.js";
import { onLanguage, preferredLanguage, setLanguage, t, wireLanguageSwitch } from "./i18n.js";
import { documentOf } from "./library.js";

const [municipality, name] = location.pathname.split("/").slice(2).map(decodeURIComponent);

await setLanguage(preferredLanguage());
wireLanguageSwitch();
onLanguage(render);
addEventListener("hashchange", render);
await render();

/** The place that the address asks for, in code points; null when it asks for none. */
function wantedPlace() {
  const inHash = new URLSearchParams(location.hash.slice(1));
  const inQuery = new URLSearchParams(location.search);
  const numbers = [inHash.get("s") ?? inQuery.get("start"), inHash.get("e") ?? inQuery.get("end")];
  if (numbers.some((one) => one === null)) return null;
  const [start, end] = numbers.map((one) => (/^\d+$/.test(one ?? "") ? Number(one) : -1));
  return { start, end };
}

async function render() {
  const body = byId("document-body");
  try {
    const policy = await documentOf(municipality, name);
    document.title = t("document_page_title", { title: policy.title, municipality: policy.municipality_name });
    byId("document-title").textContent = policy.title;
    byId("document-title").lang = policy.language;
    const ask = byId("ask-link");
    ask.textContent = t("document_ask", { municipality: policy.municipality_name });
    ask.href = `/?m=${encodeURIComponent(municipality)}`;
    ask.hidden = false;
    body.replaceChildren(renderDocument(policy, wantedPlace(), [], 2));
    const mark = /** @type {HTMLElement | null} */ (body.querySelector("mark.current"));
    if (mark) {
      bringIntoView(mark, "middle");
      mark.focus({ preventScroll: true });
    }
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    byId("document-title").textContent = t("document");
    body.replaceChildren(element("p", { class: "warning", role: "alert" }, error.message));
  }
}
