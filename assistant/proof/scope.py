"""Scope and conditions: "alle", "bare", "minst", "så langt det er mulig", "dersom" as in the quotes."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.proof.bearing import Bearing, settled
from assistant.proof.claims import Claim
from assistant.proof.markers import Marker
from assistant.proof.numerals import numbers, time_places
from assistant.proof.words import Word, proof_data

OWN_CHECK = ("not", "both", "instead", "unless")  # negation has a check of its own
BINDING = ("only", "most", "always")
LEADING = ("if", "unless")  # what is tied by one that opens the sentence stands after its clause
NEAR = 8  # words between one of these and what it is said of
BESIDE = 3  # words between a quote's number and the limit put on it


def unproven_scope(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Words that widen, narrow or tie what is said: those the quotes lack, and those left out."""
    table = proof_data()["operator"]
    written = {m.kind for m in quotes.operators}
    stated = {m.kind for m in statement.operators}
    counted = time_places(statement) | frozenset(numbers(statement))
    for marker in statement.operators:
        if marker.kind == "all" and {marker.place, marker.end} & counted:
            continue  # "hvert år", "every four years"
        entry = table[marker.kind]
        if (
            marker.kind in OWN_CHECK
            or not marker.length
            or entry.get("free")
            or (entry.get("numeric") and not _limits(statement, marker))
        ):
            continue
        licences = {marker.kind, *entry.get("by", ())}
        if not written & licences or (marker.kind in BINDING and _moved(statement, quotes, held, marker)):
            yield f"not in the quotes: {_said(statement, marker)}"
    if word := _alternatives_joined(statement, quotes, held):
        yield f"not in the quotes: {word.text}"
    used = settled(statement, quotes, held)
    for marker in quotes.operators:
        entry = table[marker.kind]
        if (
            entry.get("keep")
            and not stated & {marker.kind, *entry.get("instead", ())}
            and _binds(quotes, marker, used)
        ):
            yield f"condition of the quotes left out: {_said(quotes, marker)}"
        elif (
            _limits(quotes, marker) and marker.kind not in stated and _number_kept(statement, quotes, marker)
        ):
            yield f"limit of the quotes left out: {_said(quotes, marker)}"


def _alternatives_joined(statement: Claim, quotes: Claim, held: Bearing) -> Word | None:
    """The "both" of a statement that joins what ", eller" parts in the quotes."""
    words = proof_data()["words"]
    for word in (w for w in statement.words if w.lower in words["both"].split()):
        rest = [w for w in statement.words[word.place + 1 :] if w.sentence == word.sentence]
        joint = next((w.place for w in rest if w.lower in ("og", "and")), None)
        if joint is None:
            continue
        one = {quotes.words[p].clause for w in rest if w.place < joint for p in held.places(w)}
        after = next(
            (w for w in rest if w.place > joint and statement.is_content(w) and held.places(w)), None
        )
        other = {quotes.words[p].clause for p in held.places(after)} if after else set()
        opening = {w.clause for w in quotes.words if w.lower == "eller" and _opens_clause(quotes, w)}
        if one and other and not one & other and other & opening:
            return word
    return None


def _opens_clause(claim: Claim, word: Word) -> bool:
    return word.place == 0 or claim.words[word.place - 1].clause != word.clause


def _moved(statement: Claim, quotes: Claim, held: Bearing, marker: Marker) -> bool:
    """Whether what stands before and after "bare" in the statement stands nowhere near one in the quotes."""
    clause = statement.words[marker.place].clause
    content = [w for w in statement.content() if w.clause == clause and held.places(w)]
    beside = [w for w in content if w.place < marker.place][-1:] + [
        w for w in content if w.place >= marker.end
    ][:1]
    theirs = [m for m in quotes.operators if m.kind == marker.kind]
    if not beside or not theirs:
        return False
    return not any(
        quotes.words[p].sentence == quotes.words[m.place].sentence and abs(p - m.place) <= NEAR
        for word in beside
        for p in held.places(word)
        for m in theirs
    )


def _binds(quotes: Claim, marker: Marker, used: frozenset[int]) -> bool:
    """Whether the statement uses words of the sentence the operator stands in, right beside it."""
    sentence = quotes.words[marker.place].sentence
    content = [w.place for w in quotes.content() if w.sentence == sentence]
    if marker.kind in LEADING and quotes.words[marker.place].opens:
        clause = quotes.words[marker.place].clause
        main = [p for p in content if quotes.words[p].clause != clause]
        if main and len(used.intersection(main)) * 2 >= len(main):
            return True
    before = [p for p in content if p < marker.place][-2:]
    after = [p for p in content if p >= marker.end][:2]
    if proof_data()["operator"][marker.kind].get("forward"):
        return bool(after) and after[0] in used
    return bool(used.intersection(before)) or bool(used.intersection(after))


def _limits(claim: Claim, marker: Marker) -> bool:
    """Whether a number stands right after the operator."""
    return marker.kind in ("at_least", "at_most", "over", "below", "about", "latest") and any(
        word.numeric for word in claim.words[marker.end : marker.end + BESIDE]
    )


def _number_kept(statement: Claim, quotes: Claim, marker: Marker) -> bool:
    numbers = {w.text for w in quotes.words[marker.end : marker.end + BESIDE] if w.numeric}
    return any(word.text in numbers for word in statement.words)


def _said(claim: Claim, marker: Marker) -> str:
    return " ".join(word.text for word in claim.words[marker.place : max(marker.end, marker.place + 1)])
