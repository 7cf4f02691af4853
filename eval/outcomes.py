"""Questions asked and what came back."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, runtime_checkable

from assistant.answer import Answer, Question
from eval.questions import EvalQuestion

if TYPE_CHECKING:
    from assistant.trace import Trace  # else a reference system would hold the assistant's libraries too


class System(Protocol):
    """Whatever answers questions: the assistant, a baseline, a fake."""

    def ask(self, question: Question) -> Answer:
        """The answer to one question."""
        ...


@runtime_checkable
class Traced(Protocol):
    """A system that also tells what each step made of the question: the assistant."""

    def trace(self, question: Question) -> Trace:
        """The answer to one question with its way there."""
        ...


@dataclass(frozen=True)
class Outcome:
    """One question, the answer it got and the milliseconds that took, measured from outside.

    ``probability`` is what the system gave for the question being answerable, 0 to 1; None when it gave
    none.
    """

    question: EvalQuestion
    answer: Answer
    milliseconds: float = 0.0
    probability: float | None = None

    @property
    def answered(self) -> bool:
        """Whether an answer was given, right or wrong."""
        return self.answer.status == "answered"


def ask(system: System, question: EvalQuestion) -> Outcome:
    """Ask one question. What the system raises goes through."""
    return ask_traced(system, question)[0]


def ask_traced(system: System, question: EvalQuestion) -> tuple[Outcome, Trace | None]:
    """Ask one question once; with the trace of it, when the system makes one."""
    asked, probability, trace = question.as_asked(), None, None
    start = time.perf_counter()
    if isinstance(system, Traced):
        trace = system.trace(asked)
        assert trace.answer is not None
        answer, probability = trace.answer, trace.probability
    else:
        answer = system.ask(asked)
    return Outcome(question, answer, (time.perf_counter() - start) * 1000, probability), trace


def ask_all(system: System, questions: Iterable[EvalQuestion]) -> Iterator[Outcome]:
    """Ask one question after the other, in order."""
    return (ask(system, question) for question in questions)
