"""What the baselines share: an answer that is nothing but the places a search found."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from assistant.answer import Answer, Citation, Question, Statement, Timing
from eval.documents import Document

INSTALL = "pip install -c constraints.txt -e '.[bench]'"


class BaselineMissing(RuntimeError):
    """A baseline cannot run because a package is not installed; the message says how to install it."""

    def __init__(self, baseline: str, package: str) -> None:
        super().__init__(f"{baseline} needs the package {package}, which is not installed. Try: {INSTALL}")


class Place(NamedTuple):
    """``document.text[start:end]``; offsets in code points."""

    document: Document
    start: int
    end: int


def quoted(question: Question, places: Sequence[Place], timing: Timing, answered_by: str) -> Answer:
    """An answer with one statement and one citation a place; "not_in_policy" when there is none.

    The baselines do not tell languages apart: ``language`` is always "nb".
    """
    citations = [
        Citation(
            n=n,
            municipality=place.document.municipality,
            document=place.document.id,
            title=place.document.id,
            section=[],
            quote=place.document.text[place.start : place.end],
            start=place.start,
            end=place.end,
        )
        for n, place in enumerate(places, start=1)
    ]
    return Answer(
        status="answered" if citations else "not_in_policy",
        answer="\n\n".join(f"{each.quote} [{each.n}]" for each in citations),
        language="nb",
        statements=[Statement(text=each.quote, citations=[each.n]) for each in citations],
        citations=citations,
        understood=question.question,
        answered_by=answered_by,
        timing_ms=timing,
    )
