"""Calibration: values computed by hand, and what over-confidence costs."""

from __future__ import annotations

import pytest

from assistant.answer import Answer
from assistant.chain import PolicyAssistant
from eval.measures import brier
from eval.measures.calibration import expected_calibration_error, reliability_bins
from eval.outcomes import Outcome, ask_all
from eval.questions import EvalQuestion, load_questions

ANSWER = Answer(status="not_in_policy", answer="", language="nb", understood="")
YES = EvalQuestion("yes", "modum", "nb", "fact", "answered", "Hva?", required=("x",))
NO = EvalQuestion("no", "modum", "nb", "unanswered", "not_in_policy", "Hva?")


def outcomes(*given: tuple[EvalQuestion, float | None]) -> list[Outcome]:
    return [Outcome(question, ANSWER, probability=p) for question, p in given]


@pytest.mark.parametrize(
    ("question", "probability", "score"), [(YES, 1, 0), (NO, 0, 0), (YES, 0.25, 0.5625), (NO, 1, 1)]
)
def test_brier_is_the_squared_error(question: EvalQuestion, probability: float, score: float) -> None:
    assert brier.value(outcomes((question, probability))[0], []) == score


def test_a_system_without_probabilities_has_no_brier_score() -> None:
    assert brier.value(outcomes((YES, None))[0], []) is None
    assert expected_calibration_error(reliability_bins(outcomes((YES, None)))) is None


def test_bins_are_of_equal_width_and_count_their_questions() -> None:
    bins = reliability_bins(outcomes((NO, 0.0), (NO, 0.19), (YES, 0.2), (YES, 0.3), (NO, 0.3), (YES, 1.0)), 5)
    assert [each.count for each in bins] == [2, 3, 0, 0, 1]
    assert [each.low for each in bins] == [0, 0.2, 0.4, 0.6, 0.8]
    assert bins[1].probability == pytest.approx(0.8 / 3)
    assert bins[1].answerable == pytest.approx(2 / 3)
    assert bins[2].answerable is None


def test_the_calibration_error_weighs_bins_by_their_questions() -> None:
    bins = reliability_bins(outcomes((YES, 0.95), (YES, 0.95), (YES, 0.95), (NO, 0.25)))
    assert expected_calibration_error(bins) == pytest.approx(0.75 * 0.05 + 0.25 * 0.25)


def test_what_is_no_probability_is_an_error() -> None:
    with pytest.raises(ValueError, match=r"yes: 1\.2 is no probability"):
        reliability_bins(outcomes((YES, 1.2)))


def test_the_assistant_gives_the_number_its_decision_rests_on(policy_assistant: PolicyAssistant) -> None:
    asked = list(ask_all(policy_assistant, load_questions("development", municipality="modum")))
    assert all(each.probability is not None and 0 <= each.probability <= 1 for each in asked)
    lowest = min(each.probability or 0 for each in asked if each.answered)
    refused = [each.probability or 0 for each in asked if not each.answered]
    assert refused and max(refused) < lowest
