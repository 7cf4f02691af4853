"""What the parts of a document are and which headings they stand under.

The real policies first, then the same bad shapes in made-up texts of other municipalities.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.block import Block, Kind, readable
from ingest.structure import read_structure


def blocks_of(corpus: Path, municipality: str) -> list[Block]:
    (path,) = (corpus / municipality).glob("*.txt")
    return read_structure(path.read_bytes().decode())


def texts(blocks: list[Block], kind: Kind) -> list[str]:
    return [block.text for block in blocks if block.kind is kind]


def path_of(blocks: list[Block], words: str) -> tuple[str, ...]:
    """The headings over the one block of text that holds ``words``."""
    (path,) = [b.heading_path for b in blocks if b.kind is not Kind.HEADING and words in b.text]
    return path


# Headings and numbered sections


def test_a_repeated_heading_carries_the_chapter_above_it(corpus: Path) -> None:
    modum = blocks_of(corpus, "modum")
    assert path_of(modum, "kunnskaper til kommunens beste")[-2:] == ("Medarbeiderskap", "Slik vil vi ha det")
    assert path_of(modum, "utøver relasjonsledelse")[-2:] == ("Ledelse", "Slik vil vi ha det")


def test_what_leaders_do_is_kept_apart_for_each_area(corpus: Path) -> None:
    elverum = blocks_of(corpus, "elverum")
    assert (
        path_of(elverum, "Skaper arenaer for medvirkning")[0] == "Medvirkning og tillit – er helsefremmende"
    )
    assert path_of(elverum, "Kjenner utfordringsbildet") == ("Nytenkning og innovasjon", "VÅRE LEDERE:")


def test_a_heading_after_its_list_heads_it(corpus: Path) -> None:
    path = path_of(blocks_of(corpus, "midt-telemark"), "Økt tid til lederskap")
    assert path[:2] == ("SATSINGSOMRÅDER", "Lederskap")
    assert path[2].startswith("SLIK VIL VI HA DET")


@pytest.mark.parametrize("area", ["Lederskap", "Kompetanse", "Partsarbeid", "Innovasjon og heltidskultur"])
def test_each_area_of_midt_telemark_has_its_own_list(corpus: Path, area: str) -> None:
    under = [b for b in blocks_of(corpus, "midt-telemark") if b.heading_path[:2] == ("SATSINGSOMRÅDER", area)]
    assert sum(b.kind is Kind.ITEM for b in under) >= 10


@pytest.mark.parametrize(
    ("words", "title"),
    [
        ("Redusere utenforskap", "SOSIAL DIMENSJON"),
        ("Sikre at kommuneøkonomien", "ØKONOMISK DIMENSJON"),
        ("Redusere klimagassutslipp", "MILJØMESSIG DIMENSJON"),
    ],
)
def test_the_dimensions_of_sandefjord_have_their_own_goals(corpus: Path, words: str, title: str) -> None:
    assert path_of(blocks_of(corpus, "sandefjord"), words) == ("Innledning", title)


def test_section_numbers_make_the_levels() -> None:
    blocks = read_structure(
        "1 Innledning\nHaugfoss er en liten kommune med store oppgaver og få hender.\n\n"
        "1.1 Formål\nPlanen viser hvordan vi vil være som arbeidsgiver i årene framover.\n\n"
        "2 Ledelse\nLedere i Haugfoss er tydelige, trygge og til stede i hverdagen.\n\n"
        "2.1 Lederkrav\nAlle ledere har en avtale om hva som forventes av dem.\n"
    )
    assert path_of(blocks, "Planen viser") == ("Innledning", "Formål")
    assert path_of(blocks, "Ledere i Haugfoss") == ("Ledelse",)
    assert path_of(blocks, "en avtale") == ("Ledelse", "Lederkrav")


def test_chapters_of_a_text_without_pages_stand_beside_each_other() -> None:
    blocks = read_structure(
        "LØNN\nVi følger avtalene i arbeidslivet, og vi er åpne om lønn.\n\n"
        "FERIE\nFerien avtales i god tid med leder, og alle får sin ferie.\n"
    )
    assert path_of(blocks, "avtalene") == ("LØNN",)
    assert path_of(blocks, "Ferien") == ("FERIE",)


def test_a_document_title_above_the_first_chapter_heads_them_all() -> None:
    blocks = read_structure(
        "PERSONALPLAN FOR HAUGFOSS\n\nFORORD\nPlanen er laget sammen med de tillitsvalgte i kommunen.\n\n"
        "LØNN\nVi følger avtalene i arbeidslivet, og vi er åpne om lønn.\n"
    )
    assert path_of(blocks, "avtalene") == ("PERSONALPLAN FOR HAUGFOSS", "LØNN")


def test_the_chapter_above_is_carried_in_other_texts_too() -> None:
    blocks = read_structure(
        "Nærvær\n\nVi vil at flere er på jobb og at færre blir syke av jobben.\n\n"
        "ALLE LEDERE\n• følger opp sykmeldte\n• snakker om trivsel\n\n"
        "Rekruttering\n\nVi vil ha søkere til alle stillinger som vi lyser ut.\n\n"
        "ALLE LEDERE\n• svarer søkere raskt\n• tar imot nye kolleger\n\n"
        "Utvikling\n\nVi vil lære av hverandre hver eneste dag på jobben.\n\n"
        "ALLE LEDERE\n• setter av tid til læring\n• deler kunnskap\n"
    )
    assert path_of(blocks, "svarer søkere raskt") == ("Rekruttering", "ALLE LEDERE")
    assert path_of(blocks, "deler kunnskap") == ("Utvikling", "ALLE LEDERE")


def test_titles_at_the_foot_of_a_page_head_its_text_in_other_texts_too() -> None:
    pages = [
        ("Åpne dører hos ledelsen", "Møter hver uke med hele laget", "Ros når noe er bra", "Lederne"),
        ("Tid til faglig fordypning", "Rom for å prøve nye ideer", "Kurs hvert eneste år", "Læringen"),
        ("Faste stillinger", "Lønn som fortjent for alle", "Ordnede forhold i hverdagen", "Lønnen"),
    ]
    text = "".join(
        f"\f{first}\n\n{second}\n\n{third}\n\n3. HVERDAGEN\n{area}\n\nDETTE GJØR VI\n"
        for first, second, third, area in pages
    )
    blocks = read_structure("Planen for Nordøya er kort.\n" + text)
    assert path_of(blocks, "Åpne dører") == ("HVERDAGEN", "Lederne", "DETTE GJØR VI")
    assert path_of(blocks, "Kurs hvert") == ("HVERDAGEN", "Læringen", "DETTE GJØR VI")


def test_a_title_below_its_list_stands_under_the_chapter_like_its_sister() -> None:
    blocks = read_structure(
        "1 Arbeidstid\nVi har delt arbeidet med turnus i to for å gjøre det lett å huske.\n\n"
        "• Lønn etter avtale.\n• Faste arbeidstider.\n• Trygge lokaler.\n\n"
        "INDRE RAMME\n\nYTRE RAMME\n\n• Lover og forskrifter.\n• Sentrale avtaler.\n• Statsbudsjettet.\n"
    )
    assert path_of(blocks, "Faste arbeidstider") == ("Arbeidstid", "INDRE RAMME")
    assert path_of(blocks, "Sentrale avtaler") == ("Arbeidstid", "YTRE RAMME")


def test_a_short_title_may_end_in_a_word_that_seldom_ends_a_line() -> None:
    blocks = read_structure(
        "Målene våre\nVi vil være en god arbeidsplass for alle som er ansatt i Fjellvik.\n"
    )
    assert blocks[0].text == "Målene våre"


# Lists


def test_a_bullet_split_by_an_empty_line_is_one_bullet(corpus: Path) -> None:
    items = texts(blocks_of(corpus, "modum"), Kind.ITEM)
    assert "Medarbeidere som evner å se helhet og tar i bruk sine kunnskaper til kommunens beste." in items


def test_a_bullet_split_by_an_empty_line_is_one_bullet_in_nynorsk_too() -> None:
    blocks = read_structure(
        "Slik vil vi ha det i Vestfjord\n"
        "• Leiarar som møter folk med respekt og tek seg\n\ntid til å lytte\n• Leiarar som lærer\n"
    )
    assert texts(blocks, Kind.ITEM) == [
        "Leiarar som møter folk med respekt og tek seg tid til å lytte",
        "Leiarar som lærer",
    ]


def test_a_list_without_bullets_has_one_item_a_line(corpus: Path) -> None:
    elverum = blocks_of(corpus, "elverum")
    items = [b.text for b in elverum if b.heading_path == ("STYRINGSPLATTFORM", "VÅRE ANSATTE")]
    assert items[1:] == [
        "Etterlever verdigrunnlaget",
        "Setter brukerne i fokus",
        "Representerer kommunen og utøver sitt yrke på en profesjonell måte",
        "Følger lojalt opp beslutninger",
        "Er nytenkende og ser muligheter",
        "Er kontinuerlig oppdatert på eget fagområde",
    ]


def test_items_without_bullets_may_be_of_even_length() -> None:
    blocks = read_structure(
        "VÅRE FOLK\nMøter innbyggerne med et smil\nTar ansvar for eget arbeid og\nfor laget\n"
        "Sier fra når noe er galt\nDeler det de kan\n\nVÅRE SJEFER\nEr til stede i hverdagen\n"
        "Lytter før de bestemmer\nGir ros når noe er bra\n"
    )
    assert [b.text for b in blocks if b.heading_path == ("VÅRE FOLK",)][1:] == [
        "Møter innbyggerne med et smil",
        "Tar ansvar for eget arbeid og for laget",
        "Sier fra når noe er galt",
        "Deler det de kan",
    ]
    assert len([b for b in blocks if b.heading_path == ("VÅRE SJEFER",) and b.kind is Kind.ITEM]) == 3


def test_bullets_of_symbol_fonts_are_bullets(corpus: Path) -> None:
    baerum = blocks_of(corpus, "baerum")
    assert "Tydelige krav og forventninger til ledere" in texts(baerum, Kind.ITEM)
    assert not any("\ue000" <= c <= "\uf8ff" for block in baerum for c in block.text)


def test_nested_bullets_are_items_of_their_own(corpus: Path) -> None:
    items = texts(blocks_of(corpus, "baerum"), Kind.ITEM)
    at = items.index("Medarbeidere som")
    assert items[at + 3 : at + 5] == [
        "Er en imøtekommende og god kollega",
        "Refleksjon over egen praksis for stadig å være i utvikling",
    ]


def test_dashes_below_a_bullet_are_items_of_their_own() -> None:
    blocks = read_structure("Ledere skal\n• Lytte til alle\n  – i møter\n  – i samtaler\n• Lære av feil\n")
    assert texts(blocks, Kind.ITEM) == ["Lytte til alle", "i møter", "i samtaler", "Lære av feil"]


@pytest.mark.parametrize(
    "marks",
    [
        "• • •",
        "◦ ◦ ◦",
        "▪ ▪ ▪",
        "- - -",
        "– – –",
        "o o o",
        "* * *",
        "\uf0b7 \uf0b7 \uf0a7",
        "1. 2. 3.",
        "a) b) c)",
    ],
)
def test_many_marks_make_a_list(marks: str) -> None:
    rows = ("Følge opp nærvær", "Ha årlige samtaler", "Lage planer")
    text = "Som leder i Lyngstrand skal du:\n" + "\n".join(
        map(" ".join, zip(marks.split(), rows, strict=True))
    )
    assert texts(read_structure(text), Kind.ITEM) == list(rows)


@pytest.mark.parametrize("mark", ["•", "\uf0b7"])
def test_a_bullet_on_a_line_of_its_own_marks_the_line_below(mark: str) -> None:
    blocks = read_structure(
        f"Vi i Haugfoss lover:\n\n{mark}\nTrygge lokaler\n\n{mark}\n\nFaste stillinger\n{mark}\n"
    )
    assert texts(blocks, Kind.ITEM) == ["Trygge lokaler", "Faste stillinger"]


def test_a_byte_order_mark_does_not_hide_the_first_bullet() -> None:
    assert texts(read_structure("\ufeff• Lytter\n• Lærer\n"), Kind.ITEM) == ["Lytter", "Lærer"]


# Paragraphs and readable text


def test_a_sentence_cut_by_a_web_address_is_one_sentence(corpus: Path) -> None:
    (block,) = [b for b in blocks_of(corpus, "modum") if b.text.startswith("Ledere skal følge opp Arbeids")]
    assert len(block.fragments) == 2
    assert block.text.endswith("tiltak på områdene utvikle, rekruttere og beholde.")


def test_a_page_number_inside_a_sentence_is_left_out() -> None:
    blocks = read_structure(
        "Lederne i Fjellvik kommune skal hvert år gå gjennom planen sammen med de\n7\n"
        "tillitsvalgte og verneombudet i avdelingen.\n"
    )
    (text,) = texts(blocks, Kind.PARAGRAPH)
    assert text.endswith("sammen med de tillitsvalgte og verneombudet i avdelingen.")


@pytest.mark.parametrize("number", ["4", "- 4 -", "Side 4", "Side 4 av 12", "4/12", "page 4 of 12"])
def test_page_numbers_are_no_text(number: str) -> None:
    blocks = read_structure(f"Alle er velkomne i Sørdal.\n\n{number}\n\nVi hjelper hverandre hver dag.\n")
    assert [b.text for b in blocks] == ["Alle er velkomne i Sørdal.", "Vi hjelper hverandre hver dag."]


def test_rows_of_a_table_of_contents_are_no_text() -> None:
    blocks = read_structure(
        "Innhold\n1 Forord ........... 2\n2 Ledelse . . . . . . 13\n\n1 Forord\nPlanen gjelder alle.\n"
    )
    assert [b.text for b in blocks if b.kind is not Kind.HEADING] == ["Planen gjelder alle."]


@pytest.mark.parametrize("head", ["Personalplan for Sørdal kommune", "Sørdal – side {}"])
def test_a_running_head_does_not_cut_a_sentence(head: str) -> None:
    blocks = read_structure(
        f"{head.format(1)}\n\nVi vil ha en god hverdag i Sørdal, og derfor er alle ledere\n"
        f"\f{head.format(2)}\n\ntil stede når noen trenger hjelp. Slik lærer vi av feil.\n"
        f"\f{head.format(3)}\n\nVi har en lønn som alle kan leve av.\n"
    )
    body = [b.text for b in blocks if b.kind is not Kind.HEADING]
    assert body[0].startswith(
        "Vi vil ha en god hverdag i Sørdal, og derfor er alle ledere til stede når noen"
    )
    assert body[1:] == ["Vi har en lønn som alle kan leve av."]


def test_titles_that_differ_in_their_number_are_no_running_heads() -> None:
    pages = ("Ledere i Fjellvik lytter.", "Vi lærer av feil.", "Alle får svar.")
    blocks = read_structure("\f".join(f"Område {n}\n{page}\n" for n, page in enumerate(pages, 1)))
    assert path_of(blocks, "Vi lærer") == ("Område 2",)


def test_a_running_foot_with_the_page_number_is_no_text() -> None:
    pages = ("Ledere i Fjellvik lytter.", "Vi lærer av feil.", "Alle får svar.")
    text = "\f".join(f"{page}\n\nFjellvik kommune | Side {n}\n" for n, page in enumerate(pages, 1))
    assert [block.text for block in read_structure(text)] == list(pages)


def test_the_letters_of_a_word_set_vertically_are_no_text(corpus: Path) -> None:
    assert not {"BÆ", "RE", "KR", "FT"} & {block.text for block in blocks_of(corpus, "sandefjord")}


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("styrings-\nplattformen", "styringsplattformen"),
        ("styrings-\r\nplattformen", "styringsplattformen"),
        ("tjeneste-\n\nproduksjonen", "tjenesteproduksjonen"),
        ("lov-\nog avtaleverk", "lov- og avtaleverk"),
        ("lov- og avtaleverk", "lov- og avtaleverk"),
        ("individ-\neller systemnivå", "individ- eller systemnivå"),
        ("HR-\nenheten", "HR-enheten"),
        ("IA-\navtalen", "IA-avtalen"),
        ("HR-enheten", "HR-enheten"),
        ("\uf0b7 trygge   lokaler", "trygge lokaler"),
    ],
)
def test_only_the_hyphen_of_a_wrapped_word_goes(broken: str, whole: str) -> None:
    assert readable(broken, [(0, len(broken))]) == whole


def test_the_document_keeps_the_hyphen_that_the_readable_text_loses(corpus: Path) -> None:
    text = next((corpus / "elverum").glob("*.txt")).read_text(encoding="utf-8")
    (block,) = [b for b in read_structure(text) if "styringsplattformen og begrepene" in b.text]
    assert "styrings-\nplattformen" in text[block.start : block.end]


def test_a_text_saved_with_one_line_a_paragraph_keeps_its_titles() -> None:
    long = (
        "De følger opp sykefravær og har samtaler med alle sine ansatte minst én gang i året, og oftere når "
    )
    blocks = read_structure(
        f"Ledelse\nLedere i Lyngstrand er trygge. {long}det trengs.\nLæring\nVi lærer av hverandre.\n"
        f"Alle ledere skal:\n•\tFølge opp nærvær\n•\tLage planer\nLønn og vilkår\nVi følger avtalene.\n"
    )
    assert path_of(blocks, "lærer av hverandre") == ("Læring",)
    assert path_of(blocks, "Følge opp") == ("Læring", "Alle ledere skal:")
    assert path_of(blocks, "Vi følger avtalene") == ("Lønn og vilkår",)


def test_a_sentence_that_wraps_before_a_name_goes_on() -> None:
    (block,) = read_structure(
        "Arbeidet med planen for de ansatte og de tillitsvalgte er gjort i\n"
        "Nordøya kommune av en gruppe som er satt ned av formannskapet.\n"
    )
    assert "er gjort i Nordøya kommune" in block.text


# Footnotes, pull quotes, templates


def test_footnotes_are_told_from_text(corpus: Path) -> None:
    notes = texts(blocks_of(corpus, "elverum"), Kind.FOOTNOTE)
    assert "Delegasjonsreglementet for Elverum kommune" in notes
    assert len(notes) >= 25


def test_a_footnote_may_wrap_after_a_year() -> None:
    blocks = read_structure(
        "Vi følger loven1. Avtalen2 gjelder for alle, og rutinen3 er kjent. Vi lærer av feil4.\n\n"
        "1 Arbeidsmiljøloven\n2 Hovedavtalen\n3 Rutine for varsling i Lyngstrand, vedtatt av\n"
        "kommunestyret i 2020\n4 Sak 3/19\n"
    )
    assert texts(blocks, Kind.FOOTNOTE) == [
        "Arbeidsmiljøloven",
        "Hovedavtalen",
        "Rutine for varsling i Lyngstrand, vedtatt av kommunestyret i 2020",
        "Sak 3/19",
    ]


def test_pull_quotes_are_told_from_the_text_they_repeat(corpus: Path) -> None:
    quotes = texts(blocks_of(corpus, "sandefjord"), Kind.PULL_QUOTE)
    assert any(q.startswith("En god leder gir retning, er trygg og tydelig") for q in quotes)


def test_a_pull_quote_before_its_text_is_one_too() -> None:
    blocks = read_structure(
        "Vi snakker åpent om alle feil vi gjør.\n\n"
        "I Sørdal er det slik: Vi snakker åpent om alle feil vi gjør. Det lærer vi mye av.\n"
    )
    assert texts(blocks, Kind.PULL_QUOTE) == ["Vi snakker åpent om alle feil vi gjør."]


def test_an_empty_template_is_no_text(corpus: Path) -> None:
    templates = texts(blocks_of(corpus, "sandefjord"), Kind.TEMPLATE)
    assert len(templates) >= 10
    assert set(templates) == {"Konkrete mål og tiltak på eget område:"}


def test_a_template_that_is_filled_in_is_text() -> None:
    filled = read_structure(
        "".join(
            f"1.{n} {title}\nEgne mål:\n• {goal}\n\n"
            for n, (title, goal) in enumerate(
                [("Ledelse", "Møtes ukentlig"), ("Nærvær", "Nå 94 prosent"), ("Læring", "To kurs i året")], 1
            )
        )
    )
    assert texts(filled, Kind.TEMPLATE) == []
    assert "Nå 94 prosent" in texts(filled, Kind.ITEM)


@pytest.mark.parametrize("municipality", ["baerum", "elverum", "midt-telemark", "modum", "sandefjord"])
def test_windows_line_ends_change_no_structure(corpus: Path, municipality: str) -> None:
    (path,) = (corpus / municipality).glob("*.txt")
    text = path.read_bytes().decode()
    unix = [(b.kind, b.text, b.heading_path) for b in read_structure(text)]
    windows = [(b.kind, b.text, b.heading_path) for b in read_structure(text.replace("\n", "\r\n"))]
    assert windows == unix
