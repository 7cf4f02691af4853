"""Negation: what the quotes deny the statement must deny, and nothing else.

Every negation ("ikke", "uten", "unngår", "utilstrekkelig") denies the words of its clause. A negation of the
statement needs one of the quotes that denies the same; one of the quotes whose denied words the statement
uses needs one of the statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.bearing import Bearing
from assistant.claims import Claim, Marker, proof_data

REACH = 3  # content words after a negation that it surely denies
DENYING = ("not", "instead", "regardless")
BEFORE = 2  # content words before a negation that it denies when none comes after it in the clause


def unproven_negations(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Negations added to what the quotes say, and negations of the quotes left out."""
    uses = _uses(statement, held)
    own = [m for m in statement.operators if m.kind in ("not", "instead")]
    theirs = [m for m in quotes.operators if m.kind in DENYING]
    same = {marker: _same_word(quotes, held, marker) for marker in own}
    matched = {m for found in same.values() for m in found}
    for marker in (m for m in own if not same[m]):
        reach = {p for place in _reach(statement, marker) for p in uses.get(place, ())}
        found = [m for m in theirs if m not in matched and reach & _clause(quotes, m)]
        if not found:
            yield f"negation not in the quotes: {statement.words[marker.place].text}"
        nearest = [m for m in found if reach & set(_reach(quotes, m))] or found
        matched.update(nearest[:1] if len(own) > 1 else nearest)
    everything = {p for word in statement.words for p in held.whole.get(word.place, ())}

    def said(marker: Marker) -> bool:
        return marker.place in everything

    used = {p for places in uses.values() for p in places}
    for marker in theirs:
        if marker in matched or marker.kind == "regardless" or (marker.kind == "instead" and said(marker)):
            continue
        denied = [p for p in _reach(quotes, marker) if quotes.is_content(quotes.words[p])]
        if denied and (denied[0] in used or len(used.intersection(denied)) * 2 > len(denied)):
            yield f"negation of the quotes left out: {quotes.words[marker.place].text}"


def _same_word(quotes: Claim, held: Bearing, marker: Marker) -> list[Marker]:
    """For a word that denies in itself ("utydelig", "forhindre"): those of the quotes that are the same."""
    if marker.kind != "instead" and marker.length:
        return []
    places = held.whole.get(marker.place, frozenset())
    return [m for m in quotes.operators if m.kind == marker.kind and m.place in places]


def _uses(statement: Claim, held: Bearing) -> dict[int, frozenset[int]]:
    return {word.place: held.places(word) for word in statement.words if statement.is_content(word)}


def _reach(claim: Claim, marker: Marker) -> list[int]:
    """The content words that a negation denies; without any, all words of its clause."""
    clause = claim.words[marker.place].clause
    content = [w.place for w in claim.content() if w.clause == clause]
    if marker.length == 0:
        return [marker.place]
    after = [p for p in content if p >= marker.end][:REACH]
    return after or [p for p in content if p < marker.place][-BEFORE:] or _sentence(claim, marker)


def _sentence(claim: Claim, marker: Marker) -> list[int]:
    sentence = claim.words[marker.place].sentence
    before = [w.place for w in claim.content() if w.sentence == sentence and w.place < marker.place]
    return before[-BEFORE:]


def _clause(claim: Claim, marker: Marker) -> set[int]:
    """Every word of the negation's clause, and what it reaches."""
    if marker.kind == "regardless":
        return set(_reach(claim, marker))
    clause = claim.words[marker.place].clause
    denied = {w.place for w in claim.words if w.clause == clause} | set(_reach(claim, marker))
    after = [w for w in claim.words[marker.end :] if w.clause == clause]
    pointing = proof_data()["words"]["pointing"].split()
    if any(w.lower in pointing for w in after) and not any(claim.is_content(w) for w in after):
        sentence = claim.words[marker.place].sentence
        denied |= {w.place for w in claim.words if w.sentence == sentence - 1}
    return denied
