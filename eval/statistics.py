"""How far a figure can be trusted: bootstrap confidence intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

Aggregate = Callable[[Sequence[float]], float]


def mean(values: Sequence[float]) -> float:
    """The arithmetic mean. Raises ValueError without values."""
    if len(values) == 0:
        raise ValueError("a mean needs at least one value")
    return sum(values) / len(values)


def bootstrap_interval(
    values: Sequence[float],
    aggregate: Aggregate = mean,
    level: float = 0.95,
    samples: int = 2000,
    seed: int = 0,
) -> tuple[float, float]:
    """Lower and upper end of a confidence interval for ``aggregate(values)``, in the unit of the values.

    The percentile bootstrap over questions (Efron & Tibshirani 1993, "An Introduction to the Bootstrap",
    chapter 13): as many questions are drawn with replacement as there are, ``samples`` times, and the
    middle ``level`` of the aggregates is the interval. The same ``seed`` gives the same interval. Values
    that are all alike have an interval of no width, so a perfect figure allows no fall.

    Raises ValueError without values or when ``level`` or ``samples`` is out of range.

    >>> bootstrap_interval([0.0, 1.0, 1.0, 1.0])
    (0.25, 1.0)
    """
    if len(values) == 0:
        raise ValueError("an interval needs at least one value")
    if not 0 < level < 1:
        raise ValueError(f"level must lie between 0 and 1, not {level}")
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")
    data = np.asarray(values, dtype=np.float64)
    drawn = data[np.random.default_rng(seed).integers(len(data), size=(samples, len(data)))]
    if aggregate is mean:
        aggregates = drawn.mean(axis=1)
    else:
        aggregates = np.array([aggregate(sample) for sample in drawn.tolist()])
    low, high = np.quantile(aggregates, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)
