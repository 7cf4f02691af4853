"""Everyday words lead to what policies write: the thesaurus, its files, and its index."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from ingest.concepts import ConceptIndex, SpanConcepts, concept_terms
from ingest.errors import ThesaurusError
from ingest.thesaurus import SPOKEN, Concept, load_thesaurus, thesaurus_fingerprint

OWN = '[fyrvokter]\npolicy = "fyrvokter"\nnb = "passe fyret"\n\n[leadership_general]\nnb = "høvding"\n'


@pytest.fixture(scope="module")
def thesaurus() -> list[Concept]:
    return load_thesaurus()


@pytest.fixture(scope="module")
def index(thesaurus: list[Concept]) -> ConceptIndex:
    return ConceptIndex.build(thesaurus)


def names(index: ConceptIndex, text: str, most: int = 5) -> list[str]:
    return [index.names[number] for number in index.meant_by(text)][:most]


# --- the files --------------------------------------------------------------------------------------


def test_there_are_700_concepts_with_twelve_forms_each_in_three_languages(thesaurus: list[Concept]) -> None:
    assert len(thesaurus) >= 700
    for concept in thesaurus:
        assert len(set(concept.forms)) >= 12, concept.name
        assert concept.policy, concept.name
        assert all(concept.said[language] for language in SPOKEN), concept.name


def test_no_field_holds_a_form_twice(thesaurus: list[Concept]) -> None:
    for concept in thesaurus:
        for forms in (concept.policy, *concept.said.values()):
            assert len(set(forms)) == len(forms), concept.name


def test_a_file_of_ones_own_adds_concepts_and_forms(tmp_path: Path, thesaurus: list[Concept]) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    found = {concept.name: concept for concept in load_thesaurus(own)}
    assert found["fyrvokter"].said["nb"] == ("passe fyret",)
    before = next(c for c in thesaurus if c.name == "leadership_general")
    assert found["leadership_general"].said["nb"] == (*before.said["nb"], "høvding")


def test_the_fingerprint_tells_a_changed_file(tmp_path: Path) -> None:
    own = tmp_path / "own.toml"
    own.write_text(OWN, encoding="utf-8")
    before = thesaurus_fingerprint(own)
    assert before == thesaurus_fingerprint(own) != thesaurus_fingerprint()
    own.write_text(OWN.replace("høvding", "bas"), encoding="utf-8")
    assert thesaurus_fingerprint(own) != before


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[leder\n", "not valid TOML"),
        ('[nytt]\nnb = "noe"\n', r"\[nytt\] has no policy"),
        ('[nytt]\npolicy = "noe"\nsvensk = "något"\n', r"\[nytt\] may hold policy, nb, nn, en"),
        ('[nytt]\npolicy = ["noe"]\n', r"\[nytt\] may hold"),
    ],
)
def test_a_wrong_file_is_named_with_what_to_do(tmp_path: Path, text: str, told: str) -> None:
    own = tmp_path / "own.toml"
    own.write_text(text, encoding="utf-8")
    with pytest.raises(ThesaurusError, match=told):
        load_thesaurus(own)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(ThesaurusError, match=r"borte\.toml: cannot be read"):
        load_thesaurus(tmp_path / "borte.toml")


# --- the index --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("hun over meg sier aldri takk", "recogni"),
        ("det er alltid de samme som får gå på kurs", "always_same_people"),
        ("eg er redd for å seie ifrå", "speak"),
        ("my boss never listens to us", "heard"),
        ("får jeg større stilling", "hours"),
    ],
)
def test_a_question_in_everyday_words_names_its_concept(
    index: ConceptIndex, question: str, part: str
) -> None:
    assert any(part in name for name in names(index, question)), names(index, question)


def test_nonsense_and_function_words_name_no_concept(index: ConceptIndex) -> None:
    assert index.meant_by("xyzzy plugh") == {}
    assert index.meant_by("men det er jo så") == {}


def test_the_surest_concept_weighs_one_and_the_rest_less(index: ConceptIndex) -> None:
    weights = list(index.meant_by("sjefen hører ikke på oss").values())
    assert weights[0] == 1.0
    assert weights == sorted(weights, reverse=True)
    assert all(0 < weight <= 1 for weight in weights)


def test_words_of_the_question_itself_are_not_added(index: ConceptIndex) -> None:
    meant = index.meant_by("sykefravær")
    assert "sykefravær" in index.policy_terms(meant)
    assert "sykefravær" not in index.policy_terms(meant, without={"sykefravær"})


def test_an_index_saved_and_loaded_means_the_same(index: ConceptIndex, tmp_path: Path) -> None:
    index.save(tmp_path)
    loaded = ConceptIndex.load(tmp_path)
    for question in ("hun over meg sier aldri takk", "kurs", ""):
        assert loaded.meant_by(question) == index.meant_by(question)
    assert (loaded.policy, loaded.vocabulary) == (index.policy, index.vocabulary)


def test_spans_that_mean_the_same_are_liker_than_others(index: ConceptIndex) -> None:
    texts = ["Vi skal ha lavt sykefravær.", "Kommunen skal ha en attraktiv lønnspolitikk.", "Xyzzy."]
    meant = index.meant_by("jeg er mye borte fordi jeg er dårlig")
    likeness = SpanConcepts.build(texts, index).likeness(meant, len(index.names))
    assert likeness[0] > likeness[1] >= 0
    assert likeness[2] == 0


def test_spans_concepts_saved_and_loaded_are_the_same(index: ConceptIndex, tmp_path: Path) -> None:
    built = SpanConcepts.build(["Vi skal ha lavt sykefravær."], index)
    built.save(tmp_path / "meant.npz")
    loaded = SpanConcepts.load(tmp_path / "meant.npz")
    np.testing.assert_array_equal(loaded.numbers, built.numbers)
    np.testing.assert_array_equal(loaded.shares, built.shares)


def test_pairs_of_words_count_in_no_order() -> None:
    assert set(concept_terms("sjefen hører")) == set(concept_terms("hører sjefen"))
    assert len(concept_terms("sjefen hører")) == 3


# --- the assistant ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("municipality", "question", "part"),
    [
        ("sandefjord", "what are the values here?", "ANSVARLIGHET"),
        ("elverum", "får jeg kurs?", "kompetanse"),
        ("baerum", "what do you do about sick leave?", "fravær"),
        ("modum", "tar dere imot lærlinger?", "lærlinger"),
    ],
)
def test_everyday_words_find_the_policys(
    policy_assistant: PolicyAssistant, municipality: str, question: str, part: str
) -> None:
    answer = policy_assistant.ask(Question(municipality=municipality, question=question))
    assert any(part.lower() in statement.text.lower() for statement in answer.statements)
