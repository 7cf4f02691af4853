"""Whether one run is better than another, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from eval.statistics import bootstrap_interval

ROUNDING = 1e-12  # differences smaller than this are equal


@dataclass(frozen=True)
class Comparison:
    """Mean of ``b - a`` over ``n`` questions, in the unit of the measure: what was gained from a to b.

    ``low`` and ``high`` are its 95 % bootstrap interval. ``p_value`` is the chance of a difference at
    least this large in either direction if it did not matter which run a value came from.
    """

    difference: float
    low: float
    high: float
    p_value: float
    n: int


def compare(a: Sequence[float], b: Sequence[float], samples: int = 10_000, seed: int = 0) -> Comparison:
    """Compare what one measure gave two runs on the same questions, in the same order; ``a`` before ``b``.

    A paired randomisation test, two-sided: the sign of each question's difference is flipped at random,
    ``samples`` times (Smucker, Allan & Carterette 2007, "A Comparison of Statistical Significance Tests
    for Information Retrieval Evaluation", CIKM). The observed signs count as one of the samples, so that
    p is never 0 (Phipson & Smyth 2010). Paired percentile bootstrap for the interval.

    Raises ValueError when the runs differ in length or are empty.

    >>> compare([0.0] * 10, [1.0] * 10).difference
    1.0
    """
    if len(a) != len(b):
        raise ValueError(f"paired values must be of the same questions: {len(a)} and {len(b)} values")
    if len(a) == 0:
        raise ValueError("nothing to compare: no values")
    if samples < 1:
        raise ValueError(f"samples must be at least 1, not {samples}")
    differences = np.asarray(b, dtype=np.float64) - np.asarray(a, dtype=np.float64)
    observed = float(differences.mean())
    signs = np.random.default_rng(seed).choice(np.array([-1.0, 1.0]), size=(samples, len(differences)))
    as_large = np.abs(signs @ differences) / len(differences) >= abs(observed) - ROUNDING
    low, high = bootstrap_interval(differences.tolist(), samples=samples, seed=seed)
    p_value = (1 + int(as_large.sum())) / (1 + samples)
    return Comparison(observed, low, high, p_value, len(differences))
