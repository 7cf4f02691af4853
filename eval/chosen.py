"""Which questions a run asks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.candidates import BadChoice
from eval.documents import Document
from eval.questions import EvalQuestion, load_questions

HALVES = ("development", "test", "own")  # "own": a file of HR's


@dataclass(frozen=True)
class Choice:
    """``half`` is "development", "test" or "both"; ``file`` is asked in place of the project's own set."""

    half: str = "both"
    kind: str | None = None
    municipality: str | None = None
    file: Path | None = None

    def load(
        self, corpus: Path | None = None, note: Callable[[str], None] | None = None
    ) -> list[tuple[str, EvalQuestion]]:
        """The chosen questions, each with its half.

        ``corpus`` and ``note`` are for a file of HR's, as ``eval.sets.load_set`` takes them. Raises
        BadChoice when the choice leaves no question, FileNotFoundError, QuestionFileError and SetError.
        """
        every = self._every(corpus, note)
        chosen = [
            (half, question)
            for half, question in every
            if self.municipality in (None, question.municipality) and self.kind in (None, question.kind)
        ]
        if not chosen:
            municipalities = ", ".join(sorted({question.municipality for _, question in every}))
            kinds = ", ".join(sorted({question.kind for _, question in every}))
            raise BadChoice(
                f"There is no question of {self}. Municipalities: {municipalities}. Kinds: {kinds}."
            )
        return chosen

    def gaps(self, documents: Sequence[Document]) -> list[str]:
        """A sentence for each municipality that has documents but no question in a half of the set."""
        if self.file is not None or self.municipality is not None:
            return []
        every = self._every()
        return [
            f"the {half} half holds no question of {municipality}"
            for half in dict.fromkeys(half for half, _ in every)
            for municipality in sorted({document.municipality for document in documents})
            if not any(h == half and q.municipality == municipality for h, q in every)
        ]

    def __str__(self) -> str:
        """In words, for a heading."""
        halves = "both halves" if self.half == "both" else f"the {self.half} half"
        parts = [f"the set {self.file.name}" if self.file else halves]
        parts += [f"kind {self.kind}"] if self.kind else []
        parts += [f"municipality {self.municipality}"] if self.municipality else []
        return ", ".join(parts)

    def _every(
        self, corpus: Path | None = None, note: Callable[[str], None] | None = None
    ) -> list[tuple[str, EvalQuestion]]:
        if self.file is not None:
            from eval.sets import load_set

            return [("own", question) for question in load_set(self.file, corpus, note)]
        if self.half not in ("development", "test", "both"):
            raise BadChoice(f"There is no half {self.half!r}; choose development, test or both.")
        halves = ("development", "test") if self.half == "both" else (self.half,)
        return [(half, question) for half in halves for question in load_questions(half)]
