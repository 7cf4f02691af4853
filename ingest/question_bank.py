"""The question bank: questions that the sentences of a document answer, in a file beside it.

``corpus/<municipality>/<document>.questions.toml`` beside ``<document>.txt``::

    [[answer]]
    quote = ["The words of the document that answer, each a whole sentence or list item."]
    by = "project"      # who wrote the questions; "machine" when a language model did
    approved = true     # questions that nobody has approved are not used
    nb = '''
    one question a line
    '''
    nn = '''…'''
    en = '''…'''

Questions that come near the document and that it does not answer stand there too::

    [[unanswered]]
    about = "how often the talks take place"   # for whoever reads the file
    by = "project"
    approved = true
    nb = '''…'''

Alternate phrasings as FAQ systems keep them; questions added to passages as in doc2query (Nogueira 2019).
A quote that no longer stands in the document leads nowhere: its questions are reported as lost.
"""

from __future__ import annotations

import json
import os
import tomllib
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import BankError
from ingest.passages import Passage, Span

SUFFIX = ".questions.toml"
LANGUAGES = ("nb", "nn", "en")
MACHINE = "machine"  # author of questions that a language model wrote
_FIELDS = {
    "answer": frozenset({"quote", "by", "approved", *LANGUAGES}),
    "unanswered": frozenset({"about", "by", "approved", *LANGUAGES}),
}


@dataclass(frozen=True)
class BankEntry:
    """Questions with the same answer, as the file has them. ``questions`` are (language, text).

    Without ``quotes`` they are questions that the document does not answer; ``about`` says what they ask.
    """

    quotes: tuple[str, ...]
    author: str
    approved: bool
    questions: tuple[tuple[str, str], ...]
    about: str = ""


@dataclass(frozen=True)
class BankQuestion:
    """A question with the spans that answer it, each as (number of the passage, number of the span in it).

    No span when the document does not answer it.
    """

    text: str
    language: str
    answer: tuple[tuple[int, int], ...]


@dataclass(frozen=True)
class QuestionBank:
    """The approved questions of a document, and what became of the others.

    First those that have a place in it, then those that it does not answer.
    """

    questions: tuple[BankQuestion, ...] = ()
    lost: tuple[str, ...] = ()  # quotes that the document does not hold
    waiting: int = 0  # questions that nobody has approved yet

    @property
    def note(self) -> str:
        """What the one who indexes should know, in a few words; "" when all is well."""
        parts = []
        if self.lost:
            first = self.lost[0] if len(self.lost[0]) <= 60 else self.lost[0][:57] + "…"
            parts.append(f"questions lost their place for {len(self.lost)} quotes (first: «{first}»)")
        if self.waiting:
            parts.append(f"{self.waiting} questions wait for approval")
        return "; ".join(parts)


def bank_path(document: Path) -> Path:
    """Where the questions to a document stand."""
    return document.with_suffix(SUFFIX)


def load_bank(document: Path, passages: Sequence[Passage], unapproved: bool = False) -> QuestionBank:
    """The questions to the document at ``document``, led to the spans of its ``passages``.

    Nothing when it has no question file. With ``unapproved``, questions that wait for approval are used
    too. Raises BankError when the file cannot be used.
    """
    path = bank_path(document)
    if not path.exists():
        return QuestionBank()
    places: dict[str, tuple[int, int]] = {}
    for p, passage in enumerate(passages):
        for s, span in enumerate(passage.spans):
            places.setdefault(span_key(span.text), (p, s))
    questions: dict[tuple[str, tuple[tuple[int, int], ...]], BankQuestion] = {}
    lost, waiting = [], 0
    for entry in read_bank(path):
        missing = [quote for quote in entry.quotes if span_key(quote) not in places]
        lost.extend(missing)
        if not (entry.approved or unapproved):
            waiting += len(entry.questions)
        elif len(missing) < len(entry.quotes) or not entry.quotes:
            answer = tuple(places[span_key(q)] for q in entry.quotes if span_key(q) in places)
            for language, text in entry.questions:
                questions.setdefault((text.lower(), answer), BankQuestion(text, language, answer))
    answered_first = sorted(questions.values(), key=lambda question: not question.answer)
    return QuestionBank(tuple(answered_first), tuple(dict.fromkeys(lost)), waiting)


def span_key(text: str) -> str:
    """What tells that two texts are the same words: white space does not count."""
    return " ".join(text.split())


def read_bank(path: Path) -> list[BankEntry]:
    """The entries of a question file as they stand. Raises BankError."""
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BankError(f"{path}: cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BankError(f"{path}: not UTF-8 text. Save it as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise BankError(f"{path}: not valid TOML ({error}).") from error
    if unknown := set(tables) - set(_FIELDS):
        raise BankError(
            f"{path}: unknown table {sorted(unknown)[0]!r}; "
            "there are only [[answer]] and [[unanswered]] tables."
        )
    entries = []
    for kind in _FIELDS:
        listed = tables.get(kind, [])
        if not isinstance(listed, list):
            raise BankError(f"{path}: write [[{kind}]] in double brackets.")
        entries += [
            _entry(table, kind, f"{path}: [[{kind}]] number {n}") for n, table in enumerate(listed, 1)
        ]
    return entries


def _entry(table: Any, kind: str, where: str) -> BankEntry:
    if not isinstance(table, dict):
        raise BankError(f"{where}: not a table. Write [[{kind}]] in double brackets.")
    if unknown := set(table) - _FIELDS[kind]:
        raise BankError(
            f"{where}: unknown field {sorted(unknown)[0]!r}; known are {', '.join(sorted(_FIELDS[kind]))}."
        )
    quotes = _quotes(table.get("quote"), where) if kind == "answer" else ()
    about = table.get("about", "")
    if not isinstance(about, str):
        raise BankError(f'{where}: "about" must be text in quotes.')
    author, approved = table.get("by", ""), table.get("approved", False)
    if not isinstance(author, str) or not isinstance(approved, bool):
        raise BankError(f'{where}: "by" must be text in quotes, "approved" must be true or false.')
    questions: list[tuple[str, str]] = []
    for language in LANGUAGES:
        listed = table.get(language, "")
        if not isinstance(listed, str):
            raise BankError(f"{where}: {language!r} must be text with one question a line.")
        lines = (" ".join(line.split()) for line in listed.splitlines())
        questions.extend((language, line) for line in lines if line)
    return BankEntry(quotes, author, approved, tuple(questions), about)


def _quotes(listed: Any, where: str) -> tuple[str, ...]:
    quotes = [listed] if isinstance(listed, str) else listed
    if (
        not isinstance(quotes, list)
        or not quotes
        or not all(isinstance(q, str) and q.strip() for q in quotes)
    ):
        raise BankError(f'{where}: "quote" must hold words of the document, e.g. quote = ["…"].')
    return tuple(quotes)


def write_bank(path: Path, entries: Iterable[BankEntry], title: str) -> None:
    """Write a question file that ``read_bank`` reads back as ``entries``, in one step.

    What a TOML text of this form cannot hold is replaced: control characters by a space, three apostrophes
    in a row by ’.
    """
    blocks = [f"# Questions that «{_holdable(title)}» answers. To change them, see README.md.\n"]
    for entry in entries:
        quotes = ", ".join(_quoted(quote) for quote in entry.quotes)
        opening = ["[[answer]]", f"quote = [{quotes}]"]
        if not entry.quotes:
            opening = ["[[unanswered]]", f"about = {_quoted(entry.about)}"]
        lines = [*opening, f"by = {_quoted(entry.author)}"]
        lines.append(f"approved = {str(entry.approved).lower()}")
        for language in LANGUAGES:
            texts = [
                _holdable(text).replace("'''", "’") for lang, text in entry.questions if lang == language
            ]
            if texts:
                lines.append("\n".join([f"{language} = '''", *texts, "'''"]))
        blocks.append("\n".join(lines) + "\n")
    fresh = path.with_name(f".{path.name}.new")
    fresh.write_text("\n".join(blocks), encoding="utf-8")
    os.replace(fresh, path)


def _quoted(text: str) -> str:
    return json.dumps(_holdable(text), ensure_ascii=False)


def _holdable(text: str) -> str:
    return span_key("".join(" " if unicodedata.category(c) in ("Cc", "Cs") else c for c in text))


def unasked_spans(passages: Sequence[Passage], entries: Iterable[BankEntry]) -> list[tuple[Passage, Span]]:
    """The spans that no entry of the bank leads to, with their passages, in reading order."""
    asked = {span_key(quote) for entry in entries for quote in entry.quotes}
    return [(p, span) for p in passages for span in p.spans if span_key(span.text) not in asked]
