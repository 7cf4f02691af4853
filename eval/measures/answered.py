"""Answered."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Measure
from eval.outcomes import Outcome


class _Answered(Measure):
    """Share of the answerable questions whose answer has status "answered", right or wrong.

    Source: the contract, "How answers are scored".
    """

    name = "answered"
    description = "share of answerable questions answered"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        return float(outcome.answered) if outcome.question.answerable else None


answered = _Answered()
