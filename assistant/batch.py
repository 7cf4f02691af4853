"""Many questions from a file, answers to a file: JSONL or CSV, in the same order."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from pydantic import ValidationError
from tqdm import tqdm

from assistant.answer import Answer, Question
from assistant.errors import AskError, BatchError

COLUMNS = ("id", "municipality", "question")
CSV_OUT = (
    "id", "status", "answer", "language", "statements", "citations", "closest", "understood", "answered_by",
    "timing_ms", "error",
)  # fmt: skip


class Answers(Protocol):
    """Anything that answers a question."""

    def ask(self, question: Question) -> Answer: ...


@dataclass(frozen=True)
class Row:
    """One row of the input: its id as given, and the question or what is wrong with the row."""

    id: Any
    question: Question | None
    error: str = ""


def answer_batch(assistant: Answers, source: Path, target: Path) -> int:
    """Answer the questions in ``source`` into ``target``; returns how many rows could not be answered.

    A row that is wrong is reported in its own row (``error``). Raises BatchError when a file cannot be
    read or written, is of another kind than .jsonl or .csv, or lacks a column.
    """
    if target.suffix.lower() not in (".jsonl", ".csv"):
        raise BatchError(f"{target}: answers can be written as .jsonl or .csv.")
    rows = list(read_rows(source))
    failed = 0
    partial = target.with_name(target.name + ".part")
    try:
        # half a surrogate pair, which JSON can escape and UTF-8 cannot hold, is written as that escape
        with partial.open("w", encoding="utf-8", errors="backslashreplace", newline="") as file:
            write = _jsonl_writer(file) if target.suffix.lower() == ".jsonl" else _csv_writer(file)
            for row in tqdm(rows, unit="question", disable=None):
                record = _answer_row(assistant, row)
                failed += "error" in record
                write(record)
        partial.replace(target)
    except OSError as error:
        raise BatchError(f"{target} cannot be written ({error.strerror}).") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)
    return failed


def read_rows(source: Path) -> Iterator[Row]:
    """The rows of a .jsonl or .csv file; raises BatchError when the file as a whole cannot be used."""
    suffix = source.suffix.lower()
    if suffix not in (".jsonl", ".csv"):
        raise BatchError(f"{source}: questions must be in a .jsonl or .csv file.")
    try:
        text = source.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise BatchError(f"{source} cannot be read ({error.strerror}).") from error
    except UnicodeDecodeError as error:
        raise BatchError(
            f"{source} is not UTF-8 (byte {error.start}). Save it as UTF-8 and try again."
        ) from error
    yield from _csv_rows(source, text) if suffix == ".csv" else _jsonl_rows(text)


def _jsonl_rows(text: str) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), start=1):  # U+2028 and the like belong to the text
        if line.strip():
            try:
                yield _row(json.loads(line), f"line {number}")
            except (ValueError, RecursionError) as error:
                yield Row(None, None, f"line {number} is not JSON: {error}")


def _csv_rows(source: Path, text: str) -> Iterator[Row]:
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    csv.field_size_limit(max(csv.field_size_limit(), len(text)))  # a cell too long is its row's error
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter)
    missing = [name for name in COLUMNS if name not in (reader.fieldnames or [])]
    if missing:
        raise BatchError(f"{source} lacks the column {', '.join(missing)}. It needs {', '.join(COLUMNS)}.")
    for record in reader:
        where = f"line {reader.line_num}"
        history = record.get("history") or "[]"
        try:
            yield _row({**record, "history": json.loads(history)}, where)
        except (ValueError, RecursionError):
            yield Row(record["id"], None, f"{where}: history must be a JSON list of turns")


def _row(record: Any, where: str) -> Row:
    if not isinstance(record, dict):
        return Row(None, None, f"{where}: a row must be an object with {', '.join(COLUMNS)}")
    id_ = record.get("id")
    try:
        question = Question.model_validate(
            {name: record.get(name) for name in ("municipality", "question")}
            | {"history": record.get("history") or ()}
        )
    except ValidationError as error:
        fields = ", ".join(dict.fromkeys(str(e["loc"][0]) for e in error.errors()))
        return Row(id_, None, f"{where}: missing or badly formed: {fields}")
    return Row(id_, question)


def _answer_row(assistant: Answers, row: Row) -> dict[str, Any]:
    if row.question is None:
        return {"id": row.id, "error": row.error}
    try:
        return {"id": row.id, **assistant.ask(row.question).model_dump()}
    except AskError as error:
        return {"id": row.id, "error": str(error)}


def _jsonl_writer(file: Any) -> Any:
    def write(record: dict[str, Any]) -> None:
        file.write(json.dumps(record, ensure_ascii=False) + "\n")

    return write


def _csv_writer(file: Any) -> Any:
    writer = csv.DictWriter(file, CSV_OUT, restval="")
    writer.writeheader()

    def write(record: dict[str, Any]) -> None:
        writer.writerow(
            {
                name: json.dumps(value, ensure_ascii=False) if isinstance(value, list | dict) else value
                for name, value in record.items()
            }
        )

    return write
