"""The language model: the one module that knows it. LangChain's ``init_chat_model`` speaks its protocol.

``ASSISTANT_LLM`` is a name at any endpoint of the OpenAI chat protocol (vLLM, llama.cpp, LiteLLM …), or
``ollama:NAME``, ``azure_openai:DEPLOYMENT``, ``openai:NAME``.
"""

from __future__ import annotations

import json
import queue
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

import httpx

from assistant.settings import Settings

SETTING_UP = (
    "set ASSISTANT_LLM to its name and ASSISTANT_LLM_BASE_URL to its address, up to what stands before "
    "/chat/completions (ASSISTANT_LLM_API_KEY if it wants a key)."
)
OLLAMA_ADDRESS = "http://127.0.0.1:11434"  # where Ollama listens unless told otherwise
OLLAMA_CONTEXT = 16_384  # tokens; its own 4096 would silently lose the beginning of a long prompt
PROVIDERS = ("openai", "azure_openai", "ollama")
TOO_LATE = "it did not reply in time"
LONGEST_REPLY = 200_000  # characters; what comes after is not read

Messages = Sequence[tuple[str, str]]  # (role, content), roles "system", "user", "assistant"
Model = TypeVar("Model", bound="ChatModel")


class LLMError(RuntimeError):
    """The language model gave no usable reply; the message says why."""


class ChatModel:
    """A language model at ``base_url``, which is what stands before ``/chat/completions``.

    ``timeout_s`` bounds a whole reply, however slowly it comes. A redirect is not followed and nothing is
    asked twice: texts go to the address given and to no other.
    """

    def __init__(
        self, model: str, base_url: str, api_key: str = "", timeout_s: float = 60.0, api_version: str = ""
    ) -> None:
        self.model = model
        self.timeout_s = timeout_s
        self._client = httpx.Client(
            timeout=timeout_s,
            follow_redirects=False,
            event_hooks={} if api_key else {"request": [_without_key]},
        )
        self._address = (base_url.rstrip("/"), api_key or "none", api_version)
        self._chat: Any = None

    def complete(self, prompt: str) -> str:
        """The model's reply to ``prompt``, unchanged. Raises LLMError when there is none."""
        chat = self._opened()
        return self._text("".join(self._bounded(lambda: [chat.invoke([("user", prompt)]).content])))

    def stream(
        self, messages: Messages, schema: Mapping[str, Any] | None = None, seconds: float | None = None
    ) -> Iterator[str]:
        """The pieces of the model's reply as they come. Raises LLMError, also half-way.

        ``schema`` is the JSON schema the reply is to have; an endpoint that does not know of schemas is
        asked once more without. ``seconds`` bounds the reply instead of ``timeout_s``.
        """
        seconds = self.timeout_s if seconds is None else seconds
        if seconds <= 0:
            raise LLMError(TOO_LATE)
        chat = self._opened()
        bound = chat if schema is None else chat.bind(**self._shaped(schema))
        begin, some = time.monotonic(), False
        try:
            pieces = self._bounded(lambda: (c.content for c in bound.stream(list(messages))), seconds)
            for piece in pieces:
                some = True
                yield piece
        except _NotUnderstood:
            if some or schema is None:
                raise
            left = seconds - (time.monotonic() - begin)
            yield from self._bounded(lambda: (c.content for c in chat.stream(list(messages))), left)

    def open(self) -> None:
        """Load the libraries ahead of the first question, which takes seconds. Raises LLMError."""
        self._opened()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _opened(self) -> Any:
        """LangChain's model. Importing it takes seconds, so the first question does it."""
        if self._chat is None:
            try:
                self._chat = _open(self.model, *self._address, self._client, self.timeout_s)
            except Exception as error:
                raise LLMError(f"it cannot be set up ({error})") from error
        return self._chat

    def _shaped(self, schema: Mapping[str, Any]) -> dict[str, Any]:
        if _provider(self.model)[0] == "ollama":
            return {"format": dict(schema)}
        wrapped = {"name": "reply", "schema": dict(schema), "strict": True}
        return {"response_format": {"type": "json_schema", "json_schema": wrapped}}

    def _text(self, reply: str) -> str:
        if not reply.strip():
            raise LLMError("its reply holds no text")
        return reply

    def _bounded(
        self, pieces: Callable[[], Iterator[Any] | list[Any]], seconds: float | None = None
    ) -> Iterator[str]:
        """``pieces`` read in a thread of their own, given up after ``timeout_s`` in all."""
        deadline = time.monotonic() + (self.timeout_s if seconds is None else seconds)
        read: queue.Queue[str | BaseException | None] = queue.Queue()
        given_up = threading.Event()

        def work() -> None:
            try:
                for piece in pieces():
                    if given_up.is_set():
                        return
                    read.put(_as_text(piece))
                read.put(None)
            except BaseException as error:
                read.put(error)

        threading.Thread(target=work, name="language-model", daemon=True).start()
        length = 0
        try:
            while True:
                try:
                    piece = read.get(timeout=max(deadline - time.monotonic(), 0.001))
                except queue.Empty:
                    raise LLMError(TOO_LATE) from None
                if piece is None:
                    return
                if isinstance(piece, BaseException):
                    raise _told(piece) from piece
                length += len(piece)
                if length > LONGEST_REPLY:
                    raise LLMError(f"its reply is longer than {LONGEST_REPLY} characters")
                yield piece
        finally:
            given_up.set()


class _NotUnderstood(LLMError):
    """The endpoint says that the request is wrong: it may not know of schemas."""


def configured_model(settings: Settings, kind: type[Model], timeout_s: float | None = None) -> Model | None:
    """The model, of this ``kind``, that the settings name; None without one.

    Raises LLMError when there is a model but no address: none is assumed, since texts are sent to it, but
    for Ollama's own on this machine.
    """
    if not settings.llm:
        return None
    local = OLLAMA_ADDRESS if _provider(settings.llm)[0] == "ollama" else ""
    base_url = settings.llm_base_url or local
    if not base_url:
        raise LLMError("ASSISTANT_LLM is set but ASSISTANT_LLM_BASE_URL is not; set both or neither.")
    return kind(
        settings.llm,
        base_url,
        settings.llm_api_key.get_secret_value(),
        timeout_s or settings.llm_timeout_s,
        settings.llm_api_version,
    )


def _provider(model: str) -> tuple[str, str]:
    """(provider, name): "ollama:llama3.1:8b" is Ollama's, "llama3.1:8b" the OpenAI protocol's."""
    provider, _, name = model.partition(":")
    return (provider, name) if name and provider in PROVIDERS else ("openai", model)


def _open(
    model: str, base_url: str, api_key: str, api_version: str, client: httpx.Client, timeout_s: float
) -> Any:
    from langchain.chat_models import init_chat_model

    provider, name = _provider(model)
    if provider == "ollama":
        options: dict[str, Any] = {
            "base_url": base_url,
            "num_ctx": OLLAMA_CONTEXT,
            "client_kwargs": {"timeout": timeout_s, "follow_redirects": False},
        }
    else:
        options = {"api_key": api_key, "http_client": client, "max_retries": 0, "timeout": timeout_s}
        options |= (
            {"azure_endpoint": base_url, "api_version": api_version or None}
            if provider == "azure_openai"
            else {"base_url": base_url, "use_responses_api": False}
        )
    return init_chat_model(name, model_provider=provider, temperature=0, **options)


def _without_key(request: httpx.Request) -> None:
    """The OpenAI client insists on a key; where none is set, none is sent."""
    request.headers.pop("authorization", None)
    request.headers.pop("api-key", None)


def _as_text(content: Any) -> str:
    """A message's content: a string, or a list of parts of which some are text."""
    if isinstance(content, str):
        return content
    parts = content if isinstance(content, list) else []
    return "".join(p if isinstance(p, str) else str(p.get("text", "")) for p in parts if p)


def _told(error: BaseException) -> LLMError:
    """What went wrong, in words; the libraries below have an error class each."""
    causes: list[BaseException] = [error]
    while (cause := causes[-1].__cause__) is not None and cause not in causes:
        causes.append(cause)
    status = getattr(error, "status_code", None)
    if isinstance(status, int) and status > 0:
        kind = _NotUnderstood if status in (400, 404, 422) else LLMError
        return kind(f"it replied with HTTP {status}")
    if any(isinstance(each, (httpx.TimeoutException, TimeoutError)) for each in causes):
        return LLMError(TOO_LATE)
    wrong_words = (json.JSONDecodeError, ValueError, LookupError, TypeError, RecursionError, AttributeError)
    if any(isinstance(each, (httpx.TransportError, ConnectionError, httpx.InvalidURL)) for each in causes):
        return LLMError(f"it cannot be reached ({causes[-1]})")
    if isinstance(error, wrong_words):
        return LLMError("its reply is not of the OpenAI chat protocol")
    return LLMError(f"it failed ({error})")
