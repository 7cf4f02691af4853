"""A language model's reply, read while it comes: each statement is there as soon as it is closed."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from assistant.llm import LLMError

NOT_AS_ASKED = "its reply is not the JSON asked for"
_LIST = re.compile(r'\{\s*"statements"\s*:\s*\[')
_MARKS = re.compile(r"\s*\[P?\d+(?:[.,\s]+P?\d+)*\]|\*\*|^\s*[-–•*>]\s+")
_NOT_PLAIN = re.compile(r"[\[\]<>*_`|\\#]|://|\bwww\.", re.IGNORECASE)
_DECODER = json.JSONDecoder()


Object = TypeVar("Object", bound=BaseModel)


class ReplyError(LLMError):
    """The reply is not what was asked for; the message says why."""


class Source(BaseModel):
    """A place that a model says it has a statement from."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    passage: str
    quote: str


class Draft(BaseModel):
    """A statement as a model wrote it: nothing in it is proven."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    text: str
    sources: tuple[Source, ...] = ()


STATEMENTS: dict[str, Any] = {  # the JSON schema of a reply
    "type": "object",
    "properties": {
        "statements": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "text": {"type": "string"},
                    "sources": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {"passage": {"type": "string"}, "quote": {"type": "string"}},
                            "required": ["passage", "quote"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["text", "sources"],
                "additionalProperties": False,
            },
        }
    },
    "required": ["statements"],
    "additionalProperties": False,
}


def read_drafts(pieces: Iterable[str]) -> Iterator[Draft]:
    """The statements of a reply of the form STATEMENTS, each as soon as its object closes.

    What stands before the JSON or after it (a Markdown fence, a model's thoughts) is passed over. Raises
    ReplyError when the JSON is missing, broken or of another form, and what reading ``pieces`` raises.
    """
    text, at = "", -1
    for piece in pieces:
        text += piece
        at = at if at >= 0 else _start(text)
        if at < 0 or not ("}" in piece or "]" in piece):
            continue
        while (found := _next(text, at)) is not None:
            draft, at = found
            if draft is None:
                return
            yield draft
    raise ReplyError(NOT_AS_ASKED)


def _start(text: str) -> int:
    """Where the list of statements begins; -1 while it has not, or while the model is thinking aloud."""
    thought = text.rfind("</think>")
    if "<think>" in text and thought < 0:
        return -1
    found = _LIST.search(text, max(thought, 0))
    return found.end() if found else -1


def _next(text: str, at: int) -> tuple[Draft | None, int] | None:
    """The statement at ``at``, or None at the list's end, and where it ends; None while it is unfinished."""
    rest = text[at:].lstrip(" \t\r\n,")
    at = len(text) - len(rest)
    if rest.startswith("]"):
        return None, at + 1
    try:
        raw, end = _DECODER.raw_decode(text, at)
        return Draft.model_validate(raw), end
    except json.JSONDecodeError:
        return None
    except (ValidationError, RecursionError) as error:
        raise ReplyError(NOT_AS_ASKED) from error


def read_object(reply: str, kind: type[Object]) -> Object:
    """The first JSON object of a whole reply. Raises ReplyError when there is none or it is no ``kind``."""
    text = reply.rpartition("</think>")[2]
    try:
        return kind.model_validate(_DECODER.raw_decode(text, text.index("{"))[0])
    except (ValueError, RecursionError) as error:
        raise ReplyError(NOT_AS_ASKED) from error


def plain_line(text: str) -> str:
    """``text`` as one plain line: a list mark before it, bold and numbers in brackets are taken away.

    "" when it is none: a line break, another control character, Markdown, a link or a tag stands in it.
    """
    text = _MARKS.sub("", unicodedata.normalize("NFC", text).strip())
    odd = any(unicodedata.category(c) in ("Zl", "Zp") or unicodedata.category(c)[0] == "C" for c in text)
    return "" if odd or _NOT_PLAIN.search(text) else " ".join(text.split())
