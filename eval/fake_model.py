"""A language model for evaluation and tests: a real local server that replies as it is told, well or badly.

A reply is made from the prompt: a text, a raw body, an HTTP status, or pieces of text that come one by one.
It speaks the OpenAI chat protocol and, at /api/chat, Ollama's; whole or streamed, as it is asked.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any

from pydantic import SecretStr

from assistant.settings import Settings

# prompt → the model's text, a raw body, an HTTP status, or the pieces of the text
Reply = Callable[[str], "str | bytes | int | Iterator[str]"]


class HangUp(Exception):
    """Raised by a reply: the server closes the connection there and then."""


class Model:
    """A local server that replies as it is told.

    ``knows_schemas=False`` refuses a request that asks for a form of reply with HTTP 400. A redirect (a
    status of 3xx) leads to ``location``.
    """

    def __init__(self, reply: Reply, knows_schemas: bool = True, location: str = "") -> None:
        self.reply = reply
        self.knows_schemas = knows_schemas
        self.location = location
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.requests.append({"path": self.path, **body})
                model.headers.append(dict(self.headers))
                with suppress(HangUp, BrokenPipeError, ConnectionResetError):  # the caller waited no longer
                    self._send(model._replied(body), body.get("stream", False))

            def _send(self, reply: str | bytes | int | Iterator[str], streamed: bool) -> None:
                if streamed and not isinstance(reply, (bytes, int)):
                    pieces = re.findall(r"(?s).{1,16}", reply) if isinstance(reply, str) else reply
                    self._stream(iter(pieces))
                    return
                text = reply if isinstance(reply, (str, bytes, int)) else "".join(reply)
                message = {"role": "assistant", "content": text}
                data = text if isinstance(text, bytes) else json.dumps({"choices": [{"message": message}]})
                self.send_response(text if isinstance(text, int) else 200)
                if model.location:
                    self.send_header("Location", model.location)
                self.end_headers()
                self.wfile.write(data if isinstance(data, bytes) else data.encode())

            def _stream(self, pieces: Iterator[str]) -> None:
                """The pieces in HTTP chunks, so that a connection that is closed half-way is seen to be."""
                event = _ollama_line if self.path == "/api/chat" else _openai_event
                first = next(pieces, "")
                self.protocol_version = "HTTP/1.1"
                self.send_response(200)
                self.send_header("Content-Type", "text/event-stream")
                self.send_header("Transfer-Encoding", "chunked")
                self.send_header("Connection", "close")
                self.end_headers()
                for piece in chain([first], pieces):
                    self._chunk(event(piece))
                self._chunk(event(None))
                self._chunk("")

            def _chunk(self, data: str) -> None:
                encoded = data.encode()
                self.wfile.write(b"%x\r\n%s\r\n" % (len(encoded), encoded))
                self.wfile.flush()

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.url = f"{self.address}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def _replied(self, body: dict[str, Any]) -> str | bytes | int | Iterator[str]:
        if not self.knows_schemas and ("response_format" in body or "format" in body):
            return 400
        return self.reply("\n".join(message["content"] for message in body["messages"]))

    def stop(self) -> None:
        """Close the server; nothing listens there any more."""
        self.server.shutdown()
        self.server.server_close()


def writing_with(settings: Settings, model: Model, seconds: float) -> Settings:
    """``settings`` with ``model`` as the language model that writes answers, ``seconds`` a question.

    A model that is configured, and its key, are left out of it.
    """
    changes = {
        "llm": "fake",
        "llm_writes": True,
        "llm_base_url": model.url,
        "llm_api_key": SecretStr(""),
        "llm_api_version": "",
        "llm_timeout_s": seconds,
    }
    return settings.model_copy(update=changes)


def _openai_event(piece: str | None) -> str:
    """A server-sent event of the OpenAI protocol; None is the end."""
    delta = {} if piece is None else {"role": "assistant", "content": piece}
    choice = {"index": 0, "delta": delta, "finish_reason": None if delta else "stop"}
    chunk = {"id": "1", "object": "chat.completion.chunk", "created": 0, "model": "m", "choices": [choice]}
    return f"data: {json.dumps(chunk)}\n\n" + ("data: [DONE]\n\n" if piece is None else "")


def _ollama_line(piece: str | None) -> str:
    """A line of Ollama's protocol; None is the end."""
    message = {"role": "assistant", "content": piece or ""}
    ending = {"done": True, "done_reason": "stop"} if piece is None else {"done": False}
    return (
        json.dumps({"model": "m", "created_at": "2026-01-01T00:00:00Z", "message": message, **ending}) + "\n"
    )
