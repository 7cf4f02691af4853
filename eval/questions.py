"""The evaluation questions: one JSON object a line, a file a municipality, a folder a half."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from pydantic import ConfigDict, TypeAdapter, ValidationError

from assistant.answer import Language, Question, Status, Turn
from eval.documents import Document
from eval.spans import occurrences

QUESTIONS = Path(__file__).parent / "questions"


class QuestionFileError(ValueError):
    """A question file that cannot be read; the message begins with file and line."""


@dataclass(frozen=True)
class EvalQuestion:
    """A question and what a good answer to it cites.

    ``required`` and ``acceptable`` are verbatim quotes from the municipality's documents: the first
    must be cited, the second may be. ``status`` is the status a right answer has.
    """

    id: str
    municipality: str
    language: Language
    kind: str
    status: Status
    question: str
    history: tuple[Turn, ...] = ()
    required: tuple[str, ...] = ()
    acceptable: tuple[str, ...] = ()
    must_mention: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    @property
    def answerable(self) -> bool:
        """Whether the documents hold an answer."""
        return self.status == "answered"

    def as_asked(self) -> Question:
        """What the assistant gets to see."""
        return Question(municipality=self.municipality, question=self.question, history=self.history)


_LINE = TypeAdapter(EvalQuestion)


def load_questions(
    path_or_half: str | Path, municipality: str | None = None, kind: str | None = None
) -> list[EvalQuestion]:
    """The questions of a ``.jsonl`` file, of a folder of them, or of a half such as ``"development"``.

    ``municipality`` and ``kind`` narrow the choice. Raises FileNotFoundError when there is nothing
    there, QuestionFileError when a line is wrong, ValueError when the choice leaves no question.
    """
    questions = [question for file in _files(path_or_half) for question in _read(file)]
    chosen = [
        question
        for question in questions
        if municipality in (None, question.municipality) and kind in (None, question.kind)
    ]
    if not chosen:
        municipalities = ", ".join(sorted({question.municipality for question in questions}))
        kinds = ", ".join(sorted({question.kind for question in questions}))
        raise ValueError(
            f"no question in {path_or_half} with municipality {municipality or 'any'} and kind "
            f"{kind or 'any'}; municipalities: {municipalities}; kinds: {kinds}"
        )
    return chosen


def check_questions(questions: Sequence[EvalQuestion], documents: Sequence[Document]) -> list[str]:
    """What is wrong with the questions, one sentence a fault; an empty list when all is well.

    Ids are unique; every quote occurs, letters and digits compared, in the question's municipality;
    answerable questions have a required quote and the others none.
    """
    counts = Counter(question.id for question in questions)
    faults = [f"{key}: the id is used {count} times" for key, count in counts.items() if count > 1]
    for question in questions:
        if question.answerable != bool(question.required):
            has = "has no required quote" if question.answerable else "has required quotes"
            faults.append(f"{question.id}: status is {question.status} but it {has}")
        for quote in (*question.required, *question.acceptable):
            if not occurrences(quote, question.municipality, documents):
                faults.append(f"{question.id}: not in {question.municipality}'s documents: {quote!r}")
    return faults


def _files(path_or_half: str | Path) -> list[Path]:
    """The question files meant, in order of name."""
    path = QUESTIONS / path_or_half if isinstance(path_or_half, str) else path_or_half
    if not path.exists():
        path = Path(path_or_half)
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.exists() else []
    if not files:
        halves = ", ".join(sorted(half.name for half in QUESTIONS.iterdir() if half.is_dir()))
        raise FileNotFoundError(
            f"no questions: {path_or_half} is no .jsonl file, no folder of them and no half; halves: {halves}"
        )
    return files


def _read(file: Path) -> Iterator[EvalQuestion]:
    """The questions of one file; blank lines are skipped."""
    for number, line in enumerate(file.read_text(encoding="utf-8").split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield _LINE.validate_python(json.loads(line))
        except json.JSONDecodeError as error:
            raise QuestionFileError(f"{file}:{number}: not JSON: {error}") from error
        except ValidationError as error:
            raise QuestionFileError(f"{file}:{number}: {_reasons(error)}") from error


def _reasons(error: ValidationError) -> str:
    """The fields at fault and why, in one line."""
    reasons: Iterable[str] = (
        f"{'.'.join(map(str, fault['loc'])) or 'line'}: {fault['msg']}" for fault in error.errors()
    )
    return "; ".join(reasons)
