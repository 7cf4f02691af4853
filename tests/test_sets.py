"""HR's own sets: what is read, and what is said of a file that is wrong."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from eval.questions import QUESTIONS, EvalQuestion
from eval.sets import SetError, load_set, municipality_names

HEADINGS = ["kommune", "spørsmål", "forventet svar", "godta også"]
QUOTE = "Det er viktig å ha en bevisst holdning til hvordan nye medarbeidere velges ut."
OTHER = "Hver ny rekruttering forutsetter en kritisk vurdering av hvilken kompetanse det er behov for videre."
ROW = ["Bærum", "hvordan velges nye folk ut", QUOTE, OTHER]


def as_csv(rows: Sequence[Sequence[str]], delimiter: str = ";") -> str:
    text = io.StringIO()
    csv.writer(text, delimiter=delimiter).writerows(rows)
    return text.getvalue()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "hr.csv"


def read(file: Path, corpus: Path, rows: Sequence[Sequence[str]]) -> list[EvalQuestion]:
    file.write_text(as_csv(rows), encoding="utf-8")
    return load_set(file, corpus)


def faults(file: Path, corpus: Path, rows: Sequence[Sequence[str]] | None = None) -> list[str]:
    if rows is not None:
        file.write_text(as_csv(rows), encoding="utf-8")
    with pytest.raises(SetError) as raised:
        load_set(file, corpus, note=lambda _: None)
    return raised.value.faults


def test_the_example_is_a_valid_set(corpus: Path) -> None:
    questions = load_set(QUESTIONS / "example.csv", corpus)
    assert [each.municipality for each in questions] == [
        "modum", "sandefjord", "elverum", "midt-telemark", "baerum", "baerum",
    ]  # fmt: skip
    assert [each.status for each in questions] == ["answered"] * 5 + ["not_in_policy"]
    assert [each.language for each in questions] == ["nb", "nb", "en", "nn", "nb", "nb"]
    assert [len(each.required) for each in questions] == [1, 2, 2, 1, 1, 0]


def test_a_row_becomes_a_question(file: Path, corpus: Path) -> None:
    assert read(file, corpus, [HEADINGS, ROW]) == [
        EvalQuestion(
            id="baerum-hr002",
            municipality="baerum",
            language="nb",
            kind="hr",
            status="answered",
            question="hvordan velges nye folk ut",
            required=(QUOTE,),
            acceptable=(OTHER,),
        )
    ]


def test_headings_in_english_in_any_order_and_case(file: Path, corpus: Path) -> None:
    headings = ["Expected", " QUESTION ", "id", "Kind", "Language", "Municipality"]
    (question,) = read(file, corpus, [headings, [QUOTE, "nye folk?", "7", "vague", "Nynorsk", "BAERUM"]])
    assert (question.id, question.kind, question.language) == ("7", "vague", "nn")


@pytest.mark.parametrize("name", ["baerum", "Bærum", "BÆRUM", "Bærum kommune"])
def test_a_municipality_goes_by_key_or_name(file: Path, corpus: Path, name: str) -> None:
    assert read(file, corpus, [HEADINGS, [name, *ROW[1:]]])[0].municipality == "baerum"


@pytest.mark.parametrize("text", [f"{QUOTE}\n{OTHER}", f"{QUOTE} | {OTHER}", f"• {QUOTE}\r\n\r\n- {OTHER}"])
def test_quotes_stand_one_a_line_or_between_bars(file: Path, corpus: Path, text: str) -> None:
    assert read(file, corpus, [HEADINGS, ["baerum", "hva", text, ""]])[0].required == (QUOTE, OTHER)


@pytest.mark.parametrize("text", ["ikke i policyen", "Ikke i policyen.", "STÅR IKKE", "not in policy"])
def test_not_in_the_policy_means_to_be_refused(file: Path, corpus: Path, text: str) -> None:
    (question,) = read(file, corpus, [HEADINGS, ["baerum", "hva koster kaffen", text, ""]])
    assert (question.status, question.required) == ("not_in_policy", ())


def test_all_faults_are_listed_with_row_and_column(file: Path, corpus: Path) -> None:
    rows = [
        [*HEADINGS, "id", "språk"],
        [*ROW, "a", ""],
        ["Oslo", *ROW[1:], "b", ""],
        ["", "", "", "", "c", ""],
        [*ROW, "a", "svensk"],
        ["baerum", "hva", f"{QUOTE}\nikke i policyen", "", "d", ""],
        [*ROW, "e", "", "for mye"],
    ]
    found = faults(file, corpus, rows)
    assert [each.split(":")[0] for each in found] == [
        "row 3, column A (kommune)",
        "row 4, column A (kommune)",
        "row 4, column B (spørsmål)",
        "row 4, column C (forventet svar)",
        "row 5, column F (språk)",
        "row 5, column E (id)",
        "row 6, column C (forventet svar)",
        "row 7",
    ]
    assert "there are Bærum, Elverum" in found[0]
    assert "already used in row 2" in found[5]


def test_a_misquote_is_a_fault_that_shows_the_nearest_passage(file: Path, corpus: Path) -> None:
    wrong = QUOTE.replace("bevisst", "bevist").replace("velges", "blir valgt")
    (fault,) = faults(file, corpus, [HEADINGS, ["baerum", "hva", wrong, ""]])
    assert f"The nearest passage is «{QUOTE}»" in fault


@pytest.mark.parametrize("change", [("1600", "1700"), ("rekrutterer", "rekrutterer ikke")])
def test_a_changed_number_or_an_added_not_is_a_misquote(
    file: Path, corpus: Path, change: tuple[str, str]
) -> None:
    quote = "Kommunen rekrutterer i snitt 1600 nye medarbeidere pr år.".replace(*change)
    (fault,) = faults(file, corpus, [HEADINGS, ["baerum", "hva", quote, ""]])
    assert "snitt 1600 nye" in fault


def test_another_municipalitys_quote_is_named_as_such(file: Path, corpus: Path) -> None:
    (fault,) = faults(file, corpus, [HEADINGS, ["modum", *ROW[1:3], ""]])
    assert "It stands in those of Bærum." in fault


def test_a_quote_like_nothing_in_the_policy(file: Path, corpus: Path) -> None:
    (fault,) = faults(file, corpus, [HEADINGS, ["modum", "hva", "xyzzy qwerty plugh", ""]])
    assert fault.endswith("Nothing like it does.")


def test_a_short_quote_must_be_whole_words(file: Path, corpus: Path) -> None:
    assert read(file, corpus, [HEADINGS, ["baerum", "hva", "Kommunens lønnspolitikk", ""]])
    (fault,) = faults(file, corpus, [HEADINGS, ["baerum", "hva", "ommunens lønnspolitik", ""]])
    assert "only inside longer words" in fault


def test_a_missing_column_is_named_with_those_there_are(file: Path, corpus: Path) -> None:
    assert faults(file, corpus, [["kommune", "tekst"], ["modum", "hei"]]) == [
        "There is no column «spørsmål»; the headings are «kommune», «tekst».",
        "There is no column «forventet svar»; the headings are «kommune», «tekst».",
    ]


def test_two_columns_of_one_meaning_are_a_fault(file: Path, corpus: Path) -> None:
    (fault,) = faults(file, corpus, [[*HEADINGS, "question"], [*ROW, "hva"]])
    assert fault == "The headings «spørsmål» and «question» mean the same."


def test_a_column_that_is_not_used_is_noted(file: Path, corpus: Path) -> None:
    file.write_text(as_csv([[*HEADINGS[:3], "godta ogsa"], ROW]), encoding="utf-8")
    notes: list[str] = []
    load_set(file, corpus, notes.append)
    assert notes == ["The column «godta ogsa» is not used. Is it «godta også»?"]


@pytest.mark.parametrize("content", ["", "kommune;spørsmål;forventet svar\n", "\n\n"])
def test_a_file_without_rows_is_a_fault(file: Path, corpus: Path, content: str) -> None:
    file.write_text(content, encoding="utf-8")
    assert "no rows" in faults(file, corpus)[0]


@pytest.mark.parametrize("name", ["missing.csv", "old.xls", "text.docx"])
def test_a_file_that_is_missing_or_of_another_kind(tmp_path: Path, corpus: Path, name: str) -> None:
    assert name in faults(tmp_path / name, corpus)[0]


def test_jsonl_with_plain_fields(tmp_path: Path, corpus: Path) -> None:
    path = tmp_path / "hr.jsonl"
    line = {"municipality": "Bærum", "question": "hva", "expected": [QUOTE, OTHER], "id": 3}
    path.write_text(json.dumps(line) + "\n\n{\n[]\n" + json.dumps({**line, "id": 4, "expected": None}))
    found = faults(path, corpus)
    assert [each.split(":")[0] for each in found] == ["line 3", "line 4", "line 5, field (expected)"]
    path.write_text(json.dumps(line))
    assert load_set(path, corpus)[0].required == (QUOTE, OTHER)


def test_jsonl_with_status_is_a_committed_set(tmp_path: Path, corpus: Path) -> None:
    path = tmp_path / "set.jsonl"
    committed = (QUESTIONS / "development" / "modum.jsonl").read_text(encoding="utf-8")
    path.write_text(committed, encoding="utf-8")
    assert any(each.history for each in load_set(path, corpus))
    path.write_text(committed.replace('"status"', '"state"', 1), encoding="utf-8")
    assert "set.jsonl:1" in faults(path, corpus)[0]


def test_names_come_from_the_documents_metadata(corpus: Path) -> None:
    assert municipality_names(corpus)["midt-telemark"] == "Midt-Telemark"
