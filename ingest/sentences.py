"""Sentences of a block, as exact places in the document."""

from __future__ import annotations

import itertools
import re

from ingest.lines import words_of

# An end mark, perhaps a glued footnote number and a closing quotation mark, then space and a beginning.
_END = re.compile(r"[.!?…]\d{0,2}[”»\")]*(?=\s+[A-ZÆØÅÄÖÉ«“\"(–—-]|\s+\d)")
_WORD_BEFORE = re.compile(r"[^\s(«“\"]+$")


def split_sentences(text: str, fragments: tuple[tuple[int, int], ...]) -> list[tuple[tuple[int, int], ...]]:
    """Cut the characters of ``text`` at ``fragments`` into sentences.

    Returns one tuple of (start, end) offsets for each sentence; a sentence that runs over a break
    between two fragments keeps both parts. Offsets never include surrounding white space.
    """
    joined = "\n".join(text[start:end] for start, end in fragments)
    bounds = [0]
    for match in _END.finditer(joined):
        if not _is_abbreviation(joined[bounds[-1] : match.start() + 1]):
            bounds.append(match.end())
    bounds.append(len(joined))
    sentences = []
    for begin, stop in itertools.pairwise(bounds):
        parts = _place(text, fragments, begin, stop)
        if parts:
            sentences.append(parts)
    return sentences


def _is_abbreviation(so_far: str) -> bool:
    """Whether the dot that ``so_far`` ends in belongs to an abbreviation, an initial or an ordinal number."""
    match = _WORD_BEFORE.search(so_far[:-1])
    if so_far[-1] != "." or match is None:
        return False
    word = match.group().rstrip(".").lower()
    return word in words_of("abbreviations") or bool(re.fullmatch(r"[a-zæøå]|\d{1,2}", word))


def _place(
    text: str, fragments: tuple[tuple[int, int], ...], begin: int, stop: int
) -> tuple[tuple[int, int], ...]:
    """Offsets in the document of ``joined[begin:stop]``, fragments being joined by one character."""
    parts = []
    at = 0
    for start, end in fragments:
        low, high = max(begin, at), min(stop, at + end - start)
        if low < high:
            piece_start, piece_end = start + low - at, start + high - at
            piece = text[piece_start:piece_end]
            piece_start += len(piece) - len(piece.lstrip())
            piece_end -= len(piece) - len(piece.rstrip())
            if piece_start < piece_end:
                parts.append((piece_start, piece_end))
        at += end - start + 1
    return tuple(parts)
