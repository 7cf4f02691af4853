"""Negation: what the quotes deny the statement must deny, and nothing else.

Every negation ("ikke", "uten", "unngår", "utilstrekkelig") denies the words of its clause. A negation of the
statement needs one of the quotes that denies the same; one of the quotes whose denied words the statement
uses needs one of the statement.
"""

from __future__ import annotations

from collections.abc import Iterator

from assistant.proof.bearing import Bearing, same_denial
from assistant.proof.claims import Claim
from assistant.proof.markers import Marker
from assistant.proof.words import Word, proof_data

REACH = 3  # content words after a negation that it surely denies
DENYING = ("not", "instead", "unless", "regardless")
BESIDE = 2  # words before a negation of the quotes: "hører aldri hjemme"
BEFORE = 2  # content words before a negation that it denies when none comes after it in the clause


def unproven_negations(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Negations added to what the quotes say, and negations of the quotes left out."""
    uses = {w.place: held.closest(w) for w in statement.words if _deniable(statement, w)}
    own = [m for m in statement.operators if m.kind in DENYING and m.kind != "regardless"]
    theirs = [m for m in quotes.operators if m.kind in DENYING]
    if any(m.kind == "regardless" for m in statement.operators):
        theirs = [m for m in theirs if m.kind != "regardless"]
    same = {marker: _same_word(quotes, held, marker) for marker in own}
    matched = {m for found in same.values() for m in found}
    for marker in (m for m in own if not same[m]):
        if not marker.length and _in_itself(statement, quotes, marker.place):
            continue
        reach = [uses[place] for place in _reach(statement, marker) if uses.get(place)]
        found = [m for m in theirs if m not in matched and _covers(quotes, m, reach)]
        if not found:
            yield f"negation not in the quotes: {statement.words[marker.place].text}"
        every = frozenset[int]().union(*reach)
        nearest = [m for m in found if every & set(_reach(quotes, m))] or found
        several = statement.words[marker.place].lower in proof_data()["words"]["neither"].split()
        matched.update(found if several else nearest[:1] if len(own) > 1 else nearest)
    everything = {p for word in statement.words for p in held.whole.get(word.place, ())}
    used = {p for places in uses.values() for p in places}
    for marker in theirs:
        if marker in matched or marker.kind == "regardless":
            continue
        if marker.kind == "instead" and marker.place in everything:
            continue
        if not marker.length and _said_by(statement, quotes, marker.place):
            continue
        if _is_used(quotes, marker, used):
            yield f"negation of the quotes left out: {quotes.words[marker.place].text}"


def _covers(quotes: Claim, marker: Marker, reach: list[frozenset[int]]) -> bool:
    """Whether a negation of the quotes denies what one of the statement does: half of its words stand in the
    clause, or the first one stands right beside it.
    """
    if not marker.length:
        return any(marker.place in places for places in reach)
    clause = _clause(quotes, marker)
    inside = sum(bool(places & clause) for places in reach)
    first = {*_reach(quotes, marker)[:1], *range(marker.place - BESIDE, marker.place)}
    return inside > 0 and (inside * 2 >= len(reach) or bool(reach[0] & first))


def _is_used(quotes: Claim, marker: Marker, used: set[int]) -> bool:
    """Whether a statement uses what a negation of the quotes denies, or most of its clause."""
    denied = [p for p in _reach(quotes, marker) if _deniable(quotes, quotes.words[p])]
    if not denied or not marker.length:
        return bool(used.intersection(denied))
    clause = quotes.words[marker.place].clause
    whole = [w.place for w in quotes.words if w.clause == clause and _deniable(quotes, w)]
    after = [p for p in whole if p >= marker.end]
    return (
        denied[0] in used
        or len(used.intersection(denied)) * 2 > len(denied)
        or (len(used.intersection(after)) > 1 and len(used.intersection(after)) * 2 >= len(after))
        or (len(used.intersection(whole)) > 1 and len(used.intersection(whole)) * 2 >= len(whole))
    )


def _deniable(claim: Claim, word: Word) -> bool:
    """A content word, or one that says in itself how strong a claim is ("løfte", "rettigheter")."""
    own = {name for name, entry in proof_data()["modal"].items() if entry.get("own")}
    return claim.is_content(word) or any(
        m.kind in own and m.place <= word.place < m.end for m in claim.modals
    )


def _in_itself(statement: Claim, quotes: Claim, place: int) -> bool:
    word = statement.words[place]
    return any(same_denial(word, other, english=statement.english) for other in quotes.words)


def _said_by(statement: Claim, quotes: Claim, place: int) -> bool:
    other = quotes.words[place]
    return any(same_denial(word, other, english=statement.english) for word in statement.words)


def _same_word(quotes: Claim, held: Bearing, marker: Marker) -> list[Marker]:
    """For a word that denies in itself ("utydelig", "forhindre"): those of the quotes that are the same."""
    if marker.kind != "instead" and marker.length:
        return []
    places = held.whole.get(marker.place, frozenset())
    return [m for m in quotes.operators if m.kind == marker.kind and m.place in places]


def _reach(claim: Claim, marker: Marker) -> list[int]:
    """The content words that a negation denies; without any, all words of its clause."""
    clause = claim.words[marker.place].clause
    content = [w.place for w in claim.words if w.clause == clause and _deniable(claim, w)]
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
