"""Latency."""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Better, Measure, Unit
from eval.outcomes import Outcome


class Latency(Measure):
    """Milliseconds within which ``percentile`` per cent of the questions got their answer.

    The nearest-rank percentile: the smallest measured time that at least so many questions stayed
    within, so always a time that some question took; ``Latency(100)`` is the slowest one.

    >>> Latency(95).name
    'latency p95'
    """

    unit: Unit = "ms"
    better: Better = "lower"

    def __init__(self, percentile: float) -> None:
        if not 0 < percentile <= 100:
            raise ValueError(f"percentile must be above 0 and at most 100, not {percentile}")
        self.percentile = percentile
        self.name = "latency max" if percentile == 100 else f"latency p{percentile:g}"
        self.description = f"milliseconds within which {percentile:g} % of the questions were answered"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        return outcome.milliseconds

    def aggregate(self, values: Sequence[float]) -> float | None:
        """The percentile; None without values."""
        if not values:
            return None
        return sorted(values)[math.ceil(self.percentile * len(values) / 100) - 1]
