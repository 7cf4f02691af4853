"""What sort of thing a question asks for, and whether a text holds such a thing.

The answer types are those of question answering over text (Li & Roth 2002), cut down to what an employer
policy is asked; their patterns are in ``data/question_types.toml``.
"""

from __future__ import annotations

import re
from functools import cache

from assistant.phrases import alternatives, load_data, says
from ingest.analysis import words

OTHER = "other"


def answer_type(question: str) -> str:
    """The name of the first type in ``question_types.toml`` that ``question`` asks for; OTHER for none.

    >>> answer_type("hvor mange dager varer kurset?")
    'duration'
    """
    spoken = f" {' '.join(words(question))} "
    return next((name for name, (asked, _) in _types().items() if asked.search(spoken)), OTHER)


def asks_for_detail(kind: str) -> bool:
    """Whether an answer of this type can be told by its looks: a number, a date, a person …"""
    return kind != OTHER and _types()[kind][1] is not None


def holds(kind: str, text: str) -> bool:
    """Whether ``text`` holds the sort of thing that ``kind`` asks for; true for types without a look."""
    if kind == OTHER or (held := _types()[kind][1]) is None:
        return True
    return held.search(text.lower()) is not None


def asks_for(question: str, kind: str) -> bool:
    """Whether ``question`` holds one of the cues of a kind ("list", "summary") in ``question_types.toml``."""
    return says(question, _cues(kind))


def points_back(sentence: str) -> bool:
    """Whether the subject of a document's ``sentence`` stands for something said before it ("Dette …")."""
    return re.match(load_data("question_types")["pointing"]["opens"], sentence) is not None


@cache
def _cues(kind: str) -> tuple[str, ...]:
    return tuple(cue for cues in load_data("question_types")[kind].values() for cue in alternatives(cues))


@cache
def _types() -> dict[str, tuple[re.Pattern[str], re.Pattern[str] | None]]:
    return {
        name: (re.compile(table["asked"]), re.compile(table["held"]) if "held" in table else None)
        for name, table in load_data("question_types")["types"].items()
    }
