"""Comparing spans with everything but letters and digits removed, as the contract prescribes.

A line break, a hyphen at a line's end or another kind of quotation mark makes no difference to what
was cited. So quotes and citations are compared as intervals of the document's letters and digits.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from assistant.answer import Citation
from eval.documents import Document


class Interval(NamedTuple):
    """Half-open: ``start <= offset < end``."""

    start: int
    end: int


class Character(NamedTuple):
    """One letter or digit of a document; ``offset`` counts letters and digits before it."""

    municipality: str
    document: str
    offset: int


class NormalisedText:
    """The letters and digits of a text (Unicode NFC, case folded) and where they stand in it.

    >>> text = NormalisedText("Vi er med-\\narbeidere.")
    >>> text.letters
    'viermedarbeidere'
    >>> text.interval(6, 21)  # of "med-\\narbeidere."
    Interval(start=4, end=16)
    >>> text.occurrences("Medarbeidere")
    [Interval(start=4, end=16)]
    """

    def __init__(self, text: str) -> None:
        letters: list[str] = []
        before: list[int] = []  # before[i]: letters and digits in text[:i]
        for cluster in _clusters(text):
            first = len(letters)
            folded = unicodedata.normalize("NFC", cluster).casefold()
            letters.extend(character for character in folded if character.isalnum())
            before.append(first)
            before.extend(len(letters) for _ in cluster[1:])
        before.append(len(letters))
        self.letters = "".join(letters)
        self._before = before

    def interval(self, start: int, end: int) -> Interval:
        """The interval of ``letters`` that ``text[start:end]`` holds; offsets in code points."""
        last = len(self._before) - 1
        return Interval(self._before[min(start, last)], self._before[min(end, last)])

    def occurrences(self, quote: str) -> list[Interval]:
        """Every place in ``letters`` where the quote stands, overlapping ones too.

        Raises ValueError when the quote holds no letter or digit.
        """
        wanted = normalised(quote).letters
        if not wanted:
            raise ValueError(f"a quote without letters or digits: {quote!r}")
        found = []
        start = self.letters.find(wanted)
        while start >= 0:
            found.append(Interval(start, start + len(wanted)))
            start = self.letters.find(wanted, start + 1)
        return found


@lru_cache(maxsize=4096)
def normalised(text: str) -> NormalisedText:
    """``NormalisedText(text)``, kept, since every question asks for the same documents."""
    return NormalisedText(text)


def occurrences(quote: str, municipality: str, documents: Sequence[Document]) -> list[set[Character]]:
    """The characters of each occurrence of ``quote`` in the documents of ``municipality``."""
    return [
        _characters(document, interval)
        for document in documents
        if document.municipality == municipality
        for interval in normalised(document.text).occurrences(quote)
    ]


def is_verbatim(citation: Citation, documents: Sequence[Document]) -> bool:
    """Whether ``quote == document_text[start:end]`` in the very document the citation names."""
    document = _cited_document(citation, documents)
    return document is not None and bool(citation.quote) and _slice(citation, document) == citation.quote


def cited_characters(citations: Iterable[Citation], documents: Sequence[Document]) -> set[Character]:
    """The letters and digits that the citations cover, each once however often it is cited.

    The characters of a citation that is not verbatim are cited too, but lie in no document.
    """
    cited: set[Character] = set()
    for citation in citations:
        document = _cited_document(citation, documents)
        if document is not None and is_verbatim(citation, documents):
            interval = normalised(document.text).interval(citation.start, citation.end)
            cited |= _characters(document, interval)
        else:
            length = len(normalised(citation.quote).letters)
            nowhere = f"not verbatim: {citation.document}: {citation.quote}"
            cited |= {Character(citation.municipality, nowhere, offset) for offset in range(length)}
    return cited


def _clusters(text: str) -> Iterator[str]:
    """Each character with the combining marks that follow it, so that å and a+◌̊ compare equal."""
    start = 0
    for offset in range(1, len(text) + 1):
        if offset == len(text) or not unicodedata.combining(text[offset]):
            yield text[start:offset]
            start = offset


def _characters(document: Document, interval: Interval) -> set[Character]:
    return {Character(document.municipality, document.id, offset) for offset in range(*interval)}


def _cited_document(citation: Citation, documents: Sequence[Document]) -> Document | None:
    named = (citation.municipality, citation.document)
    return next((each for each in documents if (each.municipality, each.id) == named), None)


def _slice(citation: Citation, document: Document) -> str:
    return document.text[citation.start : citation.end]
