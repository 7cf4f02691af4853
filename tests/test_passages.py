"""Passages and their spans: exact places, nothing twice, nothing lost, whatever the text looks like."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.settings import PROJECT
from ingest.block import bare
from ingest.document import Document, load_document
from ingest.passages import Passage, Span, make_passages, make_sections
from ingest.structure import read_structure

MUNICIPALITIES = ("baerum", "elverum", "midt-telemark", "modum", "sandefjord")


def corpus_document(municipality: str) -> Document:
    return load_document(next((PROJECT / "corpus" / municipality).glob("*.txt")))


def made_up(text: str) -> Document:
    return Document("fjellvik", "Fjellvik", "plan", "Plan", "policy", "nb", text, sha256="")


def spans(document: Document) -> list[Span]:
    return [span for passage in make_passages(document) for span in passage.spans]


def span_with(document: Document, words: str) -> Span:
    (span,) = [span for span in spans(document) if words in span.text]
    return span


def check(document: Document) -> None:
    """What holds of every document."""
    text, taken = document.text, 0
    places = []
    for passage in make_passages(document):
        assert passage.spans
        assert (passage.start, passage.end) == (passage.spans[0].start, passage.spans[-1].end)
        for span in passage.spans:
            end = 0
            for start, stop in span.fragments:
                assert end <= start < stop <= len(text)
                assert text[start:stop] == text[start:stop].strip()
                end = stop
                places.append((start, stop))
                taken += stop - start
            assert span.text == " ".join(span.text.split())
            assert bare(span.text) == bare("".join(text[start:stop] for start, stop in span.fragments))
    assert len({place for start, stop in places for place in range(start, stop)}) == taken


# Invariants


@pytest.mark.parametrize("municipality", MUNICIPALITIES)
def test_every_span_of_the_corpus_lies_where_it_says(municipality: str) -> None:
    check(corpus_document(municipality))


@pytest.mark.parametrize("municipality", MUNICIPALITIES)
def test_nothing_but_page_numbers_addresses_and_scattered_letters_is_left_out(municipality: str) -> None:
    text = corpus_document(municipality).text
    kept = {place for b in read_structure(text) for start, end in b.fragments for place in range(start, end)}
    left = "".join(" " if place in kept else c for place, c in enumerate(text))
    words = [word for word in left.split() if sum(c.isalpha() for c in word) > 2]
    assert all(word.startswith("http") for word in words)


@pytest.mark.parametrize("municipality", MUNICIPALITIES)
def test_no_sentence_of_the_corpus_is_a_title_glued_to_text(municipality: str) -> None:
    titles = {t for p in make_passages(corpus_document(municipality)) for t in p.heading_path}
    for span in spans(corpus_document(municipality)):
        assert not any(span.text.startswith(f"{title} Vi ") for title in titles)


LINES = sorted(
    {
        line.strip()
        for municipality in MUNICIPALITIES
        for line in corpus_document(municipality).text.splitlines()
        if line.strip()
    }
)
BEFORE = ("", "", "", "\n", "\n\n", "\n\n\n\n", "\f", "\n\f", "\r\n", "\ufeff")
INDENTS = ("", "", "", " ", "  ", "\t", "     ")
MARKS = ("", "", "", "• ", "\uf0b7 ", "o ", "- ", "– ", "1. ", "2.3 ", "a) ", "12 ", "•", "“", "(")
ENDS = ("", "", " ", "-", ":", ".", "3", ".4 ", "\r", "\u00ad", "\u2028")
made_up_lines = st.builds(
    "".join,
    st.tuples(*(st.sampled_from(choices) for choices in (BEFORE, INDENTS, MARKS, LINES, ENDS))),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(made_up_lines, max_size=40).map("\n".join))
def test_every_span_lies_where_it_says_in_shuffled_texts(text: str) -> None:
    check(made_up(text))


@settings(max_examples=150, deadline=None)
@given(st.text(alphabet="aB1 .:-•–\n\f\r\t\u00ad\uf0b7\ufeff«»(§ØX", max_size=120) | st.text(max_size=60))
def test_no_text_is_too_odd_to_read(text: str) -> None:
    check(made_up(text))


@settings(max_examples=50, deadline=None)
@given(st.lists(made_up_lines, max_size=30).map("\n".join))
def test_sections_lie_inside_the_text(text: str) -> None:
    sections = make_sections(made_up(text))
    assert all(0 <= s.start < s.end <= len(text) and s.heading_path for s in sections)
    assert [s.start for s in sections] == sorted(s.start for s in sections)


# What a span is


def test_a_sentence_cut_by_a_web_address_has_two_fragments() -> None:
    modum = corpus_document("modum")
    span = span_with(modum, "Ledere skal følge opp Arbeidsgiverpolitikken")
    first, second = (modum.text[start:end] for start, end in span.fragments)
    assert first.startswith("Ledere skal") and first.endswith("medvirkning av medarbeidere,")
    assert second.startswith("tillitsvalgte og") and second.endswith("utvikle, rekruttere og beholde.")
    assert "idebanken" not in span.text


def test_a_web_address_inside_a_made_up_sentence_is_left_out() -> None:
    text = (
        "Lederne i Fjellvik kommune skal hvert år gå gjennom planen sammen med de\n\n"
        "www.fjellvik.example/plan\n tillitsvalgte og verneombudet i avdelingen.\n"
    )
    (span,) = spans(made_up(text))
    assert len(span.fragments) == 2 and "www" not in span.text


def test_a_word_hyphenated_over_two_lines_is_one_word_and_the_place_keeps_its_hyphen() -> None:
    elverum = corpus_document("elverum")
    span = span_with(elverum, "sammenhengen mellom styringsplattformen")
    assert "styrings-\nplattformen" in elverum.text[span.start : span.end]


def test_a_hyphen_that_belongs_to_the_word_stays() -> None:
    assert span_with(corpus_document("elverum"), "lov- og avtaleverk")
    assert span_with(corpus_document("baerum"), "i samarbeid med HR-enheten")


def test_a_footnote_is_no_sentence_of_the_text() -> None:
    notes = [s.text for s in spans(corpus_document("elverum")) if s.kind == "footnote"]
    assert "Delegasjonsreglementet for Elverum kommune" in notes


def test_a_long_item_is_quoted_sentence_by_sentence() -> None:
    text = "Vi lover:\n• " + "Vi svarer alle som spør oss om hjelp. " * 12 + "\n• Kort svar\n"
    items = [span.text for span in spans(made_up(text))]
    assert items[1] == "Vi svarer alle som spør oss om hjelp."


# What a passage is


def passage_with(document: Document, words: str) -> Passage:
    (passage,) = [passage for passage in make_passages(document) if words in passage.text]
    return passage


def test_a_list_is_whole_in_one_passage_with_its_lead_in() -> None:
    passage = passage_with(corpus_document("sandefjord"), "har fem innsatsområder")
    items = [span for span in passage.spans if span.kind == "item"]
    assert len(items) == 5
    assert {span.lead_in for span in items} == {"Sandefjord kommune har fem innsatsområder"}


def test_a_long_list_is_not_cut() -> None:
    rows = [f"• Punkt nummer {n} i lista handler om det som er viktig for alle" for n in range(40)]
    (passage,) = make_passages(made_up("Som leder i Haugfoss skal du:\n" + "\n".join(rows)))
    assert len(passage.spans) == 41


def test_items_tell_the_sentence_that_opens_their_list() -> None:
    text = (
        "Ledere i Haugfoss skal:\n- følge opp nærvær\n- ha samtaler med alle\n- lage planer\n\nDet er alt.\n"
    )
    found = {span.text: (span.kind, span.lead_in) for span in spans(made_up(text))}
    assert found["ha samtaler med alle"] == ("item", "Ledere i Haugfoss skal:")
    assert found["Det er alt."] == ("sentence", "")


def test_a_sentence_that_is_over_opens_no_list() -> None:
    item = span_with(corpus_document("modum"), "Aktivt deltagende liv")
    assert item.lead_in == ""


def test_items_of_two_lists_are_told_apart() -> None:
    text = "Ledere skal:\n• lytte til alle\n• lære bort\n\nAnsatte skal:\n• spørre om hjelp\n• svare andre\n"
    lists = {span.text: span.list_id for span in spans(made_up(text)) if span.kind == "item"}
    assert lists["lytte til alle"] == lists["lære bort"] != lists["spørre om hjelp"]


def test_a_passage_stays_under_one_heading() -> None:
    for municipality in MUNICIPALITIES:
        document = corpus_document(municipality)
        over = {b.fragments: b.heading_path for b in read_structure(document.text)}
        for passage in make_passages(document):
            inside = [path for (f, *_), path in over.items() if f in [s.fragments[0] for s in passage.spans]]
            assert set(inside) <= {passage.heading_path}


def test_a_repeated_sentence_set_off_as_a_quotation_is_no_second_span() -> None:
    sandefjord = corpus_document("sandefjord")
    assert span_with(sandefjord, "Riktige ansettelser er avgjørende")
    assert span_with(sandefjord, "I et trygt arbeidsmiljø blir medarbeiderne sett")


def test_a_made_up_pull_quote_gives_no_second_span() -> None:
    text = (
        "Læring\nI Sørdal lærer vi av feil, og vi snakker åpent om dem med hverandre. Alle får tid.\n\n"
        "I Sørdal lærer vi av feil, og vi snakker åpent om dem\nmed hverandre.\n\n"
        "Ledelse\nLedere er synlige for alle.\n"
    )
    assert span_with(made_up(text), "I Sørdal lærer vi av feil")


def test_an_empty_template_gives_no_passage() -> None:
    passages = make_passages(corpus_document("sandefjord"))
    assert not any("Konkrete mål og tiltak på eget område" in passage.text for passage in passages)


def test_an_empty_template_of_another_municipality_gives_no_passage() -> None:
    text = "".join(
        f"1.{n} {title}\nEgne mål og tiltak:\n\n"
        for n, title in enumerate(("Ledelse", "Nærvær", "Læring"), 1)
    )
    assert make_passages(made_up(text)) == []


def test_passages_come_in_reading_order_with_ids_of_their_own() -> None:
    passages = [p for m in MUNICIPALITIES for p in make_passages(corpus_document(m))]
    assert len({passage.id for passage in passages}) == len(passages)
    modum = make_passages(corpus_document("modum"))
    assert [p.start for p in modum] == sorted(p.start for p in modum)


def test_the_same_text_gives_the_same_passages() -> None:
    assert make_passages(corpus_document("modum")) == make_passages(corpus_document("modum"))


def test_pages_are_told_by_the_place_of_a_span() -> None:
    document = made_up("Første side handler om lønn.\n\f Andre side handler om ferie.\n")
    assert document.page_at(span_with(document, "ferie").start) == 2


def test_a_heading_tells_the_stretch_of_text_under_it() -> None:
    text = "LØNN\nVi følger avtalene.\n\nFERIE\nFerien avtales med leder.\n"
    first, second = make_sections(made_up(text))
    assert text[first.start : first.end].strip() == "LØNN\nVi følger avtalene."
    assert (second.heading_path, second.end) == (("FERIE",), len(text))
