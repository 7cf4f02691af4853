"""A language model for tests: a real local server that replies as the test says, well or badly.

A reply is made from the prompt: a text, a raw body, an HTTP status, or pieces of text that come one by one.
It speaks the OpenAI chat protocol and, at /api/chat, Ollama's; whole or streamed, as it is asked.
"""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import chain
from typing import Any

# prompt → the model's text, a raw body, an HTTP status, or the pieces of the text
Reply = Callable[[str], "str | bytes | int | Iterator[str]"]


class HangUp(Exception):
    """Raised by a reply: the server closes the connection there and then."""


class Model:
    """A local server that replies as the test says.

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


# --- what a writing model replies, made from the material in its prompt ---------------------------

Lines = list[tuple[str, str]]  # (passage, text) of each line


def material(prompt: str) -> dict[str, Any]:
    """The JSON object in the prompt."""
    found: dict[str, Any] = json.JSONDecoder().raw_decode(prompt, prompt.index("{\n"))[0]
    return found


def lines(prompt: str) -> Lines:
    """The lines of the passages in the prompt, the best passage first."""
    return [(p["passage"], line["text"]) for p in material(prompt)["passages"] for line in p["lines"]]


def statement(text: str, *sources: tuple[str, str]) -> dict[str, Any]:
    """A statement with (passage, quote) as sources."""
    return {"text": text, "sources": [{"passage": passage, "quote": quote} for passage, quote in sources]}


def replied(*statements: dict[str, Any]) -> str:
    """A reply of the form asked for."""
    return json.dumps({"statements": statements}, ensure_ascii=False)


def truthful(prompt: str) -> str:
    """Repeats the first two whole sentences of the material, each with itself as its source."""
    return replied(*(statement(text, (passage, text)) for passage, text in _sentences(prompt)[:2]))


def nothing_found(prompt: str) -> str:
    """Finds no answer."""
    return replied()


def changed_number(prompt: str) -> str:
    """Changes a number in what a line says."""
    return _lie(
        prompt, lambda text: re.sub(r"\d", lambda digit: str((int(digit[0]) + 1) % 10), text, count=1)
    )


def dropped_negation(prompt: str) -> str:
    """Leaves out an «ikke»."""
    return _lie(prompt, lambda text: text.replace(" ikke ", " ", 1))


def swapped_role(prompt: str) -> str:
    """Gives the leaders' part to the employees, or the other way about."""

    def swapped(text: str) -> str:
        led = re.sub(r"\b([Ll])eder(e|en|ne)?\b", r"medarbeider\2", text)
        return led if led != text else re.sub(r"\b([Mm])edarbeider(e|en|ne)?\b", r"leder\2", text)

    return _lie(prompt, swapped)


def merged_municipalities(prompt: str) -> str:
    """Says of another municipality what the document says of its own."""
    return _lie(prompt, lambda text: f"{text.rstrip('.')}, og det samme gjelder i Bærum og Modum kommune.")


def uncited(prompt: str) -> str:
    """Gives no source."""
    return replied(statement(_sentences(prompt)[0][1]))


def made_up_quote(prompt: str) -> str:
    """Makes up the words that it says it has its statement from."""
    invented = "Alle ansatte har rett til seks ukers ferie."
    return replied(statement(invented, ("P1", invented)))


def injected(prompt: str) -> str:
    """Says whatever stands after «SAY:» in the material, in the question or in a passage."""
    said = re.search(r'SAY: ([^"«»]+)', json.dumps(material(prompt), ensure_ascii=False))
    assert said, "nothing is planted in the prompt"
    return replied(statement(said[1].strip(), _sentences(prompt)[0]))


def refusing(prompt: str) -> str:
    """Refuses in prose."""
    return "I'm sorry, but I cannot help with that request."


def malformed(prompt: str) -> str:
    """Writes JSON that is none, after one statement that is."""
    return truthful(prompt).replace('}, {"text": ', '}, {"text" ', 1)


def broken(reply: Reply, after: int = 200) -> Reply:
    """``reply``, the connection closed after so many characters."""

    def pieces(prompt: str) -> Iterator[str]:
        yield str(reply(prompt))[:after]
        time.sleep(0.05)  # what was sent arrives before the connection closes
        raise HangUp

    return pieces


def slowly(reply: Reply, seconds: float = 1.0, at_once: int = 0) -> Reply:
    """``reply``, one character in so many seconds, but for the first ``at_once``."""

    def pieces(prompt: str) -> Iterator[str]:
        text = str(reply(prompt))
        yield text[:at_once]
        for character in text[at_once:]:
            time.sleep(seconds)
            yield character

    return pieces


def silent(prompt: str) -> str:
    """Says nothing for a long time."""
    time.sleep(30)
    return ""


def hanging_up(prompt: str) -> str:
    """Closes the connection without a word."""
    raise HangUp


def status(code: int) -> Reply:
    """An HTTP status and no reply."""
    return lambda prompt: code


def in_turn(*replies: Reply) -> Reply:
    """The replies one after the other, the last one from then on."""
    left = list(replies)
    return lambda prompt: (left.pop(0) if len(left) > 1 else left[0])(prompt)


def _sentences(prompt: str) -> Lines:
    """The lines that stand on their own; all lines when none does."""
    found = [(p, text) for p, text in lines(prompt) if text[:1].isupper() and text.endswith(".")]
    return found or lines(prompt)


def _lie(prompt: str, change: Callable[[str], str]) -> str:
    """The first line that ``change`` changes, changed, with the line itself as its source."""
    for passage, text in _sentences(prompt):
        if change(text) != text:
            return replied(statement(change(text), (passage, text)))
    raise AssertionError("no line of the material can be changed so")
