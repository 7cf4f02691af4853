"""Blocks: the pieces a document's structure is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from ingest.lines import Line


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    FOOTNOTE = "footnote"
    PULL_QUOTE = "pull_quote"  # repeats words that stand in a paragraph elsewhere
    TEMPLATE = "template"  # a form's label with nothing filled in


BODY = (Kind.PARAGRAPH, Kind.ITEM)
QUOTE_MARKS = ("“", "«", '"', "”")


@dataclass(frozen=True)
class Block:
    """A run of lines that belong together.

    ``fragments`` are (start, end) offsets into the document; more than one when something that does
    not belong to the text (a web address, a page number) stands between.
    """

    kind: Kind
    fragments: tuple[tuple[int, int], ...]
    text: str  # readable: lines joined, hyphenation undone
    lines: tuple[Line, ...] = field(repr=False, default=())
    level: int = 0  # of a heading, 1 is highest
    heading_path: tuple[str, ...] = ()
    page: int = 0  # as far as the text tells; counts from 0

    @property
    def start(self) -> int:
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        return self.fragments[-1][1]


def readable(text: str, fragments: Sequence[tuple[int, int]]) -> str:
    """The characters at ``fragments`` as one line of prose.

    Only white space, symbol-font bullets and the hyphens of wrapped words are changed; a hyphen before
    "og" ("lov- og avtaleverk") or after a capital ("HR-enheten") stays.
    """
    joined = " \n ".join(text[start:end] for start, end in fragments)
    joined = re.sub(r"[\uf000-\uf8ff\ufeff\u00ad]", " ", joined)
    joined = re.sub(r"(?<=[a-zæøåéäö])-\s*\n\s*(?!(?:og|eller|samt|til|and|or)\b)(?=[a-zæøåéäö])", "", joined)
    joined = re.sub(r"(?<=[A-ZÆØÅ0-9])-\s*\n\s*", "-", joined)
    return " ".join(joined.split())


def is_capitals(text: str) -> bool:
    """Whether ``text`` is set in capitals."""
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


def bare(text: str) -> str:
    """Letters and digits of ``text`` alone, case folded: what two settings of the same words share."""
    return "".join(c for c in text.casefold() if c.isalnum())
