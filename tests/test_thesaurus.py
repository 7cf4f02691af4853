"""Everyday words lead to what policies write."""

from __future__ import annotations

import pytest

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from assistant.thesaurus import concepts, concepts_in


@pytest.mark.parametrize(
    ("question", "concept"),
    [
        ("får jeg gå på kurs?", "competence"),
        ("hvordan er sjefene her", "leader"),
        ("eg er mykje sjuk", "sick_leave"),
        ("can I work part time", "full_time"),
        ("jeg går snart av med pensjonistlønn", "later_life"),
        ("hvem bestemmer?", "delegation"),
        ("what kind of workplace is this", "workplace"),
    ],
)
def test_a_question_in_everyday_words_names_its_concept(question: str, concept: str) -> None:
    assert concept in [found.name for found, _ in concepts_in(question)]


def test_a_question_without_everyday_words_names_no_concept() -> None:
    assert concepts_in("xyzzy plugh") == []


def test_a_phrase_counts_only_as_it_stands() -> None:
    assert "participation" in [c.name for c, _ in concepts_in("får vi være med å bestemme?")]
    assert "participation" not in [c.name for c, _ in concepts_in("være her med deg å se")]


def test_every_concept_has_everyday_and_policy_words_and_none_stands_twice_in_one() -> None:
    for concept in concepts():
        assert len(concept.everyday) >= 4, concept.name
        assert len(set(concept.everyday)) == len(concept.everyday), concept.name
        assert concept.policy, concept.name


@pytest.mark.parametrize(
    ("municipality", "question", "part"),
    [
        ("sandefjord", "what are the values here?", "ANSVARLIGHET OG ÅPENHET"),
        ("elverum", "får jeg kurs?", "kursing"),
        ("baerum", "what do you do about sick leave?", "fravær"),
        ("modum", "do you take apprentices?", "lærlinger"),
    ],
)
def test_everyday_words_find_the_policys(
    policy_assistant: PolicyAssistant, municipality: str, question: str, part: str
) -> None:
    answer = policy_assistant.ask(Question(municipality=municipality, question=question))
    assert any(part in statement.text for statement in answer.statements)
