"""A document's lines with what can be seen on each: where it stands, its bullet or number, where pages begin.

Texts that come out of PDF files keep traces of the page: a form feed, or one space before the first
line of a page; wrapped lines often end in a space. These traces are read here and nowhere else.
"""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"

_LINE = re.compile(r"[^\n\f]*(?:\n|\f|$)")
# Bullets: the usual characters, a lone "o" or "*", and the private-use characters that symbol fonts leave.
_BULLET = re.compile(r"(?P<mark>[•◦▪■●○‣⁃∙·➢➤✓]|[\uf000-\uf8ff]|[o*](?=\s))\s*(?=\S)")
_LONE_BULLET = re.compile(r"[•◦▪■●○‣⁃∙·➢➤✓\uf000-\uf8ff]")
_DASH = re.compile(r"(?P<mark>[–—-])\s+(?=\S)")
_NUMBER = re.compile(r"(?P<mark>\d{1,2}(?:\.\d{1,2})*[.)]?(?=\s+[A-ZÆØÅÄÖÉ«“\"])|[a-z]\)(?=\s))\s+")
_URL_ONLY = re.compile(r"(?:https?://|www\.)\S+$")
_PAGE_NUMBER = re.compile(r"(?:side\s+|page\s+)?[-–]?\s*\d{1,3}\s*[-–]?(?:\s*(?:av|of|/)\s*\d{1,3})?$", re.I)
_CONTENTS_ROW = re.compile(r".*(?:\.{4,}|(?:\. ){4,}|…{2,})\s*\d{1,3}$")


@cache
def words_of(name: str) -> frozenset[str]:
    """The word list ``name`` of ``data/structure.toml``."""
    with (DATA / "structure.toml").open("rb") as file:
        return frozenset(tomllib.load(file)[name].split())


@dataclass(frozen=True)
class Line:
    """One line that holds text. Offsets count code points from the beginning of the document."""

    start: int  # first character that is not white space
    end: int  # one past the last such character
    text: str  # what stands between them
    body: int  # offset at which the text begins after a bullet or number; ``start`` when it has none
    mark: str  # the bullet or number, or ""
    blank_before: int  # empty lines since the line before
    wraps: bool  # ends in white space, as lines wrapped by a PDF do
    first_on_page: bool

    @property
    def content(self) -> str:
        return self.text[self.body - self.start :]

    @property
    def numbered(self) -> bool:
        return self.mark[:1].isdigit()

    @property
    def bulleted(self) -> bool:
        return bool(self.mark) and not self.numbered

    @property
    def depth(self) -> int:
        """Depth of a section number: 1 for "2.", 3 for "1.4.2"; 0 without one."""
        return len(re.findall(r"\d+", self.mark)) if self.numbered else 0

    @property
    def opens_lower(self) -> bool:
        first = next((c for c in self.content if c.isalnum()), "")
        return first.islower()

    @property
    def last_word(self) -> str:
        """The word the line ends in, "" when it ends in something else."""
        word = re.search(r"[^\W\d_]+$", self.text)
        return word.group() if word else ""

    @property
    def first_word(self) -> str:
        return self.text.split(maxsplit=1)[0]


def read_lines(text: str) -> list[Line]:
    """All lines of ``text`` that hold something."""
    has_pages = "\f" in text
    begin = 1 if text.startswith("\ufeff") else 0  # a byte order mark is no part of the first line
    raw = [(m.start(), m.group()) for m in _LINE.finditer(text, begin) if m.group()]
    indented = sum(1 for _, line in raw if line[:1] == " " and line.strip())
    filled = sum(1 for _, line in raw if line.strip())
    space_opens_page = not has_pages and 0 < indented <= 0.25 * filled
    dashes = [bool(_DASH.match(line.lstrip())) for _, line in raw if line.strip()]

    lines: list[Line] = []
    blank = index = 0
    page_opens, in_run = True, False  # in_run: the line above began with one space too
    lone = ""  # a bullet that stands on a line of its own, above its text
    for n, (offset, whole) in enumerate(raw):
        stripped = whole.strip()
        if _LONE_BULLET.fullmatch(stripped):
            lone = stripped
            index += 1
        elif stripped:
            lead = len(whole) - len(whole.lstrip())
            below = raw[n + 1][1] if n + 1 < len(raw) else ""
            above_one_space = below[:1] == " " and below[1:2].strip() != ""
            one_space = (
                space_opens_page and whole[0] == " " and (lead == 1 or (lead == 2 and above_one_space))
            )
            hangs = stripped[0].islower() and not blank and below[:1] == " " and below.strip() != ""
            if one_space and not hangs and (blank or not in_run):
                page_opens = True
            in_run = one_space and not hangs
            start = offset + lead
            mark = _BULLET.match(stripped) or _NUMBER.match(stripped)
            led_in = bool(lines) and (
                lines[-1].text.endswith(":")
                or lines[-1].mark[:1] in tuple("–—-")
                or (lines[-1].bulleted and not blank)
            )
            if mark is None and (led_in or sum(dashes[max(0, index - 4) : index + 5]) >= 3):
                # a lone dash belongs to a title; below a colon or a bullet, or with others, it marks an item
                mark = _DASH.match(stripped)
            lines.append(
                Line(
                    start=start,
                    end=start + len(stripped),
                    text=stripped,
                    body=start + (mark.end() if mark else 0),
                    mark=mark["mark"] if mark else lone,
                    blank_before=blank,
                    wraps=whole.rstrip("\r\n\f")[-1:].isspace(),
                    first_on_page=page_opens,
                )
            )
            # below a page number a new page begins
            page_opens, blank = bool(_PAGE_NUMBER.match(stripped)) and blank > 0, 0
            lone = ""
            index += 1
        else:
            blank += 1
        if whole.endswith("\f"):
            page_opens = True
    return lines


def is_furniture(line: Line, neighbours: tuple[Line | None, Line | None]) -> bool:
    """Page numbers, bare web addresses, rows of a table of contents, letters of a word set vertically."""
    if any(shape.match(line.text) for shape in (_URL_ONLY, _PAGE_NUMBER, _CONTENTS_ROW)):
        return True
    scattered = [n for n in neighbours if n is not None and len(n.text) <= 2]
    return len(line.text) <= 2 and bool(scattered)
