"""Typing errors are mended before the search; words that somebody knows are left alone."""

from __future__ import annotations

import pytest

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from assistant.spelling import mend
from ingest.municipality import MunicipalityIndex


@pytest.fixture(scope="module")
def modum(policy_assistant: PolicyAssistant) -> MunicipalityIndex:
    return policy_assistant.trace(Question(municipality="modum", question="kurs?")).index


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("hva sier dere om komptanse", "hva sier dere om kompetanse"),
        ("hva gjør tilitsvalgte", "hva gjør tillitsvalgte"),
        ("Får jeg smarbeide med andre?", "Får jeg samarbeide med andre?"),
    ],
)
def test_a_typing_error_is_mended(modum: MunicipalityIndex, typed: str, meant: str) -> None:
    assert mend(typed, modum) == meant


@pytest.mark.parametrize(
    "typed",
    [
        "får jeg fri på fredag",
        "Modum kommunes verdier",
        "hjemmekontor",
        "kva med leiaren",
        "KI og HMS",
        "xyzzy",
    ],
)
def test_what_is_no_typing_error_is_left_alone(modum: MunicipalityIndex, typed: str) -> None:
    assert mend(typed, modum) == typed


def test_the_answer_tells_what_was_searched_for(policy_assistant: PolicyAssistant) -> None:
    answer = policy_assistant.ask(Question(municipality="modum", question="komptanse?"))
    assert answer.understood == "kompetanse?"
    assert answer.status == "answered"
