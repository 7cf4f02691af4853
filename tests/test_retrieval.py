"""Retrieval measures: relevance by spans, and rankings that can be worse."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace

import pytest

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from assistant.ranker import WITH_QUESTIONS, ranker_weights
from assistant.trace import Trace
from eval.questions import EvalQuestion, load_questions
from eval.retrieval import FUSED, RetrievalMissing, rankings, relevance, retrieval
from eval.statistics import mean


@pytest.fixture(scope="module")
def questions() -> list[EvalQuestion]:
    return load_questions("development", municipality="modum")


@pytest.fixture(scope="module")
def trace(policy_assistant: PolicyAssistant) -> Trace:
    return policy_assistant.trace(Question(municipality="modum", question="Hvilke verdier har vi?"))


def gold(required: str, acceptable: str) -> EvalQuestion:
    return EvalQuestion("q", "modum", "nb", "fact", "answered", "Hva?", (), (required,), (acceptable,))


def long_sentence(trace: Trace, number: int) -> tuple[str, str]:
    """Id and text of a sentence that stands once."""
    long = [r for r in trace.index.spans if r.span.kind == "sentence" and len(r.span.text) > 100]
    return long[number].id, long[number].span.text


def test_spans_are_graded_by_the_quotes_they_lie_in(trace: Trace) -> None:
    (first, required), (second, acceptable) = long_sentence(trace, 0), long_sentence(trace, 5)
    assert relevance(gold(required, acceptable), trace.index) == {first: 2, second: 1}


def test_half_a_quote_is_enough_and_less_is_not(trace: Trace) -> None:
    span, text = long_sentence(trace, 0)
    assert span in relevance(gold(text[: len(text) * 2 // 3], text), trace.index)
    short = text[: len(text) // 3]  # all of the quote lies in the span, though little of the span in it
    assert relevance(gold(short, short), trace.index)[span] == 2


@dataclass(frozen=True)
class Reordered:
    """The assistant with its ranking turned into another one."""

    assistant: PolicyAssistant
    best_last: bool = False
    nothing: bool = False

    def trace(self, question: Question) -> Trace:
        trace = self.assistant.trace(question)
        found = [] if self.nothing else trace.retrieved[::-1] if self.best_last else trace.retrieved
        return replace(trace, retrieved=found)


def test_a_ranking_turned_round_is_worse_in_every_figure(
    policy_assistant: PolicyAssistant, questions: list[EvalQuestion]
) -> None:
    good, bad = (retrieval(Reordered(policy_assistant, turned), questions)[FUSED] for turned in (False, True))
    assert all(mean(bad[name]) < 0.5 * mean(good[name]) for name in ("nDCG@10", "R@5", "RR"))


def test_finding_nothing_counts_nought_for_every_question(
    policy_assistant: PolicyAssistant, questions: list[EvalQuestion]
) -> None:
    answerable = sum(question.answerable for question in questions)
    for run in retrieval(Reordered(policy_assistant, nothing=True), questions).values():
        assert all(values == [0.0] * answerable for values in run.values())


def test_the_assistant_and_each_retriever_have_a_value_for_each_question(
    policy_assistant: PolicyAssistant, questions: list[EvalQuestion]
) -> None:
    found = retrieval(policy_assistant, questions)
    assert list(found) == [FUSED, *ranker_weights(WITH_QUESTIONS)]
    answerable = sum(question.answerable for question in questions)
    assert all(len(values) == answerable for run in found.values() for values in run.values())


def test_the_assistants_run_is_in_its_own_order(trace: Trace) -> None:
    assert rankings(trace)[FUSED] == [ranked.ref.id for ranked in trace.retrieved]


def test_without_ir_measures_the_message_says_how_to_install_it(
    policy_assistant: PolicyAssistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    with pytest.raises(RetrievalMissing, match=r"pip install .*\[eval\]"):
        retrieval(policy_assistant, [])
