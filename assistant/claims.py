"""A text read for proof: its words, and the small words among them that decide what it claims.

"Lederen skal ikke følge opp alle" has the words of a leader who follows up everybody; what it claims hangs
on "skal", "ikke" and "alle". ``data/proof.toml`` lists such words by kind.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import simplemma

from assistant.glossary import english_stem, english_vocabulary
from assistant.phrases import alternatives, load_data
from ingest.analysis import compound_parts, lemma, stopwords

_WORD = re.compile(r"\d{1,2}\.\d{1,2}\.\d{4}|\d+(?:[.,]\d+)+|[^\W_]+(?:[-’'][^\W_]+)*")
_PUNCTUATION = re.compile(r"[,;:()–—\n•]|\.(?=\s|$)|[!?]")
_SENTENCE = re.compile(r"[.!?;](?=\s|$)|\n|•|[\uf000-\uf8ff]")
GAP = "*"  # in an entry: words that may stand between
MOST_IN_GAP = 4
MOST_JOINED = 4  # words between two that are joined by "og"
_SHORTEST_BASE = 4  # letters of a word that "u" or "un" denies


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


@dataclass(frozen=True)
class Marker:
    """An entry of ``data/proof.toml`` that stands in a text: its kind, and the words it covers."""

    kind: str
    place: int
    length: int

    @property
    def end(self) -> int:
        return self.place + self.length


@dataclass(frozen=True)
class Claim:
    """A text as it is read for proof."""

    words: tuple[Word, ...]
    operators: tuple[Marker, ...]  # not, only, all, if, at least …
    modals: tuple[Marker, ...]  # may, should, shall, must …
    roles: tuple[Marker, ...]  # leader, employee, you …
    english: bool

    def content(self) -> tuple[Word, ...]:
        """The words that say what it is about: no function word, operator, modal or number."""
        return tuple(word for word in self.words if self.is_content(word))

    def is_content(self, word: Word) -> bool:
        if word.place in self._covered() or word.numeric:
            return False
        if word.lower in proof_data()["light"]["last"].split():
            following = self.words[word.place + 1 : word.place + 2]
            return (
                not following or following[0].clause != word.clause or following[0].lower in ("og", "eller")
            )
        if word.lower in proof_data()["light"]["document"].split() and self._is_subject(word):
            return False
        light = word.lower in light_words() or (not self.english and lemma(word.lower) in light_words())
        return not light or word.named

    def _is_subject(self, word: Word) -> bool:
        """Whether a word stands before the first modal or "er" of its sentence, or right after it."""
        modal = {m.place for m in self.modals}
        pivots = proof_data()["swap"]["pivot"].split()
        first = next(
            (
                w.place
                for w in self.words
                if w.sentence == word.sentence and (w.place in modal or w.lower in pivots)
            ),
            None,
        )
        return first is not None and word.place <= first + 1

    def _covered(self) -> frozenset[int]:
        free = {name for name, entry in proof_data()["operator"].items() if entry.get("free")}
        marked = [*(m for m in self.operators if m.kind not in free), *self.modals]
        prefixed = {m.place for m in self.operators if m.kind == "not" and m.length == 0}
        return frozenset(p for m in marked for p in range(m.place, m.end)) - prefixed


@cache
def proof_data() -> dict[str, Any]:
    """``data/proof.toml``."""
    return load_data("proof")


@cache
def light_words() -> frozenset[str]:
    """Words that carry no claim of their own."""
    light = proof_data()["light"]
    return stopwords() | frozenset(light["no"].split()) | frozenset(light["en"].split())


def read_claim(text: str, *, english: bool) -> Claim:
    """``text`` read as English, or as Norwegian."""
    words = _words(text, english)
    lower = [word.lower for word in words]
    language = "en" if english else "no"
    operators = [*_markers(lower, _entries("operator", language))]
    operators += _denying(words, operators, english)
    return Claim(
        words,
        tuple(sorted(operators, key=lambda m: m.place)),
        tuple(m for m in _markers(lower, _entries("modal", language)) if not _is_may_month(words, m)),
        tuple(_markers(lower, _role_entries(language))),
        english,
    )


def _is_may_month(words: Sequence[Word], marker: Marker) -> bool:
    word = words[marker.place]
    following = words[marker.end : marker.end + 1]
    return word.text == "May" and (not word.opens or any(w.numeric for w in following))


def read_quotes(quotes: Sequence[str]) -> Claim:
    """All ``quotes`` as one Norwegian text, each with sentences of its own."""
    return read_claim("\n".join(quotes), english=False)


def tidy(text: str) -> str:
    """``text`` without the traces of the page: hyphens of wrapped words, footnote numbers, joined words."""
    text = unicodedata.normalize("NFC", text)
    text = re.sub(r"[\u00ad\ufeff]", "", text)
    text = re.sub(r"(?<=[a-zæøå])-\s+(?!(?:og|eller|samt|til|and|or)\b)(?=[a-zæøå])", "", text)
    text = re.sub(r"(?<=[a-zæøå])(?=[A-ZÆØÅ][a-zæøå]{2})", " \n ", text)
    text = re.sub(r"(?<=[a-zæøå]{3})\d{1,2}\b", " ", text)
    text = re.sub(r"(?<=\d{4})[-–](?=\d)", " ", text)
    return re.sub(r"(?<=\b\d)[ \u00a0](?=\d{3}\b)|(?<=\b\d\d)[ \u00a0](?=\d{3}\b)", "", text)


def _words(text: str, english: bool) -> tuple[Word, ...]:
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


Entries = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


def _markers(lower: Sequence[str], entries: Entries) -> Iterator[Marker]:
    """The entries that stand in a text, the longest first at each place, none inside another."""
    place = 0
    while place < len(lower):
        fitting = [(p, k) for p, k in entries.get(lower[place], ()) if _stands(p, lower, place)]
        best = max((_firmness(phrase) for phrase, _ in fitting), default=(1, 0))
        covered = 1
        for phrase, kind in fitting:
            if _firmness(phrase) == best:
                covered = phrase.index(GAP) if GAP in phrase else len(phrase)
                yield Marker(kind, place, covered)
        place += covered - 1
        place += 1


def _firmness(phrase: tuple[str, ...]) -> tuple[int, int]:
    """The longer the better, with a GAP worse than without."""
    return len(phrase), -phrase.count(GAP)


def _stands(phrase: tuple[str, ...], lower: Sequence[str], place: int) -> bool:
    """Whether ``phrase`` begins at ``place``; its GAP is one to four words."""
    if GAP not in phrase:
        return tuple(lower[place : place + len(phrase)]) == phrase
    cut = phrase.index(GAP)
    first, last = phrase[:cut], phrase[cut + 1 :]
    if tuple(lower[place : place + cut]) != first:
        return False
    starts = range(place + cut + 1, place + cut + 1 + MOST_IN_GAP)
    return any(tuple(lower[start : start + len(last)]) == last for start in starts)


@cache
def _entries(table: str, language: str) -> Entries:
    return _by_first_word(
        (tuple(phrase.split()), kind)
        for kind, entry in proof_data()[table].items()
        for phrase in alternatives(entry[language])
    )


def time_markers(claim: Claim) -> list[Marker]:
    """The words of time in ``claim``."""
    return [*_markers([w.lower for w in claim.words], _entries("time", "en" if claim.english else "no"))]


@cache
def _role_entries(language: str) -> Entries:
    listed: list[tuple[tuple[str, ...], str]] = [
        ((form,), kind) for kind, entry in proof_data()["role"].items() for form in entry[language].split()
    ]
    if language == "en":
        for each in alternatives(proof_data()["roles"]["phrases"]):
            kind, phrase = each.split(":")
            listed.append((tuple(phrase.split()), kind))
    return _by_first_word(listed)


def _by_first_word(listed: Iterable[tuple[tuple[str, ...], str]]) -> Entries:
    table: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for phrase, kind in sorted(listed, key=lambda entry: (-len(entry[0]), entry)):
        table.setdefault(phrase[0], []).append((phrase, kind))
    return table


def _denying(words: Sequence[Word], operators: Sequence[Marker], english: bool) -> Iterator[Marker]:
    """A "not" of no length before each word that denies by its prefix ("utydelig", "unclear")."""
    covered = {p for m in operators for p in range(m.place, m.end)}
    for word in words:
        forms = (word.lower,) if english else (word.lower, *compound_parts(lemma(word.lower)))
        if word.place not in covered and any(denied(form, english) for form in forms):
            yield Marker("not", word.place, 0)


def denied(word: str, english: bool) -> str:
    """What a lower-case word denies by its prefix, "" when it denies nothing.

    >>> denied("utydelig", english=False), denied("utvikle", english=False), denied("unclear", english=True)
    ('tydelig', '', 'clear')
    """
    if english:
        listed = _english_denials()
        if word in listed:
            return listed[word]
        base = word.removeprefix("un").removeprefix("-")
        plain = base == word or len(base) < _SHORTEST_BASE or word in _not_denying()
        return "" if plain or english_stem(base) not in english_vocabulary() else base
    base = word.removeprefix("u")
    if base == word or len(base) < _SHORTEST_BASE or word in _not_denying() or base[0] in "tn":
        return base if word in _denying_exceptions() else ""
    return base if any(simplemma.is_known(base, lang=language) for language in ("nb", "nn")) else ""


@cache
def _english_denials() -> dict[str, str]:
    listed = proof_data()["prefix"]["english"].split()
    return {entry.split(":")[0]: entry.split(":")[1] for entry in listed}


@cache
def _not_denying() -> frozenset[str]:
    prefix = proof_data()["prefix"]
    return frozenset(f"{prefix['not_denying']} {prefix['not_denying_english']}".split())


@cache
def _denying_exceptions() -> frozenset[str]:
    return frozenset(proof_data()["prefix"]["denying"].split())


def joined(claim: Claim, one: int, other: int) -> bool:
    """Whether two words of ``claim`` are joined by "og" and the like, so that they may change places."""
    first, last = sorted((one, other))
    between = [word.lower for word in claim.words[first + 1 : last]]
    return bool(set(between) & set(proof_data()["swap"]["and"].split())) and len(between) <= MOST_JOINED
