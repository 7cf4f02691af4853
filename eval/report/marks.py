"""Gold and given quotes highlighted where they stand in a document's own text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from assistant.answer import Citation
from eval.documents import Document
from eval.questions import EvalQuestion
from eval.spans import is_verbatim, normalised

CONTEXT = 300  # characters shown on either side
LONG, KEPT = 900, 300  # a stretch of one colour longer than LONG shows KEPT characters of each end
PLACES = 8  # excerpts shown at most
REQUIRED, ACCEPTABLE, GIVEN = 1, 2, 4
CLASSES = {REQUIRED: "required", ACCEPTABLE: "acceptable", GIVEN: "given"}


@dataclass(frozen=True)
class Piece:
    """Text under the same marks; ``left_out`` counts the characters it stands for when it is cut."""

    text: str
    classes: str = ""
    left_out: int = 0


@dataclass(frozen=True)
class Excerpt:
    """``document.text[start:end]`` in pieces."""

    municipality: str
    document: str
    start: int
    end: int
    pieces: tuple[Piece, ...]
    cut_before: bool
    cut_after: bool


def excerpts(
    question: EvalQuestion, citations: Sequence[Citation], documents: Sequence[Document]
) -> tuple[list[Excerpt], int]:
    """The places where gold or given quotes stand, at most PLACES, and how many more there are.

    Of a gold quote that stands in several places those that were given are shown, else the first.
    A citation that is not verbatim stands nowhere; another municipality's is shown in its own document.
    """
    found: list[Excerpt] = []
    for document in documents:
        marks = bytearray(len(document.text))
        given = [c for c in citations if _is_of(c, document) and is_verbatim(c, documents)]
        for citation in given:
            _mark(marks, citation.start, citation.end, GIVEN)
        shown = [(citation.start, citation.end) for citation in given]
        if document.municipality == question.municipality:
            for quotes, bit in ((question.required, REQUIRED), (question.acceptable, ACCEPTABLE)):
                for quote in quotes:
                    places = quote_places(quote, document)
                    hit = [place for place in places if any(marks[i] & GIVEN for i in range(*place))]
                    shown += hit or (places[:1] if bit == REQUIRED else [])
                    for place in places:
                        _mark(marks, *place, bit)
        found += [_excerpt(document, marks, start, end) for start, end in _windows(shown, document.text)]
    return found[:PLACES], max(0, len(found) - PLACES)


def quote_places(quote: str, document: Document) -> list[tuple[int, int]]:
    """Where ``quote`` stands, letters and digits compared, as offsets in code points of the text."""
    text = normalised(document.text)
    offsets = range(len(document.text) + 1)

    def before(offset: int) -> int:
        return text.interval(0, offset).end

    return [
        (bisect_right(offsets, start, key=before) - 1, bisect_left(offsets, end, key=before))
        for start, end in text.occurrences(quote)
    ]


def _is_of(citation: Citation, document: Document) -> bool:
    return (citation.municipality, citation.document) == (document.municipality, document.id)


def _mark(marks: bytearray, start: int, end: int, bit: int) -> None:
    for offset in range(max(0, start), min(end, len(marks))):
        marks[offset] |= bit


def _windows(shown: Sequence[tuple[int, int]], text: str) -> list[tuple[int, int]]:
    """The stretches with CONTEXT characters around, to whole words, those that meet joined."""
    windows: list[tuple[int, int]] = []
    for first, last in sorted(shown):
        start, end = max(0, first - CONTEXT), min(len(text), last + CONTEXT)
        while 0 < start < first and not text[start - 1].isspace():
            start += 1
        while last < end < len(text) and not text[end].isspace():
            end -= 1
        while start < first and text[start].isspace():
            start += 1
        if windows and start <= windows[-1][1]:
            windows[-1] = windows[-1][0], max(end, windows[-1][1])
        else:
            windows.append((start, end))
    return windows


def _excerpt(document: Document, marks: bytearray, start: int, end: int) -> Excerpt:
    pieces: list[Piece] = []
    for mask, run in groupby(range(start, end), key=lambda offset: marks[offset]):
        offsets = list(run)
        text = document.text[offsets[0] : offsets[-1] + 1]
        classes = " ".join(name for bit, name in CLASSES.items() if mask & bit)
        if len(text) > LONG:
            pieces.append(Piece(text[:KEPT], classes))
            pieces.append(Piece("", classes, len(text) - 2 * KEPT))
            pieces.append(Piece(text[-KEPT:], classes))
        else:
            pieces.append(Piece(text, classes))
    return Excerpt(
        municipality=document.municipality,
        document=document.id,
        start=start,
        end=end,
        pieces=tuple(pieces),
        cut_before=start > 0,
        cut_after=end < len(document.text),
    )
