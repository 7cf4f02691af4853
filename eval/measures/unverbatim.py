"""Unverbatim."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Better, Measure, Unit
from eval.outcomes import Outcome
from eval.spans import is_verbatim


class _Unverbatim(Measure):
    """Number of citations whose quote is not exactly ``document_text[start:end]``; should be 0.

    Compared character for character, nothing removed. A citation of a document that does not exist
    counts, and so do the passages offered as ``closest``.

    Source: the contract, "How answers are scored" and "Always true, and tested".
    """

    name = "unverbatim"
    description = "citations whose quote does not stand where they say"
    unit: Unit = "count"
    better: Better = "lower"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        shown = (*outcome.answer.citations, *outcome.answer.closest)
        return float(sum(not is_verbatim(each, documents) for each in shown))

    def aggregate(self, values: Sequence[float]) -> float:
        """The sum."""
        return sum(values)


unverbatim = _Unverbatim()
