"""A text read for proof: its words, and the small words among them that decide what it claims.

"Lederen skal ikke følge opp alle" has the words of a leader who follows up everybody; what it claims hangs
on "skal", "ikke" and "alle". ``data/proof.toml`` lists such words by kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from assistant.proof.denial import denied
from assistant.proof.homographs import inverted, misread, reread
from assistant.proof.markers import MOST_IN_GAP, Marker, listed_entries, markers, role_entries
from assistant.proof.words import Word, light_words, proof_data, split_words
from ingest.analysis import compound_parts, lemma

MOST_JOINED = 4  # words between two that are joined by "og"


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


def read_claim(text: str, *, english: bool) -> Claim:
    """``text`` read as English, or as Norwegian."""
    words = split_words(text, english)
    lower = [word.lower for word in words]
    language = "en" if english else "no"
    found = [reread(words, m) for m in markers(lower, listed_entries("operator", language))]
    operators = [m for m in found if not misread(words, m)]
    operators += _denying(words, operators, english)
    operators += () if english else inverted(words)
    modals = markers(lower, listed_entries("modal", language))
    roles = [m for m in markers(lower, role_entries(language)) if m.kind != "none" and not misread(words, m)]
    operators += () if english else _those_who(words, roles)
    return Claim(
        words,
        tuple(sorted(_single_denials(words, operators), key=lambda m: m.place)),
        tuple(m for m in modals if not misread(words, m)),
        tuple(roles),
        english,
    )


def _those_who(words: Sequence[Word], roles: Sequence[Marker]) -> Iterator[Marker]:
    """A "when" of no length where a sentence begins with a role and "som": "ansatte som slutter"."""
    for marker in roles:
        following = words[marker.end : marker.end + 1]
        if words[marker.place].opens and any(w.lower == "som" for w in following):
            yield Marker("when", marker.place, 0)


def _single_denials(words: Sequence[Word], operators: Sequence[Marker]) -> list[Marker]:
    """``operators`` without the "ikke" that belongs to "så lenge … ikke", which is one "unless"."""
    open_ended = [m.end for m in operators if m.kind == "unless" and words[m.place].lower == "så"]
    return [
        m
        for m in operators
        if m.kind != "not" or not any(0 <= m.place - end <= MOST_IN_GAP for end in open_ended)
    ]


def read_quotes(quotes: Sequence[str]) -> Claim:
    """All ``quotes`` as one Norwegian text, each with sentences of its own."""
    return read_claim("\n".join(quotes), english=False)


def time_markers(claim: Claim) -> list[Marker]:
    """The words of time in ``claim``."""
    return [*markers([w.lower for w in claim.words], listed_entries("time", "en" if claim.english else "no"))]


def _denying(words: Sequence[Word], operators: Sequence[Marker], english: bool) -> Iterator[Marker]:
    """A "not" of no length before each word that denies by its prefix ("utydelig", "unclear")."""
    covered = {p for m in operators for p in range(m.place, m.end)}
    for word in words:
        forms = (word.lower,) if english else (word.lower, *compound_parts(lemma(word.lower)))
        if word.place not in covered and any(denied(form, english) for form in forms):
            yield Marker("not", word.place, 0)


def joined(claim: Claim, one: int, other: int) -> bool:
    """Whether two words of ``claim`` are joined by "og" and the like, so that they may change places."""
    first, last = sorted((one, other))
    between = [word.lower for word in claim.words[first + 1 : last]]
    return bool(set(between) & set(proof_data()["swap"]["and"].split())) and len(between) <= MOST_JOINED
