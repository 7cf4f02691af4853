"""Files of HR's: separators, encodings and spreadsheets as they come out of Excel."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

import pytest
from openpyxl import Workbook

from eval.sets import SetError, load_set

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


def faults(file: Path, corpus: Path) -> list[str]:
    with pytest.raises(SetError) as raised:
        load_set(file, corpus, note=lambda _: None)
    return raised.value.faults


def workbook(file: Path, sheets: dict[str, Sequence[Sequence[object]]]) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, rows in sheets.items():
        sheet = book.create_sheet(title)
        for row in rows:
            sheet.append(list(row))
    book.save(file.with_suffix(".xlsx"))
    return file.with_suffix(".xlsx")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("hint", ["", "sep"])
def test_separator_and_encoding_are_told_apart(
    file: Path, corpus: Path, encoding: str, delimiter: str, hint: str
) -> None:
    first = f"sep={delimiter}\r\n" if hint else ""
    file.write_bytes((first + as_csv([HEADINGS, ROW], delimiter)).encode(encoding))
    assert load_set(file, corpus)[0].required == (QUOTE,)


def test_windows_1252_is_read_with_a_note(file: Path, corpus: Path) -> None:
    file.write_bytes(as_csv([HEADINGS, ROW]).encode("cp1252"))
    notes: list[str] = []
    assert load_set(file, corpus, notes.append)[0].municipality == "baerum"
    assert "not UTF-8 and was read as Windows-1252" in notes[0]
    with pytest.warns(UserWarning, match="Windows-1252"):
        load_set(file, corpus)


@pytest.mark.parametrize("encoding", ["mac_roman", "utf-16", "cp865"])
def test_other_encodings_are_refused(file: Path, corpus: Path, encoding: str) -> None:
    file.write_bytes(as_csv([HEADINGS, ROW]).encode(encoding))
    assert "UTF-8" in faults(file, corpus)[0]


def test_quotation_marks_that_do_not_fit_name_the_row(file: Path, corpus: Path) -> None:
    text = as_csv([HEADINGS, ROW, ["Oslo", *ROW[1:]]]) + 'baerum;"hva\n'
    file.write_text(text, encoding="utf-8")
    found = faults(file, corpus)
    assert found[0].startswith("row 3, column A")
    assert found[1].startswith("row 4: the quotation marks do not fit")


def test_a_spreadsheet_is_read_from_the_sheet_for_questions(file: Path, corpus: Path) -> None:
    path = workbook(file, {"om": [["hei"]], "Spørsmål": [[], [*HEADINGS, "id"], [], [*ROW, 12.0], [None]]})
    notes: list[str] = []
    (question,) = load_set(path, corpus, notes.append)
    assert (question.id, question.required) == ("12", (QUOTE,))
    assert "the sheet «Spørsmål» was read, not «om»" in notes[0]


def test_a_spreadsheets_first_sheet_is_read_otherwise(file: Path, corpus: Path) -> None:
    path = workbook(file, {"Ark1": [HEADINGS, ROW]})
    assert load_set(path, corpus)[0].id == "baerum-hr002"


def test_a_spreadsheets_fault_names_the_row_it_shows(file: Path, corpus: Path) -> None:
    path = workbook(file, {"Ark1": [[], HEADINGS, [], ["Oslo", *ROW[1:]]]})
    assert faults(path, corpus)[0].startswith("row 4, column A (kommune): «Oslo»")


def test_a_file_that_only_claims_to_be_a_spreadsheet(tmp_path: Path, corpus: Path) -> None:
    path = tmp_path / "hr.xlsx"
    path.write_bytes(b"PK\x03\x04 not really")
    assert "cannot be opened as a spreadsheet" in faults(path, corpus)[0]
