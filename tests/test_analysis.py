"""The Norwegian analyser: word forms meet, compounds open, function words go."""

from __future__ import annotations

import pytest

from ingest.analysis import char_ngrams, compound_parts, lemma, stopwords, terms, words


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("leder", "lederne"),
        ("medarbeidersamtale", "medarbeidersamtalene"),
        ("arbeidsgiverpolitikk", "arbeidsgiverpolitikken"),
        ("varslingsrutine", "VARSLINGSRUTINER"),
        ("HR-enhet", "HR-enheten"),
    ],
)
def test_forms_of_one_word_share_a_term(one: str, other: str) -> None:
    assert terms(one)[0] == terms(other)[0]


def test_a_compound_is_followed_by_its_parts() -> None:
    assert terms("medarbeidersamtaler") == ["medarbeidersamtal", "+medarbeid", "+samtal"]


def test_a_joining_s_belongs_to_no_part() -> None:
    assert compound_parts("lønnspolitikk") == ("lønn", "politikk")


def test_a_short_word_is_no_compound() -> None:
    assert compound_parts("leder") == ()


def test_a_hyphenated_compound_is_found_by_its_parts() -> None:
    assert "+læring" in terms("e-læring")


def test_function_words_are_left_out() -> None:
    assert terms("Hva skal en leder gjøre?") == terms("leder gjøre")


def test_function_words_stay_on_request() -> None:
    assert len(terms("hva skal vi", keep_stopwords=True)) == 3


@pytest.mark.parametrize("word", ["og", "hva", "ikkje", "korleis", "the"])
def test_function_words_of_bokmål_nynorsk_and_english_are_known(word: str) -> None:
    assert word in stopwords()


def test_nynorsk_forms_have_a_dictionary_form() -> None:
    assert lemma("kommunar") == "kommune"


def test_an_unknown_word_is_kept() -> None:
    assert lemma("xyzzy") == "xyzzy"


def test_an_unknown_compound_takes_the_form_of_its_last_part() -> None:
    assert lemma("kommunetrivselsplanene") == "kommunetrivselsplan"


def test_words_keep_their_hyphen() -> None:
    assert words("HR-enheten og 10-FAKTOR") == ["hr-enheten", "og", "10-faktor"]


def test_letters_composed_and_decomposed_are_the_same() -> None:
    assert terms("a\u030arsplan") == terms("årsplan")


def test_a_typo_shares_most_of_its_letters() -> None:
    right, wrong = set(char_ngrams("medarbeidersamtale")), set(char_ngrams("medarbeidersamtlae"))
    assert len(right & wrong) > 0.6 * len(right)


def test_nothing_but_signs_has_no_terms() -> None:
    assert terms("… – !") == [] and char_ngrams("?") == []
