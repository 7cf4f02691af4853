"""The words of a text, once the traces of the page are undone."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from typing import Any

from assistant.phrases import load_data
from ingest.analysis import stopwords

_WORD = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d+(?:[.,]\d+)+|[^\W_]+(?:[-’'][^\W_]+)*")
_PUNCTUATION = re.compile(r"[,;:()–—\n•]|\.(?=\s|$)|[!?]")
_SENTENCE = re.compile(r"[.!?;](?=\s|$)|\n|•|[\uf000-\uf8ff]")


@dataclass(frozen=True)
class Word:
    """A word of a text. ``clause`` and ``sentence`` are counted through the whole text."""

    text: str
    lower: str
    place: int
    sentence: int
    clause: int
    opens: bool  # whether it is the first of its sentence

    @property
    def named(self) -> bool:
        """Whether it is written as a name: a capital inside a sentence, or several capitals."""
        capitals = sum(c.isupper() for c in self.text)
        return capitals > 1 or (capitals == 1 and self.text[0].isupper() and not self.opens)

    @property
    def numeric(self) -> bool:
        return self.text[0].isdigit()


@cache
def proof_data() -> dict[str, Any]:
    """``data/proof.toml``."""
    return load_data("proof")


@cache
def light_words() -> frozenset[str]:
    """Words that carry no claim of their own."""
    light = proof_data()["light"]
    return stopwords() | frozenset(light["no"].split()) | frozenset(light["en"].split())


def tidy(text: str) -> str:
    """``text`` without the traces of the page: hyphens of wrapped words, footnote numbers, joined words."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[\u00ad\ufeff]", "", text)
    text = _abbreviation().sub(lambda match: match[0].replace(".", ""), text)
    text = re.sub(r"(?<=\d)[ \u00a0]?%", " prosent", text)
    text = re.sub(r"(?<=[a-zæøå])-\s+(?!(?:og|eller|samt|til|and|or)\b)(?=[a-zæøå])", "", text)
    text = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ][a-zæøå]{2})", " \n ", text)
    text = re.sub(r"(?<=[a-zæøå]{3})\d{1,2}\b", " ", text)
    text = re.sub(r"(?<=\d{4})[-–](?=\d)", " ", text)
    return re.sub(r"(?<=\b\d)[ \u00a0](?=\d{3}\b)|(?<=\b\d\d)[ \u00a0](?=\d{3}\b)", "", text)


@cache
def _abbreviation() -> re.Pattern[str]:
    listed = "|".join(map(re.escape, proof_data()["words"]["abbreviations"].split()))
    return re.compile(rf"\b(?:{listed})\.(?=\s)")


def split_words(text: str, english: bool) -> tuple[Word, ...]:
    text = tidy(text)
    if english:
        text = re.sub(r"(?<=\d),(?=\d{3}\b)", "", text)
        text = re.sub(r"(?<=[A-Za-z])-(?=[A-Za-z])", " ", text)
    openers = proof_data()["words"]["clause"].split()
    found: list[Word] = []
    sentence = clause = end = 0
    for match in _WORD.finditer(text):
        between = text[end : match.start()]
        opens = not found or bool(_SENTENCE.search(between))
        sentence += bool(found) and opens
        clause += bool(found) and (bool(_PUNCTUATION.search(between)) or opens)
        lower = match[0].lower().replace("’", "'")
        if english:
            lower = lower.removesuffix("'s")
        if lower in openers and found:
            clause += 1
        found.append(Word(match[0], lower, len(found), sentence, clause, opens))
        end = match.end()
    return tuple(found)
