"""Calibration: does the probability that a question is answerable mean what it says?"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.documents import Document
from eval.measures.base import Better, Measure
from eval.outcomes import Outcome

BINS = 10


class _Brier(Measure):
    """Squared difference between the probability given and what was so (1 answerable, 0 not); mean.

    0 is best; 0.25 is what always saying 0.5 gets. Applies to outcomes that carry a probability.

    Source: Brier 1950, "Verification of forecasts expressed in terms of probability", Monthly Weather
    Review 78(1), in its usual form for two classes, half of the original.
    """

    name = "Brier score"
    description = "squared error of the probability that the question is answerable"
    better: Better = "lower"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        if outcome.probability is None:
            return None
        return (outcome.probability - outcome.question.answerable) ** 2


brier = _Brier()


@dataclass(frozen=True)
class Bin:
    """The questions whose probability lies in ``low <= p < high`` (the last bin holds 1 too).

    ``probability`` is the mean of what was given, ``answerable`` the share that was; None when empty.
    """

    low: float
    high: float
    count: int
    probability: float | None
    answerable: float | None


def reliability_bins(outcomes: Iterable[Outcome], bins: int = BINS) -> list[Bin]:
    """The reliability diagram: ``bins`` equal-width bins over 0..1, those without questions too.

    Outcomes without a probability are left out. Raises ValueError for a probability outside 0..1.

    Source: Niculescu-Mizil & Caruana 2005, "Predicting good probabilities with supervised learning", ICML.
    """
    held: list[list[tuple[float, bool]]] = [[] for _ in range(bins)]
    for outcome in outcomes:
        if (p := outcome.probability) is None:
            continue
        if not 0 <= p <= 1:
            raise ValueError(f"{outcome.question.id}: {p} is no probability")
        held[min(int(p * bins), bins - 1)].append((p, outcome.question.answerable))
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            count=len(pairs),
            probability=sum(p for p, _ in pairs) / len(pairs) if pairs else None,
            answerable=sum(was for _, was in pairs) / len(pairs) if pairs else None,
        )
        for number, pairs in enumerate(held)
    ]


def expected_calibration_error(bins: Iterable[Bin]) -> float | None:
    """Mean distance, 0 to 1, between probability and share answerable, bins weighed by their questions.

    None without questions. Depends on the number of bins and is biased upwards for few questions.

    Source: Naeini, Cooper & Hauskrecht 2015, "Obtaining well calibrated probabilities using Bayesian
    binning", AAAI.
    """
    filled = [(b.count, b.probability, b.answerable) for b in bins]
    total = sum(count for count, _, _ in filled)
    if not total:
        return None
    return sum(count * abs(p - was) for count, p, was in filled if p is not None and was is not None) / total
