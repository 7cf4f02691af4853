"""The entries of ``data/proof.toml`` that stand in a text: operators, modals, roles, words of time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from assistant.phrases import alternatives
from assistant.proof.words import proof_data

GAP = "*"  # in an entry: words that may stand between
MOST_IN_GAP = 4


@dataclass(frozen=True)
class Marker:
    """An entry of ``data/proof.toml`` that stands in a text: its kind, and the words it covers."""

    kind: str
    place: int
    length: int

    @property
    def end(self) -> int:
        return self.place + self.length


Entries = Mapping[str, Sequence[tuple[tuple[str, ...], str]]]


def markers(lower: Sequence[str], entries: Entries) -> Iterator[Marker]:
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
def listed_entries(table: str, language: str) -> Entries:
    return _by_first_word(
        (tuple(phrase.split()), kind)
        for kind, entry in proof_data()[table].items()
        for phrase in alternatives(entry[language])
    )


@cache
def role_entries(language: str) -> Entries:
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
