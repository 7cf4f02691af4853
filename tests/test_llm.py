"""The language model's seam, over real HTTP: what is sent where, and what becomes of every kind of reply."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from typing import Any

import chat_model
import pytest
from chat_model import Model, Reply, broken, slowly, status

from assistant.llm import ChatModel as Chat
from assistant.llm import LLMError, configured_model
from assistant.settings import Settings

ASKED = [("system", "Svar kort."), ("user", "Hei")]
SCHEMA: dict[str, Any] = {
    "type": "object",
    "properties": {"hei": {"type": "string"}},
    "required": ["hei"],
    "additionalProperties": False,
}
TEXT = "Hei på deg, dette er et svar på noen ord."


def says(prompt: str) -> str:
    return TEXT


@pytest.fixture(scope="module", autouse=True)
def loaded() -> None:
    """LangChain is imported before any test counts seconds."""
    for name in ("m", "ollama:m"):
        with pytest.raises(LLMError):
            list(Chat(name, "http://127.0.0.1:9", timeout_s=5).stream(ASKED))


@pytest.fixture
def server() -> Iterator[Model]:
    running = Model(says)
    yield running
    running.stop()


def chat(server: Model, name: str = "m", **options: Any) -> Chat:
    """The model ``name`` at the server."""
    address = server.url if name == "m" else server.address
    return Chat(name, address, **{"timeout_s": 2.0, **options})


def failure(server: Model, reply: Reply, schema: dict[str, Any] | None = None, **options: Any) -> str:
    """What a streamed ``reply`` fails with."""
    server.reply = reply
    with pytest.raises(LLMError) as error:
        list(chat(server, **options).stream(ASKED, schema))
    return str(error.value)


def header(server: Model, name: str) -> str:
    """A header of the newest request; "" when it was not sent."""
    return {key.lower(): value for key, value in server.headers[-1].items()}.get(name, "")


# --- where it goes --------------------------------------------------------------------------------


def test_a_bare_name_is_asked_in_the_openai_protocol(server: Model) -> None:
    assert "".join(chat(server).stream(ASKED)) == TEXT
    (request,) = server.requests
    assert (request["path"], request["model"], request["temperature"]) == ("/v1/chat/completions", "m", 0)
    assert [m["content"] for m in request["messages"]] == ["Svar kort.", "Hei"]


def test_a_colon_in_a_bare_name_is_part_of_it(server: Model) -> None:
    list(Chat("llama3.1:8b", server.url, timeout_s=2).stream(ASKED))
    assert server.requests[0]["model"] == "llama3.1:8b"


def test_an_ollama_model_is_asked_in_ollamas_own_protocol(server: Model) -> None:
    assert "".join(chat(server, "ollama:llama3.1:8b").stream(ASKED, SCHEMA)) == TEXT
    (request,) = server.requests
    assert (request["path"], request["model"]) == ("/api/chat", "llama3.1:8b")
    assert request["format"] == SCHEMA


def test_ollama_is_told_to_keep_the_whole_prompt(server: Model) -> None:
    """Its own default forgets the beginning of what is longer than about eight thousand characters."""
    list(chat(server, "ollama:m").stream(ASKED))
    assert server.requests[0]["options"]["num_ctx"] >= 16_000


def test_an_azure_deployment_is_asked_under_its_resource_with_version_and_key(server: Model) -> None:
    azure = chat(server, "azure_openai:svarer", api_key="secret", api_version="2024-10-21")
    assert "".join(azure.stream(ASKED)) == TEXT
    path = server.requests[0]["path"]
    assert path == "/openai/deployments/svarer/chat/completions?api-version=2024-10-21"
    assert header(server, "api-key") == "secret"


def test_the_key_is_sent_when_there_is_one(server: Model) -> None:
    list(chat(server, api_key="secret").stream(ASKED))
    assert header(server, "authorization") == "Bearer secret"


@pytest.mark.parametrize("name", ["m", "azure_openai:svarer", "ollama:m"])
def test_without_a_key_none_is_sent(server: Model, name: str) -> None:
    list(chat(server, name, api_version="2024-10-21").stream(ASKED))
    assert len(server.requests) == 1
    assert header(server, "authorization") == header(server, "api-key") == ""


@pytest.mark.parametrize("name", ["m", "azure_openai:svarer", "ollama:m"])
def test_a_redirect_is_not_followed(server: Model, name: str) -> None:
    elsewhere = Model(says)
    server.location = elsewhere.url + "/chat/completions"
    server.reply = status(307)
    with pytest.raises(LLMError):
        list(chat(server, name, api_version="2024-10-21").stream(ASKED))
    elsewhere.stop()
    assert len(server.requests) == 1 and elsewhere.requests == []


def test_the_settings_name_the_model_and_its_limit(server: Model) -> None:
    settings = Settings(llm="m", llm_base_url=server.url, llm_api_key="secret", llm_timeout_s=3)
    model = configured_model(settings, Chat)
    assert model is not None and model.timeout_s == 3
    assert model.complete("Hei") == TEXT and header(server, "authorization") == "Bearer secret"


def test_without_a_name_there_is_no_model() -> None:
    assert configured_model(Settings(llm=""), Chat) is None


def test_no_address_is_assumed_but_ollamas_on_this_machine() -> None:
    with pytest.raises(LLMError, match="ASSISTANT_LLM_BASE_URL"):
        configured_model(Settings(llm="m", llm_base_url=""), Chat)
    with pytest.raises(LLMError, match="ASSISTANT_LLM_BASE_URL"):
        configured_model(Settings(llm="azure_openai:m", llm_base_url=""), Chat)
    assert configured_model(Settings(llm="ollama:m", llm_base_url=""), Chat) is not None


# --- how it comes ---------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["m", "ollama:m"])
def test_a_reply_is_read_while_it_comes(server: Model, name: str) -> None:
    server.reply = slowly(says, seconds=30, at_once=10)
    stream = chat(server, name).stream(ASKED)
    assert next(piece for piece in stream if piece) == TEXT[:10]


@pytest.mark.parametrize("name", ["m", "ollama:m"])
def test_the_limit_is_for_the_whole_reply_however_it_drips(server: Model, name: str) -> None:
    """Each character comes well within the limit."""
    begin = time.monotonic()
    problem = failure(server, slowly(says, seconds=0.1), name=name, timeout_s=0.5)
    assert problem == "it did not reply in time"
    assert 0.4 < time.monotonic() - begin < 1.5


def test_a_call_can_have_a_shorter_limit_than_the_model(server: Model) -> None:
    server.reply = chat_model.silent
    begin = time.monotonic()
    with pytest.raises(LLMError, match="in time"):
        list(chat(server, timeout_s=20).stream(ASKED, seconds=0.3))
    assert time.monotonic() - begin < 1.5


def test_with_no_time_left_nothing_is_sent(server: Model) -> None:
    with pytest.raises(LLMError, match="in time"):
        list(chat(server).stream(ASKED, seconds=0))
    assert server.requests == []


# --- the form of the reply ------------------------------------------------------------------------


def test_the_schema_is_sent_to_hold_the_model_to_it(server: Model) -> None:
    assert "".join(chat(server).stream(ASKED, SCHEMA)) == TEXT
    assert server.requests[0]["response_format"]["json_schema"]["schema"] == SCHEMA


@pytest.mark.parametrize(("name", "key"), [("m", "response_format"), ("ollama:m", "format")])
def test_an_endpoint_that_knows_no_schemas_is_asked_once_more_without(
    server: Model, name: str, key: str
) -> None:
    server.knows_schemas = False
    assert "".join(chat(server, name).stream(ASKED, SCHEMA)) == TEXT
    assert [bool(request.get(key)) for request in server.requests] == [True, False]


def test_an_endpoint_that_refuses_both_is_asked_twice_and_no_more(server: Model) -> None:
    assert failure(server, status(400), SCHEMA) == "it replied with HTTP 400"
    assert len(server.requests) == 2


# --- what goes wrong ------------------------------------------------------------------------------


@pytest.mark.parametrize("code", [401, 429, 500])
@pytest.mark.parametrize("name", ["m", "ollama:m"])
def test_an_http_error_is_told_by_its_status_and_not_asked_again(server: Model, code: int, name: str) -> None:
    assert failure(server, status(code), SCHEMA, name=name) == f"it replied with HTTP {code}"
    assert len(server.requests) == 1


@pytest.mark.parametrize("name", ["m", "ollama:m"])
def test_a_closed_connection_is_told(server: Model, name: str) -> None:
    assert failure(server, chat_model.hanging_up, name=name).startswith("it cannot be reached")


@pytest.mark.parametrize("name", ["m", "ollama:m"])
def test_a_connection_that_breaks_half_way_is_told_after_what_came(server: Model, name: str) -> None:
    server.reply = broken(says, after=10)
    stream = chat(server, name).stream(ASKED)
    assert next(piece for piece in stream if piece) == TEXT[:10]
    with pytest.raises(LLMError, match="cannot be reached"):
        list(stream)


def test_a_body_that_is_no_stream_is_told(server: Model) -> None:
    assert "protocol" in failure(server, lambda _: b"<html>busy</html>")


def test_chunks_of_another_form_are_told(server: Model) -> None:
    assert "protocol" in failure(server, lambda _: b"data: {oops}\n\n")


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(LLMError, match="cannot be reached"):
        list(Chat("m", "http://127.0.0.1:9", timeout_s=2).stream(ASKED))


def test_an_endless_reply_is_given_up(server: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assistant.llm.LONGEST_REPLY", 30)
    assert failure(server, says) == "its reply is longer than 30 characters"


def test_a_problem_never_tells_the_key(server: Model) -> None:
    assert "secret" not in failure(server, status(401), api_key="secret")


def test_a_whole_reply_holds_text(server: Model) -> None:
    server.reply = lambda _: json.dumps({"hei": 1})
    assert chat(server).complete("Hei") == '{"hei": 1}'
    server.reply = lambda _: " "
    with pytest.raises(LLMError, match="holds no text"):
        chat(server).complete("Hei")
