"""The gate: the development half against the committed baselines, and that a fall is noticed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.chain import PolicyAssistant
from eval.documents import read_documents
from eval.figures import Figure
from eval.gate import (
    BASELINES,
    HALF,
    LOWER_IS_BETTER,
    ZERO,
    GateFigures,
    check,
    fingerprint,
    measure_all,
    read_baselines,
    write_baselines,
)
from eval.questions import load_questions


@pytest.fixture(scope="module")
def measured(policy_assistant: PolicyAssistant) -> GateFigures:
    return measure_all(
        policy_assistant, load_questions(HALF), read_documents(policy_assistant.settings.corpus)
    )


@pytest.fixture(scope="module")
def baseline() -> GateFigures:
    return read_baselines()


NAMES = tuple(read_baselines().figures)
FALLIBLE = tuple(name for name in NAMES if name not in ZERO)


def with_value(figures: GateFigures, name: str, value: float | None) -> GateFigures:
    return replace(figures, figures={**figures.figures, name: replace(figures.figures[name], value=value)})


def just_outside(name: str, figure: Figure, by: float = 0.001) -> float:
    assert figure.low is not None and figure.high is not None
    return figure.high + by if name in LOWER_IS_BETTER else figure.low - by


def test_no_figure_of_the_development_half_has_fallen(measured: GateFigures) -> None:
    assert check(measured) == []


def test_everything_that_is_scored_is_gated() -> None:
    contract = {"evidence recall", "citation precision", "answered", "refused", "leaks", "unverbatim"}
    assert contract | {"statement support", "tampered caught", "Brier score", "nDCG@10"} <= set(NAMES)


@pytest.mark.parametrize("name", FALLIBLE)
def test_a_fall_below_the_interval_fails_and_one_within_it_does_not(name: str, baseline: GateFigures) -> None:
    figure = baseline.figures[name]
    [fault] = check(with_value(baseline, name, just_outside(name, figure)), baseline)
    assert fault.startswith(name) and ("risen" if name in LOWER_IS_BETTER else "fallen") in fault
    assert check(with_value(baseline, name, just_outside(name, figure, by=0.0)), baseline) == []


@pytest.mark.parametrize("name", FALLIBLE)
def test_a_rise_does_not_fail(name: str, baseline: GateFigures) -> None:
    assert check(with_value(baseline, name, 0.0 if name in LOWER_IS_BETTER else 1.0), baseline) == []


@pytest.mark.parametrize("name", ZERO)
def test_one_leak_or_unverbatim_quote_fails_whatever_the_baseline_says(
    name: str, baseline: GateFigures
) -> None:
    leaking = with_value(baseline, name, 1.0)
    assert check(leaking, leaking) == [f"{name} is 1; it must be 0."]


@pytest.mark.parametrize("name", NAMES)
def test_a_figure_that_is_gone_or_empty_fails(name: str, baseline: GateFigures) -> None:
    without = {key: figure for key, figure in baseline.figures.items() if key != name}
    [gone] = check(replace(baseline, figures=without), baseline)
    [empty] = check(with_value(baseline, name, None), baseline)
    assert gone == empty
    assert f"{name} was not measured" in gone


def test_a_figure_without_a_baseline_fails(baseline: GateFigures) -> None:
    more = replace(baseline, figures={**baseline.figures, "new": Figure(1.0, 1.0, 1.0, 3)})
    assert check(more, baseline) == ["new has no baseline: run python -m eval.gate --write."]


def test_figures_over_other_questions_fail(baseline: GateFigures) -> None:
    fewer = load_questions(HALF)[1:]
    [fault] = check(replace(baseline, questions=fingerprint(fewer), count=len(fewer)), baseline)
    assert "other questions" in fault and "--write" in fault


def test_the_order_of_the_questions_makes_no_difference() -> None:
    questions = load_questions(HALF)
    assert fingerprint(questions) == fingerprint(questions[::-1])
    assert fingerprint(questions) != fingerprint([replace(questions[0], acceptable=()), *questions[1:]])


def test_what_is_written_is_read_back(measured: GateFigures, tmp_path: Path) -> None:
    write_baselines(measured, tmp_path / "baselines.json")
    assert check(measured, read_baselines(tmp_path / "baselines.json")) == []


def test_a_leak_does_not_become_the_baseline(baseline: GateFigures, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="leaks is 2; it must be 0"):
        write_baselines(with_value(baseline, "leaks", 2.0), tmp_path / "baselines.json")
    assert not (tmp_path / "baselines.json").exists()


def test_baselines_are_committed_with_the_code() -> None:
    assert BASELINES.name == "baselines.json" and BASELINES.is_file()
