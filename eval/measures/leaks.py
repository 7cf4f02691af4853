"""Leaks."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Better, Measure, Unit
from eval.outcomes import Outcome


class _Leaks(Measure):
    """Number of citations from another municipality than the one asked about; should be 0.

    The passages offered as ``closest`` are counted too: the reader sees them under the municipality's
    name. Source: the contract, "How answers are scored".
    """

    name = "leaks"
    description = "citations from another municipality"
    unit: Unit = "count"
    better: Better = "lower"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        shown = (*outcome.answer.citations, *outcome.answer.closest)
        return float(sum(each.municipality != outcome.question.municipality for each in shown))

    def aggregate(self, values: Sequence[float]) -> float:
        """The sum."""
        return sum(values)


leaks = _Leaks()
