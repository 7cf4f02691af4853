"""An answer as it comes: steps, worded statements, and a language model that is slow or fails."""

from __future__ import annotations

import asyncio
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import chat_model
import httpx
import pytest
from chat_model import Model, Reply, broken, in_turn, replied, truthful, writing
from fastapi import Request
from live_server import served

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from assistant.errors import UnknownMunicipality
from assistant.phrases import phrase
from assistant.settings import Settings
from assistant.web import stream, workers
from assistant.web.app import create_app
from assistant.web.bodies import AskResponse
from assistant.web.problems import problem_of
from assistant.writer import NO_ANSWER

ASK, STREAM = "/api/v1/ask", "/api/v1/ask/stream"
QUESTION = {"municipality": "modum", "question": "Hva forventes av ledere?"}
SECONDS = 20
Events = list[tuple[str, dict[str, Any]]]


def half_true(prompt: str) -> str:
    """A lie between two statements that are true."""
    first, second = json.loads(truthful(prompt))["statements"]
    lie = {**first, "text": "Alle ansatte får seks uker ferie i tillegg."}
    return replied(first, lie, second)


class Held:
    """A model that writes its first statement, and the rest when it is let go."""

    def __init__(self) -> None:
        self.go = threading.Event()

    def __call__(self, prompt: str) -> Iterator[str]:
        whole = truthful(prompt)
        end = whole.index("]}") + 2
        yield whole[:end]
        assert self.go.wait(SECONDS)
        yield whole[end:]


@contextmanager
def asked_at(settings: Settings) -> Iterator[httpx.Client]:
    """A client of a real server."""
    with served(create_app(settings)) as address, httpx.Client(base_url=address, timeout=SECONDS) as client:
        client.get("/readyz")  # waits until the documents are open
        yield client


@pytest.fixture(scope="module")
def running_server(indexed_settings: Settings, running_model: Model) -> Iterator[httpx.Client]:
    with asked_at(with_model(indexed_settings, running_model)) as client:
        yield client


@pytest.fixture
def client(running_server: httpx.Client, model: Model) -> httpx.Client:
    """A client of a server that has ``model`` write its answers."""
    return running_server


def with_model(settings: Settings, model: Model) -> Settings:
    return settings.model_copy(update={"llm": "fake", "llm_base_url": model.url, "llm_timeout_s": SECONDS})


def coming(response: httpx.Response) -> Iterator[tuple[str, dict[str, Any]]]:
    """The events as they come; a comment has no name."""
    name = ""
    for line in response.iter_lines():
        if line.startswith(":"):
            yield "", {}
        if line.startswith("event: "):
            name = line.removeprefix("event: ")
        if line.startswith("data: "):
            yield name, json.loads(line.removeprefix("data: "))


def events(client: httpx.Client) -> Events:
    with client.stream("POST", STREAM, json=QUESTION) as response:
        return list(coming(response))


def until(sent: Iterator[tuple[str, dict[str, Any]]], name: str) -> Events:
    """The events up to the first of this name."""
    found = []
    for event in sent:
        found.append(event)
        if event[0] == name:
            return found
    raise AssertionError(f"no {name} came")


def of(name: str, sent: Events) -> list[dict[str, Any]]:
    return [data for found, data in sent if found == name]


# --- worded answers -------------------------------------------------------------------------------


def test_a_worded_statement_is_sent_while_the_next_is_still_written(
    client: httpx.Client, model: Model
) -> None:
    held = Held()
    model.reply = writing(held)
    with client.stream("POST", STREAM, json=QUESTION) as response:
        sent = coming(response)
        before = until(sent, "statement")
        assert not held.go.is_set()
        held.go.set()
        after = list(sent)
    assert [data["step"] for data in of("status", before)] == ["understand", "retrieve"]
    assert of("statement", before + after) == after[-1][1]["statements"]


@pytest.mark.parametrize(
    "reply",
    [
        truthful,
        half_true,
        in_turn(half_true, truthful),
        broken(truthful, after=400),
        chat_model.malformed,
        chat_model.uncited,
        chat_model.nothing_found,
        chat_model.status(500),
    ],
    ids=["true", "half true", "mended", "broken off", "malformed", "uncited", "no answer", "down"],
)
def test_every_statement_is_sent_once_after_its_citations_and_is_in_the_answer(
    client: httpx.Client, model: Model, reply: Reply
) -> None:
    model.reply = writing(reply)
    sent = events(client)
    name, answer = sent[-1]
    assert (name, answer["status"]) == ("done", "answered")
    assert of("statement", sent) == answer["statements"]
    assert of("citation", sent) == answer["citations"]
    cited: set[int] = set()
    for name, data in sent:
        cited |= {data["n"]} if name == "citation" else set()
        assert name != "statement" or set(data["citations"]) <= cited


def test_what_is_not_proven_is_never_sent(client: httpx.Client, model: Model) -> None:
    model.reply = writing(half_true)
    sent = events(client)
    assert len(of("statement", sent)) == 2
    assert "seks uker" not in json.dumps(sent, ensure_ascii=False)


def test_quotes_are_sent_after_they_are_verified(client: httpx.Client, model: Model) -> None:
    model.reply = writing(chat_model.status(500))
    names = [name for name, _ in events(client)]
    assert names[:4] == ["status"] * 4
    assert set(names[4:-1]) == {"citation", "statement"}


def test_a_worded_answer_is_the_same_asked_for_whole(client: httpx.Client) -> None:
    whole = client.post(ASK, json=QUESTION).json()
    assert whole["answered_by"] == "fake"
    own = {"timing_ms": None, "conversation_id": None}
    assert events(client)[-1][1] | own == whole | own


# --- what is told of the model --------------------------------------------------------------------


def test_ready_names_the_model_and_its_last_problem(client: httpx.Client, model: Model) -> None:
    def told() -> object:
        return client.get("/readyz").json()["language_model"]

    model.reply = writing(chat_model.status(503))
    client.post(ASK, json=QUESTION)
    assert told() == {"name": "fake", "last_problem": "it replied with HTTP 503"}
    model.reply = writing(truthful)
    client.post(ASK, json=QUESTION)
    assert told() == {"name": "fake", "last_problem": None}


def test_a_model_that_finds_no_answer_has_no_problem(client: httpx.Client, model: Model) -> None:
    model.reply = writing(chat_model.nothing_found)
    client.post(ASK, json=QUESTION)
    assert client.get("/readyz").json()["language_model"]["last_problem"] is None
    assert NO_ANSWER not in client.get("/readyz").text


def test_the_reader_is_told_that_the_model_failed(client: httpx.Client, model: Model) -> None:
    model.reply = writing(chat_model.status(500))
    answer = client.post(ASK, json=QUESTION).json()
    assert answer["answered_by"] == "quotes"
    assert answer["answer"].startswith(phrase("written_failed", "nb"))


def test_metrics_count_who_answered_and_what_came_of_the_model(client: httpx.Client, model: Model) -> None:
    def counted() -> Counter[str]:
        text = client.get("/metrics").text
        found = re.findall(r"assistant_(?:answered_by|language_model_answers)_total{(.*)} (\S+)", text)
        return Counter({labels: int(float(value)) for labels, value in found})

    before = counted()
    for reply in (truthful, truthful, chat_model.status(500), chat_model.uncited, chat_model.nothing_found):
        model.reply = writing(reply)
        client.post(ASK, json=QUESTION)
    assert counted() - before == {
        'answered_by="fake"': 2,
        'answered_by="quotes"': 3,
        'outcome="proven"': 2,
        'outcome="failed"': 1,
        'outcome="not_proven"': 1,
        'outcome="no_answer"': 1,
    }


# --- slow models ----------------------------------------------------------------------------------


def test_a_slow_answer_keeps_the_stream_alive(
    client: httpx.Client, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream, "KEEP_ALIVE_SECONDS", 0.05)
    held = Held()
    model.reply = writing(held)
    with client.stream("POST", STREAM, json=QUESTION) as response:
        sent = coming(response)
        until(sent, "statement")
        assert until(sent, "") == [("", {})]
        held.go.set()
        assert until(sent, "done")


def test_who_finds_all_busy_is_told_when_to_come_back_and_the_rest_is_served(
    indexed_settings: Settings, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AT_ONCE", 1)
    monkeypatch.setattr(workers, "PATIENCE_SECONDS", 0.6)
    held = Held()
    model.reply = writing(held)
    with (
        asked_at(with_model(indexed_settings, model)) as client,
        client.stream("POST", STREAM, json=QUESTION) as response,
    ):
        sent = coming(response)
        until(sent, "statement")
        for path in (ASK, STREAM):
            refused = client.post(path, json=QUESTION)
            assert (refused.status_code, refused.json()["type"]) == (503, "urn:assistant:problem:busy")
            assert int(refused.headers["retry-after"]) >= 1
        assert client.get("/readyz").status_code == 200
        assert client.get("/api/v1/municipalities/modum/documents").status_code == 200
        held.go.set()
        until(sent, "done")
        assert client.post(ASK, json=QUESTION).status_code == 200


def test_a_place_is_freed_when_a_reader_leaves(
    indexed_settings: Settings, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "AT_ONCE", 1)
    held = Held()
    model.reply = writing(held)
    with asked_at(with_model(indexed_settings, model)) as client:
        with client.stream("POST", STREAM, json=QUESTION) as response:
            until(coming(response), "statement")
        held.go.set()
        assert client.post(ASK, json=QUESTION).json()["status"] == "answered"


# --- errors ---------------------------------------------------------------------------------------


def test_an_error_after_the_headers_is_an_event_with_the_problem() -> None:
    scope = {"type": "http", "method": "POST", "path": STREAM, "headers": [], "query_string": b""}

    async def sent() -> list[str]:
        pending: asyncio.Future[AskResponse] = asyncio.get_running_loop().create_future()
        progress = stream.Progress()
        pending.add_done_callback(progress.end)
        pending.set_exception(UnknownMunicipality("oslo", ["modum"]))
        found = stream.events(pending, progress, lambda error: problem_of(error, Request(scope)))
        return [event async for event in found]

    [event] = asyncio.run(sent())
    name, data = event.strip().split("\n")
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: ")).items() >= {"status": 404, "known": ["modum"]}.items()


def test_a_model_that_cannot_be_reached_is_asked_once_and_the_policy_is_quoted(
    indexed_settings: Settings,
) -> None:
    model = Model(chat_model.status(500))
    settings = indexed_settings.model_copy(
        update={"llm": "m", "llm_base_url": model.url, "llm_timeout_s": 3.0}
    )
    asked = PolicyAssistant.open(settings).trace(Question(**QUESTION))
    model.stop()
    assert len(model.requests) == 1
    assert asked.written is not None and asked.written.problem == "it replied with HTTP 500"
    assert asked.answer is not None and asked.answer.answered_by == "quotes" and asked.answer.statements
    assert asked.answer.answer.startswith(phrase("written_failed", "nb"))
