"""The HTTP API as other programs see it, through the real application over the five policies."""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from fastapi.testclient import TestClient
from live_server import served

from assistant.settings import Settings
from assistant.web.app import create_app
from assistant.web.limits import BODY_BYTES, RateLimit
from assistant.web.texts import language_of

KEYS = {"modum", "sandefjord", "elverum", "midt-telemark", "baerum"}
ASK = "/api/v1/ask"
QUESTION = {"municipality": "modum", "question": "Hva forventes av ledere?"}
FEEDBACK = {
    "conversation_id": "abc",
    "turn": 1,
    "verdict": "down",
    "reason": "partly_wrong",
    "comment": "Nei.",
}


@contextmanager
def running(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture(scope="module")
def settings(indexed_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    feedback = tmp_path_factory.mktemp("feedback") / "new" / "feedback.jsonl"
    return indexed_settings.model_copy(update={"feedback_file": feedback, "rate_limit_per_minute": 0})


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with running(settings) as client:
        yield client


def problem(response: Any, status: int, kind: str) -> dict[str, Any]:
    """The problem document of a response, after checking what all of them have in common."""
    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    found: dict[str, Any] = response.json()
    assert found["type"] == f"urn:assistant:problem:{kind}"
    assert found["status"] == status
    assert found["title"] and found["detail"] and found["instance"].startswith("/")
    assert "Traceback" not in response.text
    return found


def fields(found: dict[str, Any]) -> list[str]:
    assert all(error["message"] for error in found["errors"])
    return [error["field"] for error in found["errors"]]


def events(response: Any) -> list[tuple[str, dict[str, Any]]]:
    blocks = [block.split("\n") for block in response.text.strip().split("\n\n")]
    return [
        (event.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for event, data in blocks
    ]


# Asking


def test_every_quote_is_the_text_at_its_place(client: TestClient) -> None:
    answer = client.post(ASK, json=QUESTION).json()
    assert answer["status"] == "answered"
    for citation in answer["citations"]:
        assert citation["municipality"] == "modum"
        document = client.get(f"/api/v1/municipalities/modum/documents/{citation['document']}").json()
        assert document["text"][citation["start"] : citation["end"]] == citation["quote"]


def test_the_answer_has_the_fields_of_the_contract(client: TestClient) -> None:
    answer = client.post(ASK, json=QUESTION).json()
    assert set(answer) == {
        "status",
        "answer",
        "language",
        "statements",
        "citations",
        "closest",
        "understood",
        "answered_by",
        "timing_ms",
        "conversation_id",
    }
    assert set(answer["timing_ms"]) == {"understand", "retrieve", "answer", "verify", "total"}


def test_a_conversation_keeps_its_id(client: TestClient) -> None:
    answer = client.post(ASK, json=QUESTION | {"conversation_id": "Sak_12-b"}).json()
    assert answer["conversation_id"] == "Sak_12-b"


def test_a_new_conversation_gets_an_id(client: TestClient) -> None:
    first, second = (client.post(ASK, json=QUESTION).json()["conversation_id"] for _ in range(2))
    assert UUID(first).version == 4
    assert first != second


def test_history_is_accepted(client: TestClient) -> None:
    history = [{"role": "user", "content": "Hva forventes av ledere?"}, {"role": "assistant", "content": "…"}]
    response = client.post(ASK, json=QUESTION | {"question": "Og av ansatte?", "history": history})
    assert response.status_code == 200


# Asking as a stream


def test_each_statement_comes_after_its_citations(client: TestClient) -> None:
    cited: set[int] = set()
    for name, data in events(client.post(f"{ASK}/stream", json=QUESTION)):
        if name == "citation":
            cited.add(data["n"])
        if name == "statement":
            assert data["citations"] and set(data["citations"]) <= cited
    assert cited


def test_the_stream_tells_its_steps_first_and_ends_with_the_whole_answer(client: TestClient) -> None:
    response = client.post(f"{ASK}/stream", json=QUESTION | {"conversation_id": "abc"})
    assert response.headers["content-type"].startswith("text/event-stream")
    sent = events(response)
    steps = [data["step"] for name, data in sent if name == "status"]
    assert steps == ["understand", "retrieve", "answer", "verify"]
    assert [name for name, _ in sent[:4]] == ["status"] * 4
    name, answer = sent[-1]
    assert name == "done"
    whole = client.post(ASK, json=QUESTION | {"conversation_id": "abc"}).json()
    assert answer | {"timing_ms": None} == whole | {"timing_ms": None}
    assert [data for name, data in sent if name == "statement"] == answer["statements"]
    assert (
        sorted((data for name, data in sent if name == "citation"), key=lambda c: c["n"])
        == answer["citations"]
    )


def test_a_stream_without_an_answer_has_no_statements(client: TestClient) -> None:
    sent = events(client.post(f"{ASK}/stream", json=QUESTION | {"question": "Hei!"}))
    assert sent[-1][1]["status"] != "answered"
    assert {name for name, _ in sent} == {"status", "done"}


def test_a_wrong_question_to_the_stream_is_an_ordinary_problem(client: TestClient) -> None:
    response = client.post(f"{ASK}/stream", json=QUESTION | {"municipality": "oslo"})
    assert set(problem(response, 404, "unknown-municipality")["known"]) == KEYS


# Documents


def test_the_municipalities_have_keys_and_names(client: TestClient) -> None:
    found = client.get("/api/v1/municipalities").json()
    assert {municipality["key"] for municipality in found} == KEYS
    assert all(municipality["name"] for municipality in found)


@pytest.mark.parametrize("key", sorted(KEYS))
def test_documents_tell_their_validity(client: TestClient, key: str) -> None:
    for document in client.get(f"/api/v1/municipalities/{key}/documents").json():
        assert document["municipality"] == key
        assert document["id"] and document["title"]
        assert {"adopted", "valid_from", "valid_to", "expired"} <= set(document)
        assert "text" not in document


@pytest.mark.parametrize("key", sorted(KEYS))
def test_sections_lie_inside_the_text(client: TestClient, key: str) -> None:
    listed = client.get(f"/api/v1/municipalities/{key}/documents").json()[0]
    document = client.get(f"/api/v1/municipalities/{key}/documents/{listed['id']}").json()
    assert document.items() >= listed.items()
    assert any(section["heading_path"] for section in document["sections"])
    for section in document["sections"]:
        assert 0 <= section["start"] < section["end"] <= len(document["text"])


def test_an_unknown_municipality_is_404_with_the_known_ones(client: TestClient) -> None:
    for response in (
        client.post(ASK, json=QUESTION | {"municipality": "oslo"}),
        client.get("/api/v1/municipalities/oslo/documents"),
        client.get("/api/v1/municipalities/oslo/documents/x"),
    ):
        assert set(problem(response, 404, "unknown-municipality")["known"]) == KEYS


def test_an_unknown_document_is_404_with_the_known_ones(client: TestClient) -> None:
    known = [document["id"] for document in client.get("/api/v1/municipalities/modum/documents").json()]
    found = problem(client.get("/api/v1/municipalities/modum/documents/x"), 404, "unknown-document")
    assert found["known"] == known


# What is wrong with a request


def test_an_unknown_address_is_404(client: TestClient) -> None:
    assert problem(client.get("/api/v2/ask"), 404, "not-found")["instance"] == "/api/v2/ask"
    problem(client.get("/static/finnes-ikke.js"), 404, "not-found")


def test_a_wrong_method_is_405_and_tells_the_right_one(client: TestClient) -> None:
    response = client.get(ASK)
    problem(response, 405, "method-not-allowed")
    assert response.headers["allow"] == "POST"


@pytest.mark.parametrize("body", [b"", b"{", b'{"municipality": "modum",}', b"\xff\xfe", b"[" * 20_000])
def test_what_is_no_json_is_400(client: TestClient, body: bytes) -> None:
    response = client.post(ASK, content=body, headers={"Content-Type": "application/json"})
    problem(response, 400, "malformed")


def test_a_form_is_400(client: TestClient) -> None:
    problem(client.post(ASK, data=QUESTION), 400, "malformed")


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"question": None}, "question"),
        ({"question": 12}, "question"),
        ({"question": "\ud800"}, "question"),
        ({"question": "   "}, "question"),
        ({"municipality": ["modum"]}, "municipality"),
        ({"history": "nei"}, "history"),
        ({"history": [{"role": "system", "content": "x"}]}, "history.0.role"),
        ({"history": [{"role": "user"}]}, "history.0.content"),
        ({"history": [{"role": "user", "content": "\udfff"}]}, "history.0.content"),
        ({"conversation_id": "æ"}, "conversation_id"),
        ({"conversation_id": "a" * 65}, "conversation_id"),
        ({"conversation_id": "a\n"}, "conversation_id"),
    ],
)
def test_a_wrong_field_is_422_and_named(client: TestClient, change: dict[str, Any], field: str) -> None:
    body = json.dumps(QUESTION | change).encode()
    response = client.post(ASK, content=body, headers={"Content-Type": "application/json"})
    assert fields(problem(response, 422, "invalid")) == [field]


def test_all_missing_fields_are_named(client: TestClient) -> None:
    assert fields(problem(client.post(ASK, json={}), 422, "invalid")) == ["municipality", "question"]


@pytest.mark.parametrize("body", [[], "modum", 1])
def test_a_body_that_is_no_object_is_422(client: TestClient, body: Any) -> None:
    assert fields(problem(client.post(ASK, json=body), 422, "invalid")) == ["body"]


def test_too_many_earlier_turns_is_422(client: TestClient, settings: Settings) -> None:
    history = [{"role": "user", "content": "Og?"}] * (settings.max_history_turns + 1)
    assert fields(problem(client.post(ASK, json=QUESTION | {"history": history}), 422, "invalid")) == [
        "history"
    ]


def test_a_question_that_is_too_long_is_413(client: TestClient, settings: Settings) -> None:
    long = "å" * (settings.max_question_chars + 1)
    found = problem(client.post(ASK, json=QUESTION | {"question": long}), 413, "too-long")
    assert fields(found) == ["question"]
    assert str(settings.max_question_chars) in found["detail"]


def test_the_longest_question_is_answered(client: TestClient, settings: Settings) -> None:
    question = ("Hva forventes av ledere? " * 1000)[: settings.max_question_chars]
    assert client.post(ASK, json=QUESTION | {"question": question}).status_code == 200


def test_a_body_that_is_too_large_is_413(client: TestClient) -> None:
    problem(client.post(ASK, content=b" " * (BODY_BYTES + 1)), 413, "body-too-large")


def test_a_body_of_undeclared_length_that_is_too_large_is_413(client: TestClient) -> None:
    parts = (b" " * 1024 for _ in range(BODY_BYTES // 1024 + 1))
    problem(client.post(ASK, content=parts), 413, "body-too-large")


def test_a_body_in_parts_is_read_whole(client: TestClient) -> None:
    body = json.dumps(QUESTION).encode()
    parts = (body[place : place + 10] for place in range(0, len(body), 10))
    response = client.post(ASK, content=parts, headers={"Content-Type": "application/json"})
    assert response.status_code == 200


def test_problems_are_in_the_readers_language(client: TestClient) -> None:
    def detail(language: str) -> str:
        response = client.get("/nope", headers={"Accept-Language": language})
        assert response.headers["content-language"] == language
        return str(problem(response, 404, "not-found")["title"])

    assert [detail(language) for language in ("nb", "nn", "en")] == [
        "Finnes ikke",
        "Finst ikkje",
        "Not found",
    ]


@pytest.mark.parametrize(
    ("header", "language"),
    [
        (None, "nb"),
        ("", "nb"),
        ("de", "nb"),
        ("no", "nb"),
        ("nn-NO,nb;q=0.9", "nn"),
        ("en-GB,en;q=0.9", "en"),
        ("de, en;q=0.5, nb;q=0.7", "nb"),
        ("nb;q=0, en", "en"),
        ("en;q=x, nn;q=0.1", "nn"),
    ],
)
def test_the_language_is_the_best_one_accepted(header: str | None, language: str) -> None:
    assert language_of(header) == language


def test_an_unforeseen_error_is_500_and_tells_nothing(settings: Settings) -> None:
    app = create_app(settings)

    @app.get("/api/v1/boom")
    def boom() -> None:
        raise RuntimeError("hemmelig")

    with TestClient(app) as client:
        response = client.get("/api/v1/boom")
    problem(response, 500, "internal")
    assert "hemmelig" not in response.text
    assert "default-src" in response.headers["content-security-policy"]


# Rate


def test_who_asks_too_often_is_told_when_to_come_back(settings: Settings) -> None:
    with running(settings.model_copy(update={"rate_limit_per_minute": 2})) as client:
        assert [client.post(ASK, json=QUESTION).status_code for _ in range(2)] == [200, 200]
        response = client.post(ASK, json=QUESTION)
        problem(response, 429, "too-many-requests")
        assert 1 <= int(response.headers["retry-after"]) <= 30
        assert client.get("/api/v1/municipalities").status_code == 200


def test_one_client_does_not_use_up_anothers_rate() -> None:
    rate = RateLimit(1)
    assert [rate.seconds_to_wait(client) > 0 for client in ("a", "b", "a", "b")] == [False, False, True, True]


def test_the_rate_fills_up_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rate = RateLimit(60)
    now = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: now)
    assert [rate.seconds_to_wait("a") for _ in range(61)] == [0] * 60 + [1]
    monkeypatch.setattr(time, "monotonic", lambda: now + 2.001)
    assert [rate.seconds_to_wait("a") for _ in range(3)] == [0, 0, 1]


def test_the_number_of_clients_remembered_is_bounded() -> None:
    rate = RateLimit(1, clients=2)
    for client in ("a", "b", "c"):
        rate.seconds_to_wait(client)
    assert rate.seconds_to_wait("c") > 0
    assert rate.seconds_to_wait("a") == 0


# Feedback


def test_feedback_becomes_a_line_with_the_time(client: TestClient, settings: Settings) -> None:
    received = client.post("/api/v1/feedback", json=FEEDBACK).json()["received"]
    line = json.loads(settings.feedback_file.read_text("utf-8").splitlines()[-1])
    assert line == {"time": received, **FEEDBACK}
    assert received.endswith("+00:00")


def test_feedback_from_many_at_once_stays_one_line_each(client: TestClient, settings: Settings) -> None:
    before = (
        len(settings.feedback_file.read_text("utf-8").splitlines()) if settings.feedback_file.exists() else 0
    )
    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: client.post("/api/v1/feedback", json=FEEDBACK), range(10)))
    lines = settings.feedback_file.read_text("utf-8").splitlines()
    assert len(lines) == before + 10
    assert all(json.loads(line)["verdict"] == "down" for line in lines)


def test_feedback_does_not_keep_a_national_identity_number(client: TestClient, settings: Settings) -> None:
    client.post("/api/v1/feedback", json=FEEDBACK | {"comment": "Jeg, 010190 12345, er uenig."})
    line = json.loads(settings.feedback_file.read_text("utf-8").splitlines()[-1])
    assert line["comment"] == "Jeg, […], er uenig."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"verdict": "meh"}, "verdict"),
        ({"reason": "ugly"}, "reason"),
        ({"comment": "x" * 2001}, "comment"),
        ({"comment": "\ud800"}, "comment"),
        ({"turn": -1}, "turn"),
        ({"turn": "1"}, "turn"),
        ({"conversation_id": "../x"}, "conversation_id"),
    ],
)
def test_wrong_feedback_is_422_and_named(client: TestClient, change: dict[str, Any], field: str) -> None:
    body = json.dumps(FEEDBACK | change).encode()
    response = client.post("/api/v1/feedback", content=body, headers={"Content-Type": "application/json"})
    assert fields(problem(response, 422, "invalid")) == [field]


def test_feedback_that_cannot_be_saved_is_503(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    blocked = settings.model_copy(update={"feedback_file": tmp_path / "file" / "feedback.jsonl"})
    with running(blocked) as client:
        problem(client.post("/api/v1/feedback", json=FEEDBACK), 503, "feedback-not-saved")


# Health


def test_without_an_index_the_server_lives_and_says_what_to_do(settings: Settings, tmp_path: Path) -> None:
    with running(settings.model_copy(update={"index": tmp_path / "none"})) as client:
        assert client.get("/healthz").json() == {"status": "alive"}
        for response in (client.get("/readyz"), client.post(ASK, json=QUESTION)):
            assert "assistant ingest" in problem(response, 503, "not-ready")["detail"]


def test_the_server_becomes_ready_when_the_index_is_made(settings: Settings, tmp_path: Path) -> None:
    with running(settings.model_copy(update={"index": tmp_path / "index"})) as client:
        assert client.get("/readyz").status_code == 503
        shutil.copytree(settings.index, tmp_path / "index")
        deadline = time.monotonic() + 20
        while client.get("/readyz").status_code != 200 and time.monotonic() < deadline:
            time.sleep(0.2)
        assert client.post(ASK, json=QUESTION).status_code == 200


def test_ready_tells_which_municipalities_can_be_asked_about(client: TestClient) -> None:
    ready = client.get("/readyz").json()
    assert ready["status"] == "ready"
    assert set(ready["municipalities"]) == KEYS


def test_ready_tells_that_no_language_model_writes_answers(client: TestClient) -> None:
    assert client.get("/readyz").json()["language_model"] is None


def test_a_language_model_that_cannot_be_set_up_is_told_and_not_passed_over(settings: Settings) -> None:
    with running(settings.model_copy(update={"llm": "m", "llm_base_url": ""})) as client:
        for response in (client.get("/readyz"), client.post(ASK, json=QUESTION)):
            assert "ASSISTANT_LLM_BASE_URL" in problem(response, 503, "not-ready")["detail"]


def test_metrics_count_answers_and_keep_no_question(client: TestClient) -> None:
    def answered() -> float:
        lines = client.get("/metrics").text.splitlines()
        found = [
            line
            for line in lines
            if line.startswith('assistant_answers_total{language="nb",municipality="modum"')
        ]
        return sum(float(line.split()[-1]) for line in found)

    before = answered()
    client.post(ASK, json=QUESTION)
    client.get("/en-hemmelig-adresse")
    assert answered() == before + 1
    text = client.get("/metrics").text
    assert 'assistant_http_requests_total{method="POST",route="/api/v1/ask",status="200"}' in text
    assert "ledere" not in text
    assert "hemmelig" not in text


# Pages and headers


@pytest.mark.parametrize("path", ["/", "/documents/modum/x", "/healthz", "/api/v1/municipalities", "/nope"])
def test_every_response_keeps_the_browser_at_home(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    policy = dict(part.split(" ", 1) for part in headers["content-security-policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert set(policy.values()) == {"'self'", "'none'"}
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("path", ["/", "/documents/modum/x"])
def test_the_pages_are_served(client: TestClient, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/html")


def test_nothing_of_the_api_is_stored_by_caches(client: TestClient) -> None:
    assert client.post(ASK, json=QUESTION).headers["cache-control"] == "no-store"


def test_openapi_documents_the_problems(client: TestClient) -> None:
    paths = client.get("/api/v1/openapi.json").json()["paths"]
    responses = paths["/api/v1/ask"]["post"]["responses"]
    assert {"200", "400", "404", "413", "422", "429", "500", "503"} == set(responses)
    for path in paths.values():
        for operation in path.values():
            for status, response in operation["responses"].items():
                if status >= "400":
                    schema = response["content"]["application/problem+json"]["schema"]
                    assert schema == {"$ref": "#/components/schemas/Problem"}


# Over the wire


def test_a_real_server_answers_streams_and_refuses(
    settings: Settings, capfd: pytest.CaptureFixture[str]
) -> None:
    with served(create_app(settings)) as address, httpx.Client(base_url=address, timeout=60) as client:
        assert client.get("/healthz").status_code == 200
        assert client.post(ASK, json=QUESTION).json()["status"] == "answered"
        with client.stream("POST", f"{ASK}/stream", json=QUESTION) as response:
            names = [line for line in response.iter_lines() if line.startswith("event: ")]
        assert names[0] == "event: status" and names[-1] == "event: done"
        for size in (BODY_BYTES + 1, 500_000, 5_000_000):
            problem(client.post(ASK, content=b" " * size), 413, "body-too-large")
        problem(client.post(ASK, content=(b" " * 4096 for _ in range(1000))), 413, "body-too-large")
        assert client.head("/healthz").status_code == 200
    captured = capfd.readouterr()
    assert "ledere" not in captured.out + captured.err
