"""The employees' page as they meet it: a real browser, the real server, the five policies."""

from __future__ import annotations

import json
import os
import re
import shutil
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlsplit

import chat_model
import pytest
from chat_model import Model, truthful, writing
from live_server import served
from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import Select
from test_stream import Held

from assistant.settings import Settings
from assistant.web.app import create_app

LEADER = "Hva forventes av meg som leder?"
WIDE, PHONE = (1280, 900), (360, 740)
SECONDS = 20

T = TypeVar("T")

FLAGS = [
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--no-first-run",
    "--disable-component-update",
    "--disable-sync",
]

REMEMBER_REQUESTS = """
window.sent = [];
const plain = window.fetch;
window.fetch = (address, options = {}) => {
  window.sent.push({address: String(address), body: options.body ?? null});
  return plain(address, options);
};
"""


@pytest.fixture(scope="module")
def settings(indexed_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    feedback = tmp_path_factory.mktemp("pages") / "feedback.jsonl"
    return indexed_settings.model_copy(update={"feedback_file": feedback, "rate_limit_per_minute": 0})


@pytest.fixture(scope="module")
def address(settings: Settings) -> Iterator[str]:
    with served(create_app(settings)) as address:
        yield address


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[webdriver.Chrome]:
    binary, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not binary or not driver:
        missing = "no chromium and chromedriver here (Debian: apt-get install -y chromium chromium-driver)"
        if os.environ.get("CI"):
            pytest.fail(missing)
        pytest.skip(missing)
    options = webdriver.ChromeOptions()
    options.binary_location = str(binary)
    for flag in [*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"]:
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    browser = webdriver.Chrome(options=options, service=Service(driver))
    yield browser
    browser.quit()


class Page:
    """The page in a browser of a given size, with what a person does on it."""

    def __init__(self, browser: webdriver.Chrome, address: str) -> None:
        self.browser = browser
        self.address = address

    def open(self, path: str = "/?m=modum", size: tuple[int, int] = WIDE) -> None:
        width, height = size
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
        self.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
        self.browser.get("about:blank")
        self.browser.get(self.address + path)

    def open_to_ask(
        self, municipality: str = "modum", size: tuple[int, int] = WIDE, language: str = "nb"
    ) -> None:
        self.open(f"/?m={municipality}&lang={language}", size)
        self.find("#document-list li")

    def js(self, script: str, *arguments: object) -> Any:
        return self.browser.execute_script(script, *arguments)

    def all(self, selector: str) -> list[WebElement]:
        return self.browser.find_elements(By.CSS_SELECTOR, selector)

    def find(self, selector: str) -> WebElement:
        """The first visible element, waited for."""
        return wait_until(lambda: next((one for one in self.all(selector) if one.is_displayed()), None))

    def write(self, question: str) -> None:
        field = self.find("#question")
        field.clear()
        field.send_keys(question)

    def ask(self, question: str) -> WebElement:
        """Asks and gives the new turn."""
        done = ".turn:not(.coming)"
        before = len(self.all(done))
        self.write(question + Keys.ENTER)
        wait_until(lambda: len(self.all(done)) > before)
        return self.all(done)[-1]

    def click(self, element: WebElement) -> None:
        self.js("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def mark(self) -> WebElement:
        """The strongly marked quote of the open document; there is exactly one."""
        mark = self.find(".document-text mark.current")
        assert len(self.all("mark.current")) == 1
        return mark

    def in_view(self, element: WebElement) -> bool:
        """Whether the element's top is on the screen and nothing lies over it."""
        return bool(
            self.js(
                """const box = arguments[0].getClientRects()[0];
                const [x, y] = [box.left + box.width / 2, box.top + box.height / 2];
                const hit = document.elementFromPoint(x, y);
                return y > 0 && y < innerHeight && arguments[0].contains(hit);""",
                element,
            )
        )

    def document(self, municipality: str, name: str) -> dict[str, Any]:
        found: dict[str, Any] = self.get(f"/api/v1/municipalities/{municipality}/documents/{name}")
        return found

    def get(self, path: str) -> Any:
        with urllib.request.urlopen(self.address + path) as reply:
            return json.load(reply)

    def quoted_at(self, href: str) -> str:
        """The document's characters at a citation's link, counted here and not in the browser."""
        link = urlsplit(href)
        municipality, name = link.path.split("/")[2:]
        place = parse_qs(link.fragment)
        text: str = self.document(municipality, name)["text"]
        return text[int(place["s"][0]) : int(place["e"][0])]

    def asked(self) -> list[dict[str, Any]]:
        """The bodies of the questions sent since REMEMBER_REQUESTS."""
        return [
            json.loads(one["body"])
            for one in self.js("return window.sent")
            if one["address"].endswith("/ask/stream")
        ]


def wait_until(condition: Callable[[], T | None]) -> T:
    """What ``condition`` gives as soon as that is true."""
    end = time.monotonic() + SECONDS
    while not (found := condition()):
        assert time.monotonic() < end, f"waited {SECONDS} seconds in vain"
        time.sleep(0.05)
    return found


@pytest.fixture
def page(chromium: webdriver.Chrome, address: str) -> Iterator[Page]:
    chromium.get(address + "/healthz")
    chromium.execute_script("localStorage.clear()")
    chromium.get_log("browser")  # type: ignore[no-untyped-call]
    yield Page(chromium, address)
    offline(chromium, False)


def offline(browser: webdriver.Chrome, cut: bool) -> None:
    browser.execute_cdp_cmd("Network.enable", {})
    conditions = {"offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1}
    browser.execute_cdp_cmd("Network.emulateNetworkConditions", conditions)


# --- an answer and its place in the document ---


@pytest.mark.parametrize("municipality", ["modum", "elverum", "baerum"])
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_clicked_citation_marks_exactly_its_quote_in_view(
    page: Page, municipality: str, size: tuple[int, int]
) -> None:
    page.open_to_ask(municipality, size)
    links = page.ask(LEADER).find_elements(By.CSS_SELECTOR, "a.cite")
    assert links
    last = links[-1]
    page.click(last)
    mark = page.mark()
    href = str(last.get_attribute("href"))
    assert mark.get_attribute("textContent") == page.quoted_at(href)
    assert page.in_view(mark)


def test_the_answer_stays_where_it_is_when_the_document_opens_beside_it(page: Page) -> None:
    page.open_to_ask()
    link = page.ask(LEADER).find_element(By.CSS_SELECTOR, "a.cite")
    before = page.js("return arguments[0].getBoundingClientRect().top", link)
    link.click()
    page.mark()
    assert page.js("return arguments[0].getBoundingClientRect().top", link) == before
    assert link.is_displayed() and link.get_attribute("aria-current") == "true"


def test_every_quote_of_the_answer_can_be_stepped_through(page: Page) -> None:
    page.open_to_ask("sandefjord")
    links = page.ask(LEADER).find_elements(By.CSS_SELECTOR, "a.cite")
    page.click(links[0])
    for link in links:
        quote = page.quoted_at(str(link.get_attribute("href")))
        wait_until(lambda quote=quote: page.mark().get_attribute("textContent") == quote)  # type: ignore[misc]
        assert page.in_view(page.mark())
        page.all(".stepper button")[-1].click()


@pytest.mark.parametrize("municipality", ["modum", "sandefjord", "elverum", "midt-telemark", "baerum"])
def test_the_documents_characters_are_never_changed(page: Page, municipality: str) -> None:
    card = page.get(f"/api/v1/municipalities/{municipality}/documents")[0]
    page.open(f"/documents/{municipality}/{card['id']}")
    shown = page.find(".document-text").get_attribute("textContent")
    assert shown == page.document(municipality, card["id"])["text"]


def test_a_citation_is_a_link_that_opens_its_own_page(page: Page) -> None:
    page.open_to_ask()
    href = str(page.ask(LEADER).find_element(By.CSS_SELECTOR, "a.cite").get_attribute("href"))
    for link in (href, href.replace("#s=", "?start=").replace("&e=", "&end=")):
        page.open(link.removeprefix(page.address))
        assert page.mark().get_attribute("textContent") == page.quoted_at(href)
        assert page.in_view(page.mark())


def test_a_link_to_no_place_in_the_document_says_so(page: Page) -> None:
    name = page.get("/api/v1/municipalities/modum/documents")[0]["id"]
    page.open(f"/documents/modum/{name}#s=9999990&e=9999999")
    assert "ikke finnes" in page.find(".warning").text
    assert page.find(".document-text").text and not page.all("mark")


def test_an_unknown_document_is_a_plain_sentence(page: Page) -> None:
    page.open("/documents/modum/finnes-ikke")
    assert "finnes-ikke" in page.find("[role=alert]").text


def test_offsets_count_code_points(page: Page) -> None:
    page.open()
    found = page.js(
        """return import('/static/js/offsets.js').then(({utf16Offsets}) => {
          const text = 'a🌲b🏔️c', at = utf16Offsets(text);
          return Array.from(text).map((_, i) => text.slice(at(i), at(i + 1)));
        })"""
    )
    assert found == list("a🌲b🏔️c")


# --- a conversation ---


def test_earlier_turns_stay_and_are_sent_along(page: Page) -> None:
    page.open_to_ask()
    page.js(REMEMBER_REQUESTS)
    page.ask(LEADER)
    page.ask("Og hva med medarbeiderne?")
    assert [one.text for one in page.all(".question .words")] == [LEADER, "Og hva med medarbeiderne?"]
    first, second = page.asked()
    assert first["history"] == []
    assert [turn["role"] for turn in second["history"]] == ["user", "assistant"]
    assert second["history"][0]["content"] == LEADER
    assert second["conversation_id"]


def test_another_municipality_is_another_conversation(page: Page) -> None:
    page.open_to_ask()
    page.js(REMEMBER_REQUESTS)
    page.ask(LEADER)
    Select(page.find("#municipality")).select_by_value("elverum")
    turn = page.ask(LEADER)
    assert page.asked()[1]["history"] == []
    hrefs = [str(link.get_attribute("href")) for link in turn.find_elements(By.CSS_SELECTOR, "a.cite")]
    assert hrefs and all("/documents/elverum/" in href for href in hrefs)


def test_what_is_not_in_the_policy_is_not_dressed_up_as_an_answer(page: Page) -> None:
    page.open_to_ask()
    turn = page.ask("Hva er hovedstaden i Mongolia?")
    assert not turn.find_elements(By.CSS_SELECTOR, "a.cite")
    assert turn.find_element(By.CSS_SELECTOR, ".status").text == "Ikke funnet i dokumentene"


def test_a_question_about_another_municipality_is_sent_there_and_not_answered(page: Page) -> None:
    page.open_to_ask()
    turn = page.ask("Hva sier Elverum om ledere?")
    assert not turn.find_elements(By.CSS_SELECTOR, "a.cite")
    assert turn.find_element(By.CSS_SELECTOR, ".status").text == "Gjelder en annen kommune"
    assert "Elverum" in turn.find_element(By.CSS_SELECTOR, ".lead").text


def test_a_question_about_another_municipality_can_be_asked_there(page: Page) -> None:
    page.open_to_ask()
    question = "Hva sier Elverum om ledere?"
    there = page.ask(question).find_element(By.CSS_SELECTOR, "button.switch")
    assert there.text == "Spør Elverum i stedet"
    page.write("et påbegynt spørsmål")
    there.click()
    wait_until(lambda: len(page.all(".turn")) == 2)
    turn = page.all(".turn")[-1]
    hrefs = [str(link.get_attribute("href")) for link in turn.find_elements(By.CSS_SELECTOR, "a.cite")]
    assert hrefs and all("/documents/elverum/" in href for href in hrefs)
    assert turn.find_element(By.CSS_SELECTOR, ".words").text == question
    assert page.find("#municipality").get_attribute("value") == "elverum"
    assert page.find("#question").get_attribute("value") == "et påbegynt spørsmål"


def test_a_municipality_without_documents_cannot_be_switched_to(page: Page) -> None:
    page.open_to_ask()
    turn = page.ask("Hva sier Oslo kommune om ledere?")
    assert turn.find_element(By.CSS_SELECTOR, ".status").text == "Gjelder en annen kommune"
    assert not turn.find_elements(By.CSS_SELECTOR, "button.switch")


# --- answers that a language model words ---


@pytest.fixture(scope="module")
def address_with_model(settings: Settings, running_model: Model) -> Iterator[str]:
    own = {"llm": "fake", "llm_base_url": running_model.url, "llm_timeout_s": SECONDS}
    with served(create_app(settings.model_copy(update=own))) as address:
        yield address


@pytest.fixture
def worded(page: Page, address_with_model: str) -> Page:
    """The page of a server whose answers the model words."""
    return Page(page.browser, address_with_model)


@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_worded_answer_has_one_lead_a_paragraph_a_statement_and_says_who_wrote_it(
    worded: Page, model: Model, size: tuple[int, int]
) -> None:
    worded.open_to_ask(size=size)
    turn = worded.ask(LEADER)
    [lead] = turn.find_elements(By.CSS_SELECTOR, ".lead")
    assert lead.text.startswith("Dette sier «") and "fake" in lead.text
    statements = turn.find_elements(By.CSS_SELECTOR, ".statement")
    numbers = [link.text for link in turn.find_elements(By.CSS_SELECTOR, ".statement a.cite")]
    assert len(statements) == 2
    assert [re.sub(r"\s*vis stedet i dokumentet", "", number) for number in numbers] == ["[1]", "[2]"]
    assert "fake" in turn.find_element(By.CSS_SELECTOR, ".written").text
    assert worded.js("return document.documentElement.scrollWidth") <= size[0]
    link = turn.find_elements(By.CSS_SELECTOR, "a.cite")[-1]
    worded.click(link)
    href = str(link.get_attribute("href"))
    assert worded.mark().get_attribute("textContent") == worded.quoted_at(href)


def test_worded_statements_are_readable_while_the_rest_is_written(worded: Page, model: Model) -> None:
    held = Held()
    model.reply = writing(held)
    worded.open_to_ask()
    worded.write(LEADER + Keys.ENTER)
    first = worded.find(".coming .statement").text
    assert "Skriver svaret" in worded.find("#pending").text
    worded.find(".coming a.cite").click()
    worded.mark()
    held.go.set()
    wait_until(lambda: not worded.all(".coming") and worded.all(".turn"))
    assert len(worded.all(".turn")) == 1
    assert worded.find(".turn .statement").text == first
    assert worded.mark() == worded.browser.switch_to.active_element
    assert worded.all(".turn a.cite[aria-current=true]")


def test_who_waits_for_a_language_model_sees_that_something_happens(worded: Page, model: Model) -> None:
    held = Held()

    def silent_at_first(prompt: str) -> Iterator[str]:
        assert held.go.wait(SECONDS)
        yield truthful(prompt)

    model.reply = writing(silent_at_first)
    worded.open_to_ask()
    worded.write(LEADER + Keys.ENTER)
    wait_until(lambda: "Skriver svaret" in worded.find("#pending").text)
    assert not worded.all(".turn")
    held.go.set()
    assert worded.find(".turn:not(.coming) .statement")
    wait_until(lambda: not worded.find("#question").get_attribute("value"))
    assert not worded.js("return document.querySelector('#pending').checkVisibility()")


def test_a_reader_whose_language_model_fails_is_told_and_gets_quotes(worded: Page, model: Model) -> None:
    model.reply = writing(chat_model.status(500))
    worded.open_to_ask()
    turn = worded.ask(LEADER)
    assert turn.find_element(By.CSS_SELECTOR, ".lead").text.startswith("Språkmodellen ga ikke noe svar")
    assert turn.find_elements(By.CSS_SELECTOR, ".quote a.cite")


def test_a_worded_statement_that_rests_on_a_past_period_says_so(page: Page) -> None:
    page.open()
    warnings = page.js(
        """return Promise.all([import('/static/js/answer.js'), import('/static/js/i18n.js')])
          .then(([{renderStatements}]) => {
            const place = {municipality: 'm', document: 'd', start: 0, end: 1};
            const cited = (n, valid_to) => ({...place, n, valid_to});
            const citations = [cited(1, '2001-01-01'), cited(2, null), cited(3, '2001-01-01')];
            const statements = [[1], [3], [2], [2, 3]].map((numbers) => ({text: 'x', citations: numbers}));
            return renderStatements({statements, citations}, () => {}).map((one) => one.className);
          })"""
    )
    assert warnings == ["statement", "statement", "warning", "statement", "statement", "warning"]


def test_shift_enter_makes_a_new_line(page: Page) -> None:
    page.open_to_ask()
    page.write("linje en" + Keys.SHIFT + Keys.ENTER + Keys.NULL + "linje to")
    assert page.find("#question").get_attribute("value") == "linje en\nlinje to"
    assert not page.all(".turn")


def test_markup_in_a_question_is_shown_as_text(page: Page) -> None:
    page.open_to_ask()
    question = "<img src=x onerror=alert(1)> leder?"
    turn = page.ask(question)
    assert turn.find_element(By.CSS_SELECTOR, ".words").text == question
    assert not page.all(".turn img")


def test_the_municipality_is_remembered_and_can_be_linked_to(page: Page) -> None:
    page.open("/")
    wait_until(lambda: len(page.all("#municipality option")) == 6)
    Select(page.find("#municipality")).select_by_value("sandefjord")
    assert "m=sandefjord" in page.browser.current_url
    page.open("/")
    page.find("#document-list li")
    assert page.find("#municipality").get_attribute("value") == "sandefjord"


def test_a_question_without_a_municipality_asks_for_one_and_keeps_the_question(page: Page) -> None:
    page.open("/")
    wait_until(lambda: len(page.all("#municipality option")) == 6)
    page.write(LEADER + Keys.ENTER)
    assert "Velg kommune" in wait_until(lambda: page.find("#municipality-notice").text)
    assert page.find("#question").get_attribute("value") == LEADER
    assert page.browser.switch_to.active_element.get_attribute("id") == "municipality"


# --- personal data, errors, feedback ---


@pytest.mark.parametrize(
    "number", ["13097248022", "130972 48022", "53097248016"], ids=["plain", "spaced", "D-number"]
)
def test_a_national_identity_number_is_stopped_before_anything_is_sent(page: Page, number: str) -> None:
    page.open_to_ask()
    page.js(REMEMBER_REQUESTS)
    page.write(f"Kan {number} få fri?" + Keys.ENTER)
    assert "fødselsnummer" in wait_until(lambda: page.find("#notice").text)
    assert page.js("return window.sent") == []
    assert number in str(page.find("#question").get_attribute("value"))


def test_eleven_other_digits_are_no_identity_number(page: Page) -> None:
    page.open()
    found = page.js(
        """return import('/static/js/identity-number.js').then(({isIdentityNumber}) =>
          ['13097248023', '13097248032', '99999999999', '00000000000', '1309724802']
            .filter(isIdentityNumber))"""
    )
    assert found == []


@pytest.mark.parametrize(
    ("language", "word"), [("nb", "Spørsmålet er på"), ("nn", "teikn"), ("en", "characters")]
)
def test_a_servers_no_is_shown_in_the_readers_language_and_the_question_stays(
    page: Page, language: str, word: str
) -> None:
    page.open_to_ask(language=language)
    question = "leder " * 500
    page.js("arguments[0].value = arguments[1]", page.find("#question"), question)
    page.find("#ask").click()
    assert word in wait_until(lambda: page.find("#notice").text)
    assert page.find("#question").get_attribute("value") == question
    assert not page.all(".turn")


def test_without_a_network_the_question_stays_and_can_be_sent_again(page: Page) -> None:
    page.open_to_ask()
    offline(page.browser, True)
    page.write(LEADER + Keys.ENTER)
    assert "ikke på nett" in wait_until(lambda: page.find("#notice").text)
    assert page.find("#question").get_attribute("value") == LEADER
    offline(page.browser, False)
    page.find("#ask").click()
    assert page.find(".turn a.cite")


def test_a_thumb_down_asks_why_and_reaches_the_server(page: Page, settings: Settings) -> None:
    page.open_to_ask()
    turn = page.ask(LEADER)
    page.click(turn.find_elements(By.CSS_SELECTOR, ".choice")[1])
    page.click(page.find(".feedback [type=submit]"))
    assert page.find(".feedback .error").text
    page.click(page.find("input[value=misses_essential]"))
    page.find(".feedback textarea").send_keys("Mangler noe om lønn")
    page.click(page.find(".feedback [type=submit]"))
    page.find(".thanks")
    line = json.loads(Path(settings.feedback_file).read_text(encoding="utf-8").splitlines()[-1])
    assert (line["verdict"], line["reason"], line["turn"]) == ("down", "misses_essential", 1)
    assert line["comment"] == "Mangler noe om lønn"


# --- for everybody ---


def test_on_a_phone_the_document_is_a_sheet_that_back_closes(page: Page) -> None:
    page.open_to_ask(size=PHONE)
    assert page.js("return document.documentElement.scrollWidth") == PHONE[0]
    link = page.ask(LEADER).find_element(By.CSS_SELECTOR, "a.cite")
    page.click(link)
    page.mark()
    pane = page.find("#pane")
    assert (pane.size["width"], pane.size["height"]) == PHONE
    assert page.js("return document.querySelector('#pane-body').scrollWidth") <= PHONE[0]
    page.browser.back()
    wait_until(lambda: not page.all("#pane[open]"))
    assert page.all(".turn") and page.browser.switch_to.active_element == link
    page.browser.forward()
    page.mark()
    page.find("#pane-back").click()
    wait_until(lambda: not page.all("#pane[open]"))


def test_all_of_it_works_from_the_keyboard(page: Page) -> None:
    page.open_to_ask()
    turn = page.ask(LEADER)

    def press(key: str) -> WebElement:
        page.browser.switch_to.active_element.send_keys(key)
        return page.browser.switch_to.active_element

    link = press(Keys.TAB)
    assert link == turn.find_element(By.CSS_SELECTOR, "a.cite")
    press(Keys.ENTER)
    mark = page.mark()
    wait_until(lambda: page.browser.switch_to.active_element == mark)
    press(Keys.ESCAPE)
    wait_until(lambda: not page.all("#pane[open]"))
    assert page.browser.switch_to.active_element == link


def test_the_language_can_be_switched_and_is_remembered(page: Page) -> None:
    page.open_to_ask()
    page.ask(LEADER)
    for language, ask, useful in [
        ("nn", "Spør", "Var svaret nyttig?"),
        ("en", "Ask", "Was the answer useful?"),
    ]:
        page.find(f"[data-language={language}]").click()
        wait_until(lambda language=language: page.js("return document.documentElement.lang") == language)  # type: ignore[misc]
        assert page.find("#ask").text == ask
        assert page.find(".useful").text == useful
        assert page.find(".question .words").text == LEADER
    page.open("/")
    wait_until(lambda: page.js("return document.documentElement.lang") == "en")


def test_the_three_languages_say_the_same_things(page: Page) -> None:
    texts = [page.get(f"/static/i18n/{language}.json") for language in ("nb", "nn", "en")]
    assert texts[0].keys() == texts[1].keys() == texts[2].keys()


def test_nothing_is_fetched_from_elsewhere_and_the_content_policy_holds(page: Page) -> None:
    page.open_to_ask()
    page.click(page.ask(LEADER).find_element(By.CSS_SELECTOR, "a.cite"))
    page.mark()
    fetched = page.js("return performance.getEntriesByType('resource').map((one) => one.name)")
    assert fetched and all(one.startswith(page.address + "/") for one in fetched)
    time.sleep(0.1)  # the log comes a moment later
    log = page.browser.get_log("browser")  # type: ignore[no-untyped-call]
    assert [one for one in log if one["level"] == "SEVERE"] == []
