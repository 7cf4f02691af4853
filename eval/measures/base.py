"""What a measure is, and the one stream its figures come from."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from eval.documents import Document
from eval.outcomes import Outcome

Unit = Literal["share", "count", "ms"]
Better = Literal["higher", "lower"]


class Measure(ABC):
    """A named figure: a value for each question it applies to, and one for all of them."""

    name: str
    description: str
    unit: Unit = "share"
    better: Better = "higher"

    @abstractmethod
    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        """The figure for one question; None when the measure does not apply to it."""

    def aggregate(self, values: Sequence[float]) -> float | None:
        """The figure for many questions: the mean, None when the measure applied to no question."""
        return sum(values) / len(values) if values else None


@dataclass(frozen=True)
class Value:
    """What one measure says of one question."""

    measure: str
    question: str
    kind: str
    value: float


def iter_values(
    measures: Sequence[Measure], outcomes: Iterable[Outcome], documents: Sequence[Document]
) -> Iterator[Value]:
    """Every value of every measure that applies, question by question."""
    for outcome in outcomes:
        for measure in measures:
            value = measure.value(outcome, documents)
            if value is not None:
                yield Value(measure.name, outcome.question.id, outcome.question.kind, value)


def aggregate(measures: Sequence[Measure], values: Iterable[Value]) -> dict[str, float | None]:
    """Name of each measure to its figure over all the values."""
    stream: dict[str, list[float]] = {measure.name: [] for measure in measures}
    for each in values:
        stream[each.measure].append(each.value)
    return {measure.name: measure.aggregate(stream[measure.name]) for measure in measures}


def aggregate_by_kind(
    measures: Sequence[Measure], values: Iterable[Value]
) -> dict[str, dict[str, float | None]]:
    """Kind of question, in order of name, to what ``aggregate`` gives for the questions of that kind."""
    kinds: dict[str, list[Value]] = {}
    for each in values:
        kinds.setdefault(each.kind, []).append(each)
    return {kind: aggregate(measures, kinds[kind]) for kind in sorted(kinds)}
