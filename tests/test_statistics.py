"""Intervals and comparisons: what chance alone would give, and what it would not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.compare import compare
from eval.statistics import bootstrap_interval, mean

COIN = [0.0, 1.0] * 50
shares = st.lists(st.floats(0, 1), min_size=1, max_size=40)


def test_an_interval_holds_the_mean_and_is_as_wide_as_theory_says() -> None:
    low, high = bootstrap_interval(COIN)
    assert low < 0.5 < high
    assert (high - low) / 2 == pytest.approx(1.96 * 0.5 / 10, rel=0.1)  # 1.96 standard errors


def test_an_interval_holds_the_truth_about_as_often_as_its_level_says() -> None:
    draws = np.random.default_rng(1).random((200, 60)) < 0.7
    intervals = [bootstrap_interval(draw.astype(float).tolist(), samples=500) for draw in draws]
    assert 0.9 <= mean([float(low <= 0.7 <= high) for low, high in intervals]) <= 0.98


def test_four_times_the_questions_halve_an_interval() -> None:
    def width(values: list[float]) -> float:
        low, high = bootstrap_interval(values)
        return high - low

    assert width(COIN * 4) == pytest.approx(width(COIN) / 2, rel=0.1)


def test_an_interval_is_the_same_every_time_and_another_with_another_seed() -> None:
    values = list(np.linspace(0, 1, 30))
    assert bootstrap_interval(values) == bootstrap_interval(values)
    assert bootstrap_interval(values) != bootstrap_interval(values, seed=1)


def test_a_higher_level_is_wider() -> None:
    low, high = bootstrap_interval(COIN, level=0.99)
    assert (low, high) != bootstrap_interval(COIN)
    assert low <= bootstrap_interval(COIN)[0] < bootstrap_interval(COIN)[1] <= high


def test_any_aggregate_has_an_interval() -> None:
    assert bootstrap_interval([1.0, 2.0, 3.0], aggregate=sum) == tuple(
        3 * end for end in bootstrap_interval([1.0, 2.0, 3.0])
    )
    assert bootstrap_interval([5.0, 5.0, 5.0], aggregate=max) == (5.0, 5.0)


@given(shares)
def test_an_interval_stays_within_the_values(values: list[float]) -> None:
    low, high = bootstrap_interval(values, samples=50)
    assert min(values) - 1e-9 <= low <= high <= max(values) + 1e-9


@pytest.mark.parametrize(("values", "level", "samples"), [([], 0.95, 10), ([1.0], 1.0, 10), ([1.0], 0.9, 0)])
def test_an_interval_of_nothing_is_an_error(values: list[float], level: float, samples: int) -> None:
    with pytest.raises(ValueError, match=r"must|at least"):
        bootstrap_interval(values, level=level, samples=samples)


def test_runs_that_are_the_same_do_not_differ() -> None:
    same = compare(COIN, COIN)
    assert (same.difference, same.low, same.high, same.p_value, same.n) == (0.0, 0.0, 0.0, 1.0, 100)


def test_a_run_that_is_better_everywhere_is_significantly_better() -> None:
    better = compare([0.2] * 20, [0.3] * 20)
    assert better.difference == pytest.approx(0.1)
    assert better.low == pytest.approx(0.1) == better.high
    assert better.p_value < 0.001


def test_the_p_value_is_the_share_of_sign_flips_as_extreme() -> None:
    # Differences 1, 1, 1: of the 8 ways to sign them, 2 have a mean of 1 or -1.
    assert compare([0.0] * 3, [1.0] * 3).p_value == pytest.approx(2 / 8, abs=0.02)


def test_one_question_proves_nothing() -> None:
    assert compare([0.0], [1.0]).p_value == 1.0


def test_pairing_finds_what_the_spread_between_questions_hides() -> None:
    hard_and_easy = list(np.linspace(0, 0.9, 40))
    a_little_better = [value + 0.05 for value in hard_and_easy]
    assert compare(hard_and_easy, a_little_better).p_value < 0.001
    low, high = bootstrap_interval(hard_and_easy)
    assert low < mean(a_little_better) < high


def test_chance_is_called_a_difference_as_rarely_as_it_should_be() -> None:
    generator = np.random.default_rng(3)
    p = [compare(*generator.random((2, 30)).tolist(), samples=300).p_value for _ in range(200)]
    assert mean([float(each <= 0.05) for each in p]) <= 0.09


@given(shares)
def test_the_other_way_round_the_sign_changes_and_nothing_else(values: list[float]) -> None:
    other = values[::-1]
    there, back = compare(values, other, samples=50), compare(other, values, samples=50)
    assert there.difference == pytest.approx(-back.difference)
    assert there.p_value == back.p_value


def test_runs_of_different_questions_cannot_be_compared() -> None:
    with pytest.raises(ValueError, match="same questions: 2 and 1"):
        compare([1.0, 0.0], [1.0])
    with pytest.raises(ValueError, match="nothing to compare"):
        compare([], [])
