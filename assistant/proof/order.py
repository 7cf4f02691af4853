"""Order: what a sentence is about and what it says of it may not change places.

"Planen er grunnlaget for strategien" and "Strategien er grunnlaget for planen" have the same words. Where
"er" or a modal parts a statement as it parts the quote, words may not have gone from either side to the
other.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrases import alternatives
from assistant.proof.agents import passive
from assistant.proof.bearing import Bearing
from assistant.proof.claims import Claim
from assistant.proof.markers import Marker
from assistant.proof.words import Word, proof_data


def changed_order(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """The subjects of the statement that the quotes have on the other side, with theirs on this side."""
    theirs = _parted(quotes)
    for before, after, voice in _parted(statement):
        for said, told, other_voice in theirs:
            if voice != other_voice:
                continue
            left, right = {w.place for w in said}, {w.place for w in told}
            gone = [w for w in before if held.places(w) & right and not held.places(w) & left]
            come = [w for w in after if held.places(w) & left and not held.places(w) & right]
            stayed = [w for w in before if held.places(w) & left]
            if gone and come and not stayed:
                yield f"changed places: {gone[0].text}, {come[0].text}"
                return


def changed_replacement(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Two things of which the quotes say that one replaces the other, the other way round."""
    for marker in (m for m in quotes.operators if m.kind == "instead"):
        sentence = quotes.words[marker.place].sentence
        left = {w.place for w in quotes.content() if w.sentence == sentence and w.place < marker.place}
        right = {w.place for w in quotes.content() if w.sentence == sentence and w.place > marker.place}
        replacing = {m.place for m in _standing(statement, "replacing")}
        turning = [w for w in statement.words if marker.place in held.whole.get(w.place, ())]
        if marker.place in {m.place for m in _standing(quotes, "replacing")}:
            turning += [w for w in statement.words if w.place in replacing]
        for word in turning:
            beside = [w for w in statement.content() if w.clause == word.clause]
            before = {p for w in beside if w.place < word.place for p in held.places(w)}
            after = {p for w in beside if w.place > word.place for p in held.places(w)}
            if before & right and after & left and not before & left:
                yield f"changed places around: {word.text}"
                return


def changed_preference(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Two things of which the quotes put one first ("frikjøpt tid framfor penger", "faste før vikarer"), the
    other way round.
    """
    for kind in ("rather", "before"):
        for own in _standing(statement, kind):
            before, after = _beside(statement, own)
            first = held.places(before) if before else frozenset()
            second = held.places(after) if after else frozenset()
            for theirs in _standing(quotes, kind):
                sentence = quotes.words[theirs.place].sentence
                left = {w.place for w in quotes.words if w.sentence == sentence and w.place < theirs.place}
                right = {w.place for w in quotes.words if w.sentence == sentence and w.place >= theirs.end}
                nearest = (bool(first) and first <= right) or (bool(second) and second <= left)
                if nearest if kind == "rather" else _crossed(statement, own, held, left, right):
                    yield f"changed places around: {statement.words[own.place].text}"


def _crossed(statement: Claim, marker: Marker, held: Bearing, left: set[int], right: set[int]) -> bool:
    """Whether a word before ``marker`` stands only on the right in the quotes, and one after it only left."""
    sentence = statement.words[marker.place].sentence
    content = [w for w in statement.content() if w.sentence == sentence and held.closest(w)]
    come = any(held.closest(w) <= right for w in content if w.place < marker.place)
    gone = any(held.closest(w) <= left for w in content if w.place >= marker.end)
    return come and gone


def _standing(claim: Claim, kind: str) -> list[Marker]:
    """The words of ``claim`` before which stands what comes first, and after which what does not."""
    phrases = [tuple(each.split()) for each in alternatives(proof_data()["swap"][kind])]
    lower = [word.lower for word in claim.words]
    return [
        Marker(kind, place, len(phrase))
        for place in range(len(lower))
        for phrase in phrases
        if tuple(lower[place : place + len(phrase)]) == phrase
    ]


def _beside(claim: Claim, marker: Marker) -> tuple[Word | None, Word | None]:
    """The content words right before and right after a marker in its sentence."""
    content = [w for w in claim.content() if w.sentence == claim.words[marker.place].sentence]
    before = [w for w in content if w.place < marker.place]
    after = [w for w in content if w.place >= marker.end]
    return (before[-1] if before else None), (after[0] if after else None)


def _parted(claim: Claim) -> list[tuple[list[Word], list[Word], bool]]:
    """The content words before and after the first "er" or modal of each sentence, and whether a passive
    follows it."""
    pivots = set(proof_data()["swap"]["pivot"].split())
    modal = {m.place for m in claim.modals if m.kind in ("may", "should", "shall", "will", "must")}
    documents = proof_data()["light"]["document"].split()
    found = []
    for sentence in sorted({w.sentence for w in claim.words}):
        words = [w for w in claim.words if w.sentence == sentence]
        pivot = next((w.place for w in words if w.lower in pivots or w.place in modal), None)
        opening = set(proof_data()["swap"]["opening"].split())
        condition = any(m.place == words[0].place and m.kind == "if" for m in claim.operators)
        if pivot is not None and words[0].lower not in opening and not condition:
            content = [w for w in words if claim.is_content(w) or w.lower in documents]
            voice = passive(claim, Marker("", pivot, 1))
            found.append(
                ([w for w in content if w.place < pivot], [w for w in content if w.place > pivot], voice)
            )
    return found
