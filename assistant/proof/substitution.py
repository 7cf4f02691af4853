"""A word of general meaning in place of another word of the quotes.

No lexicon holds every plain rewording. Where all else of a statement is held, a word of the list "general"
in ``data/proof.toml`` may stand for a word of the same sentence of the quotes that nothing else stands for.
With any word so excused, 29 of 638 tampered statements came through instead of 2 (November 2026).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

from assistant.proof.bearing import Bearing, settled
from assistant.proof.claims import Claim
from assistant.proof.glossary import bokmaal_for, english_stem
from assistant.proof.keys import root
from assistant.proof.opposites import sides
from assistant.proof.words import Word, proof_data

FEWEST_HELD = 4  # content words
FEWEST_BESIDE = 2  # held content words in the clause of one substituted, so that it is no claim of its own
FEWEST_FOR_TWO = 9  # content words of a statement in which two may be substituted


def substituted(
    statement: Claim, quotes: Claim, held: Bearing, context: Bearing, content: Sequence[Word]
) -> list[Word]:
    """The words of ``content`` that the quotes lack, where each may stand for one of the quotes."""
    lacking = [w for w in content if not held.places(w) and not context.places(w) and not w.named]
    most = 1 if len(content) < FEWEST_FOR_TWO else 2
    if len(lacking) > most or len(content) - len(lacking) < max(FEWEST_HELD, 3 * len(lacking)):
        return []
    if not all(_is_general(w.lower, statement.english) for w in lacking):
        return []
    if any(sides(w.lower, statement.english) or _has_particle(statement, w) for w in lacking):
        return []
    for word in lacking:
        beside = [w for w in content if w.clause == word.clause and w not in lacking]
        if len(beside) < FEWEST_BESIDE:
            return []
    sentences = {quotes.words[p].sentence for p in settled(statement, quotes, held)}
    used = {p for w in statement.words for p in held.places(w)}
    left = [w for w in quotes.content() if w.sentence in sentences and w.place not in used]
    return lacking if len(left) >= len(lacking) else []


def _is_general(word: str, english: bool) -> bool:
    if english:
        return english_stem(word) in _general_stems()
    return not _general_roots().isdisjoint(root(form) for form in (word, *bokmaal_for(word)))


def _has_particle(statement: Claim, word: Word) -> bool:
    """Whether a word and the next say together another thing than the word alone: "follow up"."""
    following = "".join(w.lower for w in statement.words[word.place + 1 : word.place + 2])
    return f"{word.lower} {following}" in proof_data()["words"]["units"].split("|")


@cache
def _general_stems() -> frozenset[str]:
    return frozenset(english_stem(word) for word in proof_data()["light"]["general"].split())


@cache
def _general_roots() -> frozenset[str]:
    return frozenset(root(word) for word in proof_data()["light"]["general"].split())
