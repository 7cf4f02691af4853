"""The proof of prose statements, measured: honest ones dropped, tampered ones let through.

``python -m eval.statements [--half development|test] [--show]``. ``eval/statements/SCHEMA.md`` describes
the files. The test half is only counted: its texts are never printed.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from assistant.proof import unproven
from eval.documents import TextDocument, read_documents
from eval.statistics import bootstrap_interval
from ingest.block import bare

FOLDER = Path(__file__).parent / "statements"
CORPUS = Path(__file__).parent.parent / "corpus"
HALVES = ("development", "test")
LANGUAGES = ("nb", "nn", "en")
KINDS = (
    "number_changed",
    "date_changed",
    "number_added",
    "name_swapped",
    "municipalities_merged",
    "negation_inserted",
    "negation_dropped",
    "role_swapped",
    "modality_changed",
    "scope_changed",
    "condition_dropped_or_changed",
    "opposite",
    "claim_added",
)


class StatementFileError(ValueError):
    """A file of statements that does not follow its schema; the message names file and line."""


@dataclass(frozen=True)
class Tampered:
    """An honest statement made wrong in one way."""

    kind: str
    statement: str


@dataclass(frozen=True)
class StatementEntry:
    """A statement with the quotes it was written from, and wrong versions of it."""

    id: str
    municipality: str
    language: str
    question: str
    quotes: tuple[str, ...]
    statement: str
    tampered: tuple[Tampered, ...]


@dataclass(frozen=True)
class Judged:
    """What the proof said of a statement; ``kind`` is "" for an honest one; no ``reasons`` let it through."""

    entry: StatementEntry
    kind: str
    statement: str
    reasons: tuple[str, ...]


def load_statements(half: str) -> list[StatementEntry]:
    """The entries of a half. Raises StatementFileError with the line that is wrong."""
    path = FOLDER / f"{half}.jsonl"
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            raw = json.loads(line)
            tampered = tuple(Tampered(t["kind"], t["statement"]) for t in raw.pop("tampered"))
            entries.append(StatementEntry(**{**raw, "quotes": tuple(raw["quotes"]), "tampered": tampered}))
        except (ValueError, KeyError, TypeError) as error:
            raise StatementFileError(f"{path}, line {number}: {type(error).__name__}") from error
    return entries


def faults(entries: Iterable[StatementEntry], documents: Iterable[TextDocument]) -> list[str]:
    """What is wrong with ``entries``, by id alone: quotes that do not stand in the municipality's documents
    (letters and digits counted; those of no municipality are the project's own text and not looked up), ids
    that come twice, unknown languages and kinds, statements tampered into themselves.
    """
    texts: dict[str, str] = {}
    for document in documents:
        texts[document.municipality] = texts.get(document.municipality, "") + bare(document.text)
    found, seen = [], set()
    for entry in entries:
        if entry.id in seen:
            found.append(f"{entry.id}: comes twice")
        seen.add(entry.id)
        if entry.language not in LANGUAGES:
            found.append(f"{entry.id}: unknown language")
        looked_up = entry.quotes if entry.municipality else ()
        if not entry.quotes or any(bare(q) not in texts.get(entry.municipality, "") for q in looked_up):
            found.append(f"{entry.id}: a quote that does not stand in the documents")
        for tampered in entry.tampered:
            if tampered.kind not in KINDS:
                found.append(f"{entry.id}: unknown kind")
            if tampered.statement == entry.statement:
                found.append(f"{entry.id}: a tampered statement that is the honest one")
    return found


def judge_all(entries: Iterable[StatementEntry]) -> list[Judged]:
    """Every honest and every tampered statement of ``entries``, with what the proof says of it."""
    judged = []
    for entry in entries:
        stated = [("", entry.statement), *((t.kind, t.statement) for t in entry.tampered)]
        judged += [Judged(entry, kind, text, unproven(text, entry.quotes)) for kind, text in stated]
    return judged


def dropped(judged: Iterable[Judged]) -> list[Judged]:
    """The honest statements that were not let through."""
    return [each for each in judged if not each.kind and each.reasons]


def let_through(judged: Iterable[Judged]) -> list[Judged]:
    """The tampered statements that were."""
    return [each for each in judged if each.kind and not each.reasons]


def statements_table(half: str = "development") -> Table:
    """Counts of a half, by kind and language: "3 of 120" are three that went wrong."""
    judged = judge_all(load_statements(half))
    honest = [each for each in judged if not each.kind]
    table = Table(title=f"Statements of the {half} half", title_justify="left")
    for column in ("", "all", *LANGUAGES):
        table.add_column(column, justify="right" if column else "left", no_wrap=True)
    table.add_row("honest, dropped", *_cells(honest, wrong=lambda each: bool(each.reasons)))
    values = [float(bool(each.reasons)) for each in honest]
    low, high = bootstrap_interval(values)
    share = sum(values) / len(values)
    table.add_row("  share, 95 % interval", f"{share:.1%} ({low:.1%}–{high:.1%})", *[""] * len(LANGUAGES))
    table.add_section()
    for kind in KINDS:
        of_kind = [each for each in judged if each.kind == kind]
        table.add_row(f"{kind}, through", *_cells(of_kind, wrong=lambda each: not each.reasons))
    table.add_section()
    tampered = [each for each in judged if each.kind]
    table.add_row("tampered, through", *_cells(tampered, wrong=lambda each: not each.reasons))
    return table


def _cells(judged: Sequence[Judged], wrong: Callable[[Judged], bool]) -> list[str]:
    """ "2 of 40" for all, then for each language."""
    groups = [judged, *([e for e in judged if e.entry.language == language] for language in LANGUAGES)]
    return [f"{sum(map(wrong, group))} of {len(group)}" for group in groups]


def main(arguments: Sequence[str] | None = None) -> int:
    """Check the file, print the table; 1 when the file has faults."""
    parser = argparse.ArgumentParser(prog="python -m eval.statements", description=__doc__)
    parser.add_argument("--half", choices=HALVES, default="development")
    parser.add_argument("--show", action="store_true", help="list what went wrong (development half only)")
    options = parser.parse_args(arguments)
    if options.show and options.half != "development":
        parser.error("--show lists texts, and those of the test half are not to be read")
    console = Console(soft_wrap=True)
    entries = load_statements(options.half)
    wrong = faults(entries, read_documents(CORPUS))
    for fault in wrong:
        console.print(fault, style="red", markup=False)
    if options.show:
        judged = judge_all(entries)
        for each in (*dropped(judged), *let_through(judged)):
            console.print(f"{each.entry.id} {each.kind or 'honest'}: {each.statement}", markup=False)
            console.print(f"    {'; '.join(each.reasons)} | {' // '.join(each.entry.quotes)}", markup=False)
    console.print(statements_table(options.half))
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
