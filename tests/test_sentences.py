"""Sentences end where a reader would say they end."""

from __future__ import annotations

import pytest

from ingest.sentences import split_sentences


def sentences(text: str) -> list[str]:
    return ["".join(text[start:end] for start, end in parts) for parts in whole(text)]


def whole(text: str) -> list[tuple[tuple[int, int], ...]]:
    return split_sentences(text, ((0, len(text)),))


def test_a_full_stop_before_a_capital_ends_a_sentence() -> None:
    assert sentences("Leder svarer. Alle får vite det.") == ["Leder svarer.", "Alle får vite det."]


def test_questions_exclamations_and_quotations_end_sentences() -> None:
    text = "Er du leder? Da gjelder dette! «Husk det.» Alle svarer."
    assert sentences(text) == ["Er du leder?", "Da gjelder dette!", "«Husk det.»", "Alle svarer."]


@pytest.mark.parametrize(
    "text",
    [
        "Vi tilbyr f.eks. Kurs i Excel.",
        "Planen følges opp, jf. Hovedavtalen del B.",
        "Det står i kap. 4 og i pkt. 3.2 i planen.",
        "Planen er skrevet av K. H. Nordmann for kommunen.",
        "Planen gjelder fra 1. Januar.",
        "Møtet 3. mai er kl. 10.00 på rådhuset.",
        "Arbeidsgiver er etter loven § 1-8 (2) den som har ansatt noen.",
        "Vedtatt 19.06.2025 av kommunestyret.",
        "Les mer på www.fjellvik.example.no i dag.",
        "Ca. 300 ansatte får tilbudet.",
    ],
)
def test_abbreviations_initials_dates_and_paragraphs_of_law_do_not_end_a_sentence(text: str) -> None:
    assert sentences(text) == [text]


def test_a_year_may_end_a_sentence() -> None:
    assert sentences("Planen ble vedtatt i 2021. Den gjelder nå.")[0] == "Planen ble vedtatt i 2021."


def test_a_footnote_number_glued_to_the_stop_stays_with_its_sentence() -> None:
    assert sentences("Vi lærer av feil.12 Det er bra.") == ["Vi lærer av feil.12", "Det er bra."]


def test_a_footnote_number_glued_to_the_last_word_stays_with_its_sentence() -> None:
    assert sentences("Vi fremmer nærvær16. Det er bra.") == ["Vi fremmer nærvær16.", "Det er bra."]


def test_a_sentence_over_a_gap_keeps_both_parts() -> None:
    text = "Vi svarer på [lenke] spørsmål. Alle."
    assert split_sentences(text, ((0, 13), (21, 36))) == [((0, 12), (21, 30)), ((31, 36),)]


def test_offsets_leave_out_white_space() -> None:
    assert whole("  Én.  \n  To.  ") == [((2, 5),), ((10, 13),)]


def test_white_space_alone_holds_no_sentence() -> None:
    assert whole(" \n ") == []
