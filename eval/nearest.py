"""The passage of a document that is most like a text which does not stand in it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from eval.documents import Document

_WORD = re.compile(r"[^\W_]+")
_END = re.compile(r"[.!?:](?=\s)|\n\s*\n|\n(?=\s*[•–-])")
_REACH = 100  # characters a passage is lengthened by at most, to begin and end with a sentence
_ENOUGH = 0.4  # below this the passage has nothing to do with the text; found by looking at misquotes


class Passage(NamedTuple):
    """A stretch of a document on one line; ``likeness`` from 0 to 1."""

    document: str
    text: str
    likeness: float


def nearest_passage(text: str, municipality: str, documents: Sequence[Document]) -> Passage | None:
    """The stretch of the municipality's documents that shares most letter trigrams with ``text``.

    Windows of as many words as ``text`` has; likeness is Dice's coefficient (1945) of the trigrams. None
    when nothing is at all like it.
    """
    best: Passage | None = None
    for document in documents:
        if document.municipality == municipality:
            found = _nearest(text, document)
            if found and found.likeness >= max(_ENOUGH, best.likeness if best else 0):
                best = found
    return best


def _nearest(text: str, document: Document) -> Passage | None:
    wanted = [_trigrams(word) for word in _WORD.findall(text)]
    target: Counter[str] = sum(wanted, Counter())
    spans = [match.span() for match in _WORD.finditer(document.text)]
    if not wanted or not spans:
        return None
    grams = [_trigrams(document.text[start:end]) for start, end in spans]
    width = min(len(wanted), len(spans))
    window: Counter[str] = Counter()
    shared = size = 0
    best = (0.0, 0)
    for last, entering in enumerate(grams):
        for gram, count in entering.items():
            shared += min(target[gram], window[gram] + count) - min(target[gram], window[gram])
            window[gram] += count
            size += count
        if last >= width:
            for gram, count in grams[last - width].items():
                shared -= min(target[gram], window[gram]) - min(target[gram], window[gram] - count)
                window[gram] -= count
                size -= count
        if last >= width - 1:
            best = max(best, (2 * shared / (size + target.total()), -(last - width + 1)))
    likeness, first = best[0], -best[1]
    within = [n for n in range(first, first + width) if _foreign(grams[n], target) < 0.5]
    if not within:
        return None
    start, end = spans[within[0]][0], spans[within[-1]][1]
    return Passage(document.id, _whole(document.text, start, end), likeness)


def _whole(text: str, start: int, end: int) -> str:
    """The stretch with its first and last sentence made whole, where that takes few characters."""
    before = text[max(0, start - _REACH) : start]
    ends = [match.end() for match in _END.finditer(before)]
    if ends:
        start -= len(before) - ends[-1]
    after = _END.search(text[end - 1 : end + _REACH])
    if after:
        end += after.end() - 1
    return " ".join(text[start:end].split())


def _foreign(grams: Counter[str], target: Counter[str]) -> float:
    """Share of a word's trigrams that the text does not have; such words at the edges are left out."""
    return (grams - target).total() / grams.total()


def _trigrams(word: str) -> Counter[str]:
    padded = f" {word.casefold()} "
    return Counter(padded[i : i + 3] for i in range(len(padded) - 2))
