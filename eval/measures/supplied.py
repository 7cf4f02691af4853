"""Measures whose values come from beside the answer: the way to it, or a language model's verdict."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Better, Measure, Unit
from eval.outcomes import Outcome


class Supplied(Measure):
    """A measure that a run takes elsewhere; of the outcome alone it says nothing.

    nDCG@10, R@5, RR:                eval.retrieval, where the definitions and sources are
    faithfulness, answer relevance:  eval.judge, likewise
    verdicts missing:                eval.judge: judgements without a verdict, which counts 0; the sum
    """

    def __init__(self, name: str, description: str, unit: Unit = "share", better: Better = "higher") -> None:
        self.name, self.description, self.unit, self.better = name, description, unit, better

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        """None: the value is not the outcome's."""
        return None

    def aggregate(self, values: Sequence[float]) -> float | None:
        """The mean, None without values; for a count the sum."""
        return sum(values) if self.unit == "count" else super().aggregate(values)


RETRIEVAL = (
    Supplied("nDCG@10", "how high the first ten places retrieved rank what is relevant"),
    Supplied("R@5", "share of the relevant places among the first five retrieved"),
    Supplied("RR", "one over the rank of the first relevant place retrieved"),
)
JUDGED = (
    Supplied("faithfulness", "share of an answer's statements that the judge finds in their citations"),
    Supplied("answer relevance", "how well the judge finds the question addressed"),
    Supplied("verdicts missing", "judgements without a verdict, which count 0", "count", "lower"),
)
