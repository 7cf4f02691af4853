"""A spreadsheet, CSV or JSONL file as rows of text, with what the reader should know of how it was read."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SUFFIXES = (".csv", ".xlsx", ".jsonl")
# What Norwegian text in Windows-1252 holds beyond ASCII. Other characters mean another encoding: "Œ" and
# "¿" for å and ø are an old Mac's.
_WINDOWS_1252 = re.compile(
    "[\x00-\x7f\xa0\xadæøåÆØÅéÉèÈêÊëóòôÓöÖäÄüÜáàâÁíñçßšžŠŽ§°´·«»–—‘’‚“”„•…€£²³½¼×®©™]*"
)


class TableError(ValueError):
    """A file that cannot be read as a table at all."""


@dataclass
class Row:
    """One row with its number as the spreadsheet shows it (in JSONL: the line's number)."""

    number: int
    cells: list[str]


@dataclass
class Table:
    """``headings`` name the cells of each row. ``wrong``: rows that could not be read, and why."""

    headings: list[str]
    rows: list[Row]
    spreadsheet: bool = True
    notes: list[str] = field(default_factory=list)
    wrong: list[tuple[int, str]] = field(default_factory=list)

    def place(self, row: int, column: int | None = None) -> str:
        """Where a cell stands, as a person looks for it.

        >>> Table(["kommune", "spørsmål"], []).place(3, 1)
        'row 3, column B (spørsmål)'
        """
        where = f"{'row' if self.spreadsheet else 'line'} {row}"
        if column is None:
            return where
        kind = f"column {_letters(column)}" if self.spreadsheet else "field"
        heading = self.headings[column] if column < len(self.headings) else ""
        return f"{where}, {kind} ({heading or 'no heading'})"


def read_table(path: Path, sheets: Sequence[str] = ()) -> Table:
    """The table in a .csv, .xlsx or .jsonl file; ``sheets`` are the names of sheets preferred.

    Raises TableError when the file is missing, of another kind, broken or empty.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise TableError(f"{path}: a set is a .csv, .xlsx or .jsonl file. Save it as one of these.")
    try:
        data = path.read_bytes()
    except OSError as error:
        raise TableError(f"{path} cannot be read ({error.strerror}).") from error
    if suffix == ".xlsx":
        table = _spreadsheet(path, data, sheets)
    else:
        text, notes = _decode(path, data)
        table = _csv(text) if suffix == ".csv" else _jsonl(text)
        table.notes[:0] = notes
    if not table.rows and not table.wrong:
        raise TableError(f"{path} holds no rows below its headings.")
    return table


def _decode(path: Path, data: bytes) -> tuple[str, list[str]]:
    """The text, and a note when it is not UTF-8 but Windows-1252; any other encoding is refused."""
    advice = "Save it as UTF-8 (in Excel: «CSV UTF-8») and try again."
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(f"{path} is UTF-16 text. {advice}")
    try:
        text, notes = data.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError:
            text = "\x81"
        if not _WINDOWS_1252.fullmatch(text):
            line = data.count(b"\n", 0, error.start) + 1
            raise TableError(
                f"{path} is neither UTF-8 nor Windows-1252 (first seen on line {line}). {advice}"
            ) from error
        notes = [
            f"{path} is not UTF-8 and was read as Windows-1252: check that æ, ø and å are right. {advice}"
        ]
    if "\0" in text:
        raise TableError(f"{path} is not a text file.")
    return text, notes


def _csv(text: str) -> Table:
    """Comma, semicolon or tab, whichever parts the headings into most cells."""
    first, _, rest = text.lstrip("\r\n").partition("\n")
    if named := re.fullmatch(r'"?sep=(.)"?\r?', first):  # Excel's own hint; it is no row
        delimiter, text = named[1], rest
    else:
        delimiter = max(";,\t", key=first.count)
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[Row] = []
    wrong = []
    try:
        rows.extend(Row(number, cells) for number, cells in enumerate(reader, start=1))
    except csv.Error:
        rows_read = len(rows)
        wrong.append(
            (
                rows_read + 1,
                "the quotation marks do not fit; this row and those below it were not read. "
                'A text with " or the separator in it begins and ends with ", and each " inside is doubled.',
            )
        )
    table = _with_headings(rows)
    table.wrong += wrong
    width = len(table.headings)
    for row in [row for row in table.rows if any(cell.strip() for cell in row.cells[width:])]:
        table.rows.remove(row)
        reason = f"{len(row.cells)} cells, but only {width} headings."
        reason += f' A text with "{delimiter}" in it must begin and end with ".'
        table.wrong.append((row.number, reason))
    return table


def _spreadsheet(path: Path, data: bytes, sheets: Sequence[str]) -> Table:
    from openpyxl import load_workbook
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        titles = [sheet.title for sheet in book.worksheets]
        chosen = next((title for title in titles if title.strip().casefold() in sheets), titles[0])
        sheet = book[chosen]
        sheet.reset_dimensions()  # what the file says of its size is sometimes wrong
        rows = [
            Row(number, [_cell(value) for value in values])
            for number, values in enumerate(sheet.iter_rows(values_only=True), start=1)
        ]
    except (zipfile.BadZipFile, InvalidFileException, KeyError, IndexError, ValueError, TypeError) as error:
        raise TableError(
            f"{path} cannot be opened as a spreadsheet. If it has a password or is an old .xls file, "
            "save it as .xlsx without a password."
        ) from error
    table = _with_headings(rows)
    if len(titles) > 1:
        others = ", ".join(f"«{title}»" for title in titles if title != chosen)
        table.notes.append(f"{path}: the sheet «{chosen}» was read, not {others}.")
    return table


def _jsonl(text: str) -> Table:
    """The keys of all lines are the headings; a list becomes a cell with one item a line."""
    objects: list[tuple[int, dict[str, Any]]] = []
    wrong = []
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            wrong.append((number, f"not JSON: {error}"))
            continue
        if isinstance(value, dict):
            objects.append((number, value))
        else:
            wrong.append((number, "a line must be a JSON object"))
    headings = list(dict.fromkeys(key for _, value in objects for key in value))
    rows = [Row(number, [_cell(value.get(key)) for key in headings]) for number, value in objects]
    return Table(headings, rows, spreadsheet=False, wrong=wrong)


def _with_headings(rows: list[Row]) -> Table:
    """The first row that is not empty holds the headings; empty rows below are left out."""
    filled: Iterator[Row] = (row for row in rows if any(cell.strip() for cell in row.cells))
    head = next(filled, Row(1, []))
    headings = [cell.strip() for cell in head.cells]
    while headings and not headings[-1]:
        headings.pop()
    return Table(headings, list(filled))


def _cell(value: Any) -> str:
    """A cell as text: nothing is "", 12.0 is "12", a list is one item a line."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(_cell(item) for item in value)
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _letters(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
