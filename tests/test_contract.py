"""What the contract promises of every answer, checked over the development questions and generated ones."""

from __future__ import annotations

import random
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Question, Turn
from assistant.chain import PolicyAssistant
from eval.questions import EvalQuestion, load_questions
from ingest.analysis import words

MUNICIPALITIES = ("modum", "sandefjord", "elverum", "midt-telemark", "baerum")
LEADER = "Hva forventes av meg som leder?"
KEYS = {
    "status", "answer", "language", "statements", "citations", "closest", "understood", "answered_by",
    "timing_ms",
}  # fmt: skip
DEVELOPMENT = load_questions("development")


def bare(text: str) -> str:
    """Letters and digits alone."""
    return "".join(c for c in text.casefold() if c.isalnum())


def check_always_true(assistant: PolicyAssistant, municipality: str, answer: Answer) -> None:
    """The contract's "always true" lines."""
    for citation in [*answer.citations, *answer.closest]:
        document = assistant.document(municipality, citation.document)
        assert citation.municipality == municipality
        assert citation.quote == document.text[citation.start : citation.end]
    assert [c.n for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    by_number = {c.n: c for c in answer.citations}
    for statement in answer.statements:
        assert statement.citations
        assert bare(statement.text) == bare("".join(by_number[n].quote for n in statement.citations))
        for n in statement.citations:
            assert f"[{n}]" in answer.answer
    assert {n for s in answer.statements for n in s.citations} == set(by_number)
    if answer.status == "answered":
        assert answer.statements
    else:
        assert not answer.statements
        assert not answer.citations
        assert not re.search(r"\[\d+\]", answer.answer)
    assert set(answer.model_dump()) == KEYS
    assert set(answer.model_dump()["timing_ms"]) == {"understand", "retrieve", "answer", "verify", "total"}


@pytest.mark.parametrize("question", DEVELOPMENT, ids=lambda q: q.id)
def test_the_contract_holds_for_every_development_question(
    policy_assistant: PolicyAssistant, question: EvalQuestion
) -> None:
    asked = Question.model_validate(
        {"municipality": question.municipality, "question": question.question, "history": question.history}
    )
    check_always_true(policy_assistant, question.municipality, policy_assistant.ask(asked))


@pytest.mark.parametrize("municipality", MUNICIPALITIES)
def test_a_leader_is_told_what_is_expected_in_every_municipality(
    policy_assistant: PolicyAssistant, municipality: str
) -> None:
    answer = policy_assistant.ask(Question(municipality=municipality, question=LEADER))
    check_always_true(policy_assistant, municipality, answer)
    assert answer.status == "answered"
    about_leaders = [s for s in answer.statements if re.search(r"led(er|else)", s.text.lower())]
    assert len(about_leaders) >= 3


VOCABULARY = sorted(
    {word for q in DEVELOPMENT for word in words(q.question)}
    | {"ikke", "10", "2016", "§", "HR-enheten", "kompetanse", "sykefravær", "lærling", "[1]", "**", "<b>"}
)
WRITTEN = (
    st.lists(st.sampled_from(VOCABULARY), min_size=1, max_size=14)
    .map(" ".join)
    .filter(lambda text: any(c.isalnum() for c in text))
)
TYPED = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufffe\uffff"), min_size=1, max_size=80
).filter(lambda text: any(c.isalnum() for c in text))
HISTORY = st.lists(
    st.builds(Turn, role=st.sampled_from(("user", "assistant")), content=WRITTEN), max_size=3
).map(tuple)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(municipality=st.sampled_from(MUNICIPALITIES), question=WRITTEN | TYPED, history=HISTORY)
def test_the_contract_holds_for_generated_questions(
    policy_assistant: PolicyAssistant, municipality: str, question: str, history: tuple[Turn, ...]
) -> None:
    answer = policy_assistant.ask(Question(municipality=municipality, question=question, history=history))
    check_always_true(policy_assistant, municipality, answer)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(municipality=st.sampled_from(MUNICIPALITIES), seed=st.integers(0, 10_000))
def test_the_contract_holds_for_questions_cut_out_of_the_documents(
    policy_assistant: PolicyAssistant, municipality: str, seed: int
) -> None:
    document = policy_assistant.documents(municipality)[0]
    chosen = random.Random(seed)
    start = chosen.randrange(len(document.text) - 60)
    question = " ".join(re.sub(r"[\x00-\x1f]", " ", document.text[start : start + 60]).split())
    if any(c.isalnum() for c in question):
        answer = policy_assistant.ask(Question(municipality=municipality, question=question))
        check_always_true(policy_assistant, municipality, answer)


def test_the_same_question_gets_the_same_answer(policy_assistant: PolicyAssistant) -> None:
    asked = Question(municipality="baerum", question="Hva sier strategien om sykefravær?")
    first, second = (policy_assistant.ask(asked).model_dump(exclude={"timing_ms"}) for _ in range(2))
    assert first == second


def test_a_quote_from_a_chapter_for_a_past_period_says_so(policy_assistant: PolicyAssistant) -> None:
    answer = policy_assistant.ask(
        Question(municipality="baerum", question="Hvem har ansvaret for å lage ny livsfasepolitikk?")
    )
    assert {c.valid_to for c in answer.citations if "Plan for perioden 2016-2017" in c.section} == {
        "2017-12-31"
    }
    leaders = policy_assistant.ask(Question(municipality="baerum", question=LEADER))
    assert {c.valid_to for c in leaders.citations if "Mål og strategier" in c.section} == {None}


def test_a_citation_carries_the_date_a_policy_was_adopted(policy_assistant: PolicyAssistant) -> None:
    answer = policy_assistant.ask(Question(municipality="sandefjord", question=LEADER))
    assert {c.adopted for c in answer.citations} == {"2025-06-19"}
