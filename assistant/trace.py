"""A question on its way through the chain, and who watches it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from assistant.answer import QUOTES, Answer, Citation, Question, Statement, Status, Timing
from assistant.neighbours import Neighbour
from assistant.retrieve import Ranked, Suggested
from assistant.understand import Understood
from assistant.writer import Written
from ingest.municipality import MunicipalityIndex, SpanRef


class Watcher(Protocol):
    """Is told of an answer while it is made: each step when it is done, each statement once it is proven."""

    def step(self, name: str, milliseconds: float) -> None:
        """The step ``name`` is done."""
        ...

    def statement(self, statement: Statement, citations: Sequence[Citation]) -> None:
        """A proven statement that a language model wrote, with those of its citations not told before."""
        ...


class Nobody:
    """Watches nothing."""

    def step(self, name: str, milliseconds: float) -> None:
        """Nothing."""

    def statement(self, statement: Statement, citations: Sequence[Citation]) -> None:
        """Nothing."""


@dataclass
class Trace:
    """A question on its way, and what each step made of it. HR reads it beside the answer."""

    asked: Question
    index: MunicipalityIndex
    watcher: Watcher = field(default_factory=Nobody)
    begin: float = field(default_factory=time.monotonic)
    question: Understood | None = None
    rewritten: str = ""  # by the language model; searched for beside the question
    retrieved: list[Ranked] = field(default_factory=list)
    suggested: list[Suggested] = field(default_factory=list)  # answers of the question bank
    neighbours: list[Neighbour] = field(default_factory=list)  # known questions like it, surest first
    considered: tuple[SpanRef, ...] = ()  # what would be quoted
    probability: float = 0.0  # 0 to 1, that the documents answer it; decides whether to answer
    refs: tuple[SpanRef, ...] = ()  # what is quoted when there is an answer
    status: Status = "answered"
    written: Written | None = None  # what the language model made of it; None when it was not asked
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    answered_by: str = QUOTES
    timing: Timing = field(default_factory=Timing)
    answer: Answer | None = None

    @property
    def understood(self) -> Understood:
        """The question as it was understood; only after that step."""
        assert self.question is not None
        return self.question
