"""HR's own sets: questions and expected answers in plain columns of a CSV, spreadsheet or JSONL file."""

from __future__ import annotations

import difflib
import re
import tomllib
import unicodedata
import warnings
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import chain
from pathlib import Path
from typing import Any

from assistant.answer import Language
from assistant.language import detect_language
from assistant.settings import load_settings
from eval.documents import Document, read_documents
from eval.nearest import nearest_passage
from eval.questions import EvalQuestion, QuestionFileError, check_questions, load_questions
from eval.spans import normalised, occurrences
from eval.tables import Row, Table, TableError, read_table

DATA = Path(__file__).parent / "data" / "sets.toml"
NEEDED = ("municipality", "question", "expected")
_SHORT = 20  # letters: a quote up to this length must be whole words, for "ja" stands in many words


class SetError(ValueError):
    """A set that cannot be used. ``faults`` holds every fault of the file, each with row and column."""

    def __init__(self, path: Path, faults: Sequence[str]) -> None:
        self.faults = list(faults)
        count = "1 fault" if len(faults) == 1 else f"{len(faults)} faults"
        super().__init__("\n".join([f"{path}: {count}.", *faults]))


def load_set(
    path: Path, corpus: Path | None = None, note: Callable[[str], None] | None = None
) -> list[EvalQuestion]:
    """The questions of a .csv, .xlsx or .jsonl file; ``eval/questions/SCHEMA.md`` names the columns.

    Quotes are looked for in the documents of ``corpus`` (that of the settings when left out). ``note`` is
    told what is no fault but worth knowing: another encoding, a column or sheet that is not used; by
    default it is a warning. Raises SetError with all faults of the file. A .jsonl file whose lines have
    ``status`` is read as the committed sets are.
    """
    folder = corpus or load_settings().corpus
    documents = read_documents(folder)
    try:
        table = read_table(path, _data()["sheets"]["names"])
    except TableError as error:
        raise SetError(path, [str(error)]) from error
    for each in table.notes:
        (note or _warn)(each)
    if not table.spreadsheet and "status" in table.headings:
        return _committed(path, documents)
    columns, faults = _columns(table, note or _warn)
    by_row = [(number, f"{table.place(number)}: {reason}") for number, reason in table.wrong]
    questions = []
    if all(name in columns for name in NEEDED):
        reader = _Reader(table, columns, documents, municipality_names(folder), by_row)
        questions = [question for row in table.rows if (question := reader.question(row))]
    faults += [fault for _, fault in sorted(by_row, key=lambda each: each[0])]
    if faults:
        raise SetError(path, faults)
    return questions


def municipality_names(corpus: Path) -> dict[str, str]:
    """Key of each municipality to its name, as its documents' metadata say; the key where they do not."""
    names: dict[str, str] = {}
    for text in sorted(corpus.glob("*/*.txt")):
        metadata = text.with_suffix(".toml")
        found = tomllib.loads(metadata.read_text(encoding="utf-8")) if metadata.exists() else {}
        key = text.parent.name.lower()
        names.setdefault(key, found.get("municipality", key))
    return names


class _Reader:
    """Turns rows into questions; what is wrong goes into ``faults``, with the row's number."""

    def __init__(
        self,
        table: Table,
        columns: Mapping[str, int],
        documents: Sequence[Document],
        names: Mapping[str, str],
        faults: list[tuple[int, str]],
    ) -> None:
        self._table = table
        self._columns = columns
        self._documents = documents
        self._names = names
        self._faults = faults
        self._ids: dict[str, int] = {}

    def question(self, row: Row) -> EvalQuestion | None:
        """The question of one row; None when the row has a fault."""
        before = len(self._faults)
        municipality = self._municipality(row)
        question = self._cell(row, "question")
        if not question:
            self._fault(row, "question", "there is no question.")
        language = self._language(row, question)
        required, acceptable = self._quotes(row, "expected"), self._quotes(row, "acceptable")
        refused = [each for each in required if _plain(each) in _phrases()]
        if refused and (len(required) > 1 or acceptable):
            column = "expected" if len(required) > 1 else "acceptable"
            self._fault(row, column, f"«{refused[0]}» and a quote do not go together; keep one of them.")
        elif not required:
            self._fault(row, "expected", "there is no quote from the policy, nor «ikke i policyen».")
        elif not refused and municipality:
            for column, quotes in (("expected", required), ("acceptable", acceptable)):
                for quote in quotes:
                    self._check_quote(row, column, quote, municipality)
        id_ = self._id(row, municipality)
        if len(self._faults) > before:
            return None
        return EvalQuestion(
            id=id_,
            municipality=municipality,
            language=language,
            kind=self._cell(row, "kind") or "hr",
            status="not_in_policy" if refused else "answered",
            question=question,
            required=() if refused else tuple(required),
            acceptable=() if refused else tuple(acceptable),
        )

    def _cell(self, row: Row, name: str) -> str:
        column = self._columns.get(name, len(row.cells))
        return unicodedata.normalize("NFC", row.cells[column]).strip() if column < len(row.cells) else ""

    def _quotes(self, row: Row, name: str) -> list[str]:
        """One a line or separated by "|", without the bullet before it."""
        parts = re.split(r"[|\r\n]", self._cell(row, name))
        return [quote for part in parts if (quote := re.sub(r"^\s*[-–•*·]\s+", "", part).strip())]

    def _fault(self, row: Row, name: str, reason: str) -> None:
        where = self._table.place(row.number, self._columns.get(name))
        self._faults.append((row.number, f"{where}: {reason}"))

    def _municipality(self, row: Row) -> str:
        given = self._cell(row, "municipality")
        wanted = re.sub(r"kommune$", "", normalised(given).letters)
        for key, name in self._names.items():
            if wanted in (normalised(key).letters, normalised(name).letters):
                return key
        known = ", ".join(sorted(self._names.values()))
        reason = f"«{given}» is not a municipality here" if given else "there is no municipality"
        self._fault(row, "municipality", f"{reason}; there are {known}.")
        return ""

    def _language(self, row: Row, question: str) -> Language:
        given = _plain(self._cell(row, "language"))
        if not given:
            return detect_language(question)
        languages: dict[Language, list[str]] = _data()["languages"]
        for language, names in languages.items():
            if given in names:
                return language
        self._fault(row, "language", f"«{given}» is not a language here; write bokmål, nynorsk or engelsk.")
        return "nb"

    def _id(self, row: Row, municipality: str) -> str:
        id_ = self._cell(row, "id") or f"{municipality}-hr{row.number:03d}"
        if id_ in self._ids:
            other = self._table.place(self._ids[id_])
            self._fault(row, "id", f"the id «{id_}» is already used in {other}.")
        self._ids.setdefault(id_, row.number)
        return id_

    def _check_quote(self, row: Row, column: str, quote: str, municipality: str) -> None:
        name = self._names[municipality]
        if not normalised(quote).letters:
            self._fault(row, column, f"«{quote}» has no letters or digits.")
        elif not occurrences(quote, municipality, self._documents):
            reason = f"«{quote}» does not stand in the documents of {name}."
            elsewhere = [self._names[key] for key in self._names if occurrences(quote, key, self._documents)]
            nearest = nearest_passage(quote, municipality, self._documents)
            if elsewhere:
                reason += f" It stands in those of {', '.join(elsewhere)}."
            reason += f" The nearest passage is «{nearest.text}»" if nearest else " Nothing like it does."
            self._fault(row, column, reason)
        elif len(normalised(quote).letters) <= _SHORT and not self._whole_words(quote, municipality):
            self._fault(row, column, f"«{quote}» stands in the documents of {name} only inside longer words.")

    def _whole_words(self, quote: str, municipality: str) -> bool:
        letters = r"[\W_]*".join(map(re.escape, normalised(quote).letters))
        pattern = re.compile(rf"(?<![^\W_]){letters}(?![^\W_])", re.IGNORECASE)
        own = (each for each in self._documents if each.municipality == municipality)
        return any(pattern.search(unicodedata.normalize("NFC", each.text)) for each in own)


def _columns(table: Table, note: Callable[[str], None]) -> tuple[dict[str, int], list[str]]:
    """Which column holds what, and what is wrong with the headings."""
    names: dict[str, list[str]] = _data()["columns"]
    columns: dict[str, int] = {}
    faults = []
    for column, heading in enumerate(table.headings):
        name = next((name for name, known in names.items() if _plain(heading) in known), None)
        if name in columns:
            faults.append(f"The headings «{table.headings[columns[name]]}» and «{heading}» mean the same.")
        elif name is not None:
            columns[name] = column
        elif heading:
            near = difflib.get_close_matches(_plain(heading), list(chain(*names.values())), 1)
            note(f"The column «{heading}» is not used." + (f" Is it «{near[0]}»?" if near else ""))
    for name in NEEDED:
        if name not in columns:
            found = ", ".join(f"«{heading}»" for heading in table.headings if heading) or "none"
            faults.append(f"There is no column «{names[name][0]}»; the headings are {found}.")
    return columns, faults


def _committed(path: Path, documents: Sequence[Document]) -> list[EvalQuestion]:
    try:
        questions = load_questions(path)
    except QuestionFileError as error:
        raise SetError(path, [str(error)]) from error
    if faults := check_questions(questions, documents):
        raise SetError(path, faults)
    return questions


@cache
def _data() -> dict[str, Any]:
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@cache
def _phrases() -> frozenset[str]:
    phrases: Iterable[str] = _data()["refused"]["phrases"]
    return frozenset(_plain(phrase) for phrase in phrases)


def _plain(text: str) -> str:
    """Lower case, "_" and "*" and punctuation at the ends as spaces, single spaces."""
    bare = re.sub(r"[_*«»\".:()]", " ", unicodedata.normalize("NFC", text).casefold())
    return " ".join(bare.split())


def _warn(message: str) -> None:
    warnings.warn(message, stacklevel=3)
