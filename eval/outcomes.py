"""Questions asked and what came back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from assistant.answer import Answer, Question
from eval.questions import EvalQuestion


class System(Protocol):
    """Whatever answers questions: the assistant, a baseline, a fake."""

    def ask(self, question: Question) -> Answer:
        """The answer to one question."""
        ...


@dataclass(frozen=True)
class Outcome:
    """One question, the answer it got and the milliseconds that took, measured from outside."""

    question: EvalQuestion
    answer: Answer
    milliseconds: float = 0.0

    @property
    def answered(self) -> bool:
        """Whether an answer was given, right or wrong."""
        return self.answer.status == "answered"


def ask_all(system: System, questions: Iterable[EvalQuestion]) -> Iterator[Outcome]:
    """Ask one question after the other, in order."""
    for question in questions:
        asked = question.as_asked()
        start = time.perf_counter()
        answer = system.ask(asked)
        yield Outcome(question, answer, (time.perf_counter() - start) * 1000)
