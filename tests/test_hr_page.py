"""HR's page: it shows why the assistant answers as it does, and reaches no other host."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import chat_model
import pytest
from chat_model import Model, lines, replied, statement, truthful, writing
from fastapi.testclient import TestClient
from live_server import served

from assistant.features import PARTS
from assistant.phrases import load_data
from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.hr_html import NEAREST, escape, label

ADDRESS = re.compile(r"""https?:(?:\\?/){2}[^\s"'<>\\)]+""")
OWN = ("http://testserver", "http://www.w3.org/", "https://www.w3.org/")


@pytest.fixture(scope="module")
def settings(indexed_settings: Settings) -> Settings:
    return indexed_settings.model_copy(update={"rate_limit_per_minute": 0})


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings)) as client:
        yield client


def functions(client: TestClient) -> dict[str, int]:
    """Names of the page's functions and the numbers Gradio gave them."""
    found = re.search(r"window\.gradio_config = (.*?);</script>", client.get("/hr/").text)
    assert found
    numbered = json.loads(found[1])["dependencies"]
    return {"open": numbered[0]["id"], "relabel": numbered[1]["id"], "ask": numbered[-1]["id"]}


def call(client: TestClient, function: str, *inputs: object, language: str = "nb") -> list[Any]:
    """What the page shows after ``function``, asked for the way the browser does."""
    body = {"fn_index": functions(client)[function], "session_hash": "abc123", "data": inputs}
    headers = {"Accept-Language": language}
    joined = client.post("/hr/gradio_api/queue/join", json=body, headers=headers)
    assert joined.status_code == 200, joined.text
    answers = client.get("/hr/gradio_api/queue/data?session_hash=abc123").text.split("\n\n")
    messages = [
        json.loads(answer.removeprefix("data: ")) for answer in answers if answer.startswith("data: ")
    ]
    [done] = [message for message in messages if message["msg"] == "process_completed"]
    assert done["success"], done
    shown: list[Any] = done["output"]["data"]
    return shown


def ask(
    client: TestClient, question: str, before: str = "", key: str | None = "modum", page: str = "nb"
) -> list[str]:
    """Outcome, answer, citations, passages, known questions, the language model's part."""
    return call(client, "ask", page, key, question, before)


# What it shows


def test_an_answer_comes_with_its_exact_quotes_and_their_place(client: TestClient) -> None:
    outcome, answer, citations, *_ = ask(client, "Hva forventes av ledere?")
    assert label("status_answered", "nb") in outcome
    assert "ms" in outcome
    body = {"municipality": "modum", "question": "Hva forventes av ledere?"}
    told = client.post("/api/v1/ask", json=body).json()
    assert "[1]" in answer
    assert escape(told["understood"]) in outcome
    for citation in told["citations"]:
        assert f"<blockquote>{escape(citation['quote'])}</blockquote>" in citations
        link = f"/documents/modum/{citation['document']}#s={citation['start']}&amp;e={citation['end']}"
        assert link in citations


def test_the_passages_are_ranked_with_what_each_part_of_the_search_makes_of_them(client: TestClient) -> None:
    passages = ask(client, "Hva forventes av ledere?")[3]
    head = re.findall(r'<th scope="col">(.*?)</th>', passages)
    assert head == [label(key, "nb") for key in ("rank", "chosen", "text", "place", "score", *PARTS)]
    first = passages.split("<tr")[2]
    shown = [float(cell) for cell in re.findall(r"<td>([01]\.\d\d)</td>", first)]
    assert len(shown) == len(PARTS)
    assert all(0 <= value <= 1 for value in shown)
    assert max(shown) > 0.5
    ranks = re.findall(r'<th scope="row">(\d+)</th>', passages)
    assert ranks == [str(rank) for rank in range(1, len(ranks) + 1)]
    assert 1 <= passages.count('<tr class="chosen">') <= len(ranks)


def percentages(text: str) -> list[float]:
    return [float(found.replace(",", ".")) for found in re.findall(r"([\d,]+)\u00a0%", text)]


@pytest.mark.parametrize(
    "question",
    ["Hva forventes av ledere?", "Hvor mange egenmeldingsdager har jeg?"],
    ids=["answered", "refused"],
)
def test_the_probability_of_an_answer_stands_beside_what_it_takes(client: TestClient, question: str) -> None:
    outcome = ask(client, question)[0]
    probability, threshold = percentages(outcome)
    assert threshold == pytest.approx(100 * load_data("answerability")["threshold"]["answer_from"], abs=0.06)
    assert (probability >= threshold) == (label("status_answered", "nb") in outcome)


def test_small_talk_has_no_probability(client: TestClient) -> None:
    assert label("probability", "nb") not in ask(client, "Hei!")[0]


def test_known_questions_are_shown_surest_first_with_what_is_known_of_them(client: TestClient) -> None:
    known = ask(client, "Hvor mange egenmeldingsdager har jeg?")[4]
    sure = percentages(known)
    assert len(sure) == NEAREST and sure == sorted(sure, reverse=True)
    assert "egenmeldingsdager" in known
    elsewhere = label("side_elsewhere", "nb", where="")
    assert elsewhere in known and "folketrygdloven" in known


def test_without_a_language_model_nothing_is_said_of_one(client: TestClient) -> None:
    assert ask(client, "Hva forventes av ledere?")[5] == ""


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    running = Model(truthful)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def written(settings: Settings, model: Model) -> Iterator[TestClient]:
    """A page whose answers ``model`` writes."""
    own = {"llm": "fake", "llm_base_url": model.url}
    with TestClient(create_app(settings.model_copy(update=own))) as client:
        yield client


def test_a_rejected_draft_is_shown_with_the_reason_and_escaped(written: TestClient, model: Model) -> None:
    def lying(prompt: str) -> str:
        return replied(statement("<b>Alle</b> får seks uker ferie.\n\n# Nei\r\r", lines(prompt)[0]))

    model.reply = writing(lying)
    outcome, answer, _, _, _, drafts = ask(written, "Hva forventes av ledere?")
    assert "&lt;b&gt;Alle&lt;/b&gt; får seks uker ferie." in drafts and "one plain line" in drafts
    assert not {"<b>", "\n", "\r"} & set(re.findall(r"<b>|[\n\r]", drafts))
    assert label("nothing_proven", "nb") in drafts
    assert label("quotes", "nb") in outcome and "seks uker" not in answer


def test_a_language_model_that_fails_is_shown_with_its_problem(written: TestClient, model: Model) -> None:
    model.reply = writing(chat_model.status(503))
    assert "it replied with HTTP 503" in ask(written, "Hva forventes av ledere?")[5]


def test_what_a_language_model_wrote_is_shown_as_its_words(written: TestClient, model: Model) -> None:
    model.reply = writing(truthful)
    outcome, answer, citations, _, _, drafts = ask(written, "Hva forventes av ledere?")
    assert "<dd>fake</dd>" in outcome and "fake" in answer
    assert "<blockquote>" in citations and drafts == ""


def test_an_earlier_question_is_part_of_what_is_understood(client: TestClient) -> None:
    outcome = ask(client, "Og av ansatte?", before="Hva forventes av ledere?")[0]
    body = {
        "municipality": "modum",
        "question": "Og av ansatte?",
        "history": [{"role": "user", "content": "Hva forventes av ledere?"}],
    }
    assert escape(client.post("/api/v1/ask", json=body).json()["understood"]) in outcome


def test_html_in_a_question_is_shown_as_text(client: TestClient) -> None:
    shown = "".join(ask(client, "<img src=x onerror=alert(1)> hva forventes av ledere?"))
    assert "<img" not in shown


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_page_follows_the_browsers_language(client: TestClient, language: str) -> None:
    heading, *labelled, message = call(client, "open", language=language)
    assert label("title", language) in heading["value"]  # type: ignore[arg-type]
    assert labelled[0]["value"] == language
    assert message == ""
    assert ["Modum", "modum"] in labelled[1]["choices"]


@pytest.mark.parametrize("language", ["nb", "nn", "en"])
def test_the_pages_language_can_be_switched(client: TestClient, language: str) -> None:
    shown = call(client, "relabel", language)
    assert shown[5]["value"] == label("ask", language)  # type: ignore[arg-type]


def test_every_text_is_there_in_three_languages() -> None:
    assert all(set(texts) == {"nb", "nn", "en"} for texts in load_data("hr").values())
    web = [texts for group in load_data("web").values() for texts in group.values()]
    assert all(set(texts) == {"nb", "nn", "en"} for texts in web)


# What can go wrong


def test_an_empty_question_is_a_plain_message(client: TestClient) -> None:
    outcome, *rest = ask(client, " ", page="en")
    assert "Please write a question first." in outcome
    assert rest == [""] * 5


def test_without_a_municipality_it_says_so(client: TestClient) -> None:
    assert label("choose_municipality", "nb") in ask(client, "Hva?", key=None)[0]


def test_without_an_index_it_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    with TestClient(create_app(settings.model_copy(update={"index": tmp_path / "none"}))) as client:
        assert "assistant ingest" in call(client, "open")[-1]
        assert "assistant ingest" in ask(client, "Hva forventes av ledere?", key=None)[0]


def test_who_asks_too_often_is_told_to_wait(settings: Settings) -> None:
    with TestClient(create_app(settings.model_copy(update={"rate_limit_per_minute": 1}))) as client:
        assert label("status_answered", "nb") in ask(client, "Hva forventes av ledere?")[0]
        assert "Vent" in ask(client, "Hva forventes av ledere?")[0]


# Where it reaches


def test_the_page_names_no_other_host(client: TestClient) -> None:
    page = client.get("/hr", follow_redirects=True)
    assert page.status_code == 200
    assert [found for found in ADDRESS.findall(page.text) if not found.startswith(OWN)] == []


def test_what_the_page_loads_at_once_is_its_own(client: TestClient) -> None:
    page = client.get("/hr/").text
    linked = re.findall(r'<(?:script|link)[^>]* (?:src|href)="([^"]+)"', page)
    assert linked
    for link in [*linked, "theme.css"]:
        address = urljoin("http://testserver/hr/", link)
        assert address.startswith("http://testserver/")
        response = client.get(address)
        assert response.status_code == 200, address
        if "css" in response.headers["content-type"]:
            fetched = re.findall(r"(?:url\(|@import)\s*[\"']?\s*(?:https?:)?//[^)]*", response.text)
            assert fetched == [], address


def test_the_browser_may_not_reach_elsewhere_or_evaluate_text(client: TestClient) -> None:
    page = client.get("/hr/")
    policy = page.headers["content-security-policy"]
    assert "http" not in policy and "*" not in policy and "unsafe-eval" not in policy
    script = next(part for part in policy.split("; ") if part.startswith("script-src"))
    assert "unsafe-inline" not in script
    nonce = re.search(r"'nonce-([\w-]+)'", script)
    assert nonce
    assert page.text.count("<script") == page.text.count(f'<script nonce="{nonce[1]}"')
    assert nonce[1] not in client.get("/hr/").headers["content-security-policy"]


def test_gradio_counts_keeps_and_offers_nothing(client: TestClient) -> None:
    found = re.search(r"window\.gradio_config = (.*?);</script>", client.get("/hr/").text)
    assert found
    config = json.loads(found[1])
    assert config["analytics_enabled"] is False
    assert config["run_history"] is False
    assert config["footer_links"] == []
    assert config["pwa"] is False
    assert {dependency["api_visibility"] for dependency in config["dependencies"]} == {"private"}
    assert client.get("/hr/gradio_api/info").json()["named_endpoints"] == {}


@pytest.mark.parametrize(
    "path",
    [
        "/hr/gradio_api/upload",
        "/hr/gradio_api/file=/etc/passwd",
        "/hr/gradio_api/proxy=https://example.org/",
        "/hr/gradio_api/runs",
        "/hr/gradio_api/vibe-code",
        "/hr/gradio_api/run/predict",
        "/hr/gradio_api/openapi.json",
        "/hr/monitoring",
        "/hr/login",
        "/hr/docs",
        "/hr/manifest.json",
    ],
)
def test_what_the_page_does_not_need_is_not_there(client: TestClient, path: str) -> None:
    for response in (client.get(path), client.post(path, json={})):
        assert response.status_code == 404
        assert response.headers["content-type"] == "application/problem+json"


def test_the_other_pages_do_not_wait_for_it(settings: Settings) -> None:
    app = create_app(settings)
    [hr] = [route.app for route in app.routes if getattr(route, "path", "") == "/hr"]  # type: ignore[attr-defined]
    with TestClient(app) as client:
        assert client.get("/healthz").status_code == 200
        assert hr._running is None


# In a real browser


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    """A real server's address."""
    with served(create_app(settings)) as address:
        yield address


@pytest.fixture
def browser() -> Iterator[Any]:
    webdriver = pytest.importorskip("selenium.webdriver")
    binary, driver = shutil.which("chromium") or shutil.which("google-chrome"), shutil.which("chromedriver")
    if not (binary and driver):
        pytest.skip("there is no Chromium with chromedriver on this machine")
    options = webdriver.ChromeOptions()
    options.binary_location = binary
    for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,1400"):
        options.add_argument(argument)
    options.add_experimental_option("prefs", {"intl.accept_languages": "nn"})
    options.set_capability("goog:loggingPrefs", {"performance": "ALL", "browser": "ALL"})
    chrome = webdriver.Chrome(options=options, service=webdriver.ChromeService(driver))
    yield chrome
    chrome.quit()


def test_in_a_browser_it_answers_and_asks_no_other_host(browser: Any, address: str) -> None:
    from selenium.webdriver.common.by import By
    from selenium.webdriver.support.ui import WebDriverWait

    wait = WebDriverWait(browser, 60)
    browser.get(f"{address}/hr/")
    placeholder = label("question_placeholder", "nn")
    [question] = wait.until(
        lambda page: page.find_elements(By.XPATH, f"//textarea[@placeholder='{placeholder}']")
    )
    question.send_keys("Kva blir venta av leiarar?")
    browser.find_element(By.XPATH, f"//button[normalize-space()='{label('ask', 'nn')}']").click()
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, "dl.outcome"))
    wait.until(lambda page: page.find_elements(By.CSS_SELECTOR, ".passages tbody tr"))

    messages = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    asked = {m["params"]["request"]["url"] for m in messages if m["method"] == "Network.requestWillBeSent"}
    assert [url for url in asked if not url.startswith((f"{address}/", "data:"))] == []
    assert [entry["message"] for entry in browser.get_log("browser") if entry["level"] == "SEVERE"] == []
