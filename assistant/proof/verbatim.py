"""A statement nearly word for word: the word that differs may be no other role, number or modal.

"Samspill mellom ledere, medarbeidere og tillitsvalgte" holds every word of "samspill mellom medarbeidere,
medarbeidere og tillitsvalgte". Laid beside each other, word by word, they show what was put in whose place.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from rapidfuzz.distance import Levenshtein

from assistant.proof.agents import AUTHOR
from assistant.proof.bearing import Bearing
from assistant.proof.claims import Claim
from assistant.proof.numerals import dates, numbers
from assistant.proof.strength import forbids
from assistant.proof.words import Word, proof_data

LEAST_ALIKE = 0.7  # of the statement's words that stand in the same order in a sentence of the quotes
FEWEST_ALIKE = 3  # words


def changed_words(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Roles, numbers and modals that stand where a sentence of the quotes, else nearly alike, has others."""
    if statement.english:
        return
    for own in _sentences(statement):
        pairs = [_replaced(own, theirs, held) for theirs in _sentences(quotes)]
        near = [found for found in pairs if found is not None]
        for word, other in min(near, key=len, default=[]):
            if _differs(statement, word, quotes, other):
                yield f"another word in the quotes: {word.text}"


def _sentences(claim: Claim) -> list[list[Word]]:
    found: dict[int, list[Word]] = {}
    for word in claim.words:
        found.setdefault(word.sentence, []).append(word)
    return list(found.values())


def _replaced(own: Sequence[Word], theirs: Sequence[Word], held: Bearing) -> list[tuple[Word, Word]] | None:
    """The words of one sentence with those that stand in their place in the other; None when too little is
    alike.
    """
    at = {word.place: word.lower for word in theirs}
    spelt = [next((at[p] for p in sorted(held.same.get(w.place, ())) if p in at), w.lower) for w in own]
    spelt = [
        word.lower if word.lower in at.values() else other for word, other in zip(own, spelt, strict=True)
    ]
    pairs: list[tuple[Word, Word]] = []
    alike = 0
    for step in Levenshtein.opcodes(spelt, [word.lower for word in theirs]):
        if step.tag == "equal":
            alike += step.src_end - step.src_start
        elif step.tag == "replace":
            others = theirs[step.dest_start : step.dest_end]
            pairs += zip(own[step.src_start : step.src_end], others, strict=False)
    return pairs if alike >= max(FEWEST_ALIKE, LEAST_ALIKE * len(own)) else None


def _differs(statement: Claim, word: Word, quotes: Claim, other: Word) -> bool:
    """Whether two words are of one sort (role, number, modal) and do not say the same."""
    own, theirs = _kinds(statement, word, "roles"), _kinds(quotes, other, "roles")
    if own and theirs:
        return not own & theirs and AUTHOR not in own | theirs and "you" not in own
    own, theirs = _kinds(statement, word, "modals"), _kinds(quotes, other, "modals")
    if own and theirs:
        if forbids(statement, word.place) and forbids(quotes, other.place):
            return False
        allowed = proof_data()["strength"]
        return not any(theirs & set(allowed.get(kind, "").split()) for kind in own)
    if word.place in {p for date in dates(statement) for p in range(date.first, date.last + 1)}:
        return False
    values, written = numbers(statement).get(word.place), numbers(quotes).get(other.place)
    return bool(values and written and not values & written)


def _kinds(claim: Claim, word: Word, sort: str) -> set[str]:
    return {m.kind for m in getattr(claim, sort) if m.place == word.place}
