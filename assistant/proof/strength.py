"""Strength: "kan", "bør", "skal", "må", "garanterer" in a statement are those of its quotes."""

from __future__ import annotations

from collections.abc import Iterator

from assistant.phrases import alternatives
from assistant.proof.bearing import Bearing, settled
from assistant.proof.claims import Claim
from assistant.proof.markers import Marker
from assistant.proof.words import proof_data

PURPOSE = 5  # words before a modal in which "for at" may stand
BESIDE = 2  # words from a modal to its "ikke"
FORBIDDING = ("may", "shall", "must", "will")


def unproven_strength(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Modals of the statement that are stronger or weaker than the quotes', and weak ones left out."""
    table, strength = proof_data()["modal"], proof_data()["strength"]
    for marker in (m for m in statement.modals if not table[m.kind].get("free")):
        if marker.kind == "may" and for_a_purpose(statement, marker):
            continue
        sentences = _borne_by(statement, marker, quotes, held)
        near = [m for m in quotes.modals if quotes.words[m.place].sentence in sentences]
        written = {m.kind for m in near if _governs(statement, marker, quotes, held, m)}
        written |= {m.kind for m in quotes.operators if quotes.words[m.place].sentence in sentences}
        if written & {"shall", "must", "will"}:
            written.discard("possible")
        if any(_is_item(quotes, sentence) for sentence in sentences):
            written.add("item")
        if forbids(statement, marker.place) and any(forbids(quotes, m.place) for m in quotes.modals):
            written |= {"may", "shall", "must", "will"}
        if not written & set(strength[marker.kind].split()):
            yield f"strength not in the quotes: {_said(statement, marker)}"
    used = settled(statement, quotes, held)
    stated = {m.kind for m in statement.modals} | {m.kind for m in statement.operators}
    for marker in quotes.modals:
        if not table[marker.kind].get("weak"):
            continue
        enough = {marker.kind, *strength[marker.kind].split(), *table[marker.kind].get("kept_by", ())}
        after = _after(quotes, marker)
        if after and used.intersection(after) and not stated & enough:
            yield f"strength of the quotes left out: {_said(quotes, marker)}"


def _borne_by(statement: Claim, marker: Marker, quotes: Claim, held: Bearing) -> set[int]:
    """The sentences of the quotes that hold most of what the modal's clause says."""
    clause = statement.words[marker.place].clause
    found: dict[int, int] = {}
    content = [w for w in statement.content() if w.clause == clause]
    if not content:
        return {w.sentence for w in quotes.words}
    for word in content:
        for sentence in {quotes.words[p].sentence for p in held.places(word)}:
            found[sentence] = found.get(sentence, 0) + 1
    best = max(found.values(), default=0)
    chosen = {s for s, count in found.items() if count == best} or {w.sentence for w in quotes.words}
    subject = [w for w in content if w.place < marker.place][-1:]
    return chosen | {quotes.words[p].sentence for w in subject for p in held.places(w)}


def for_a_purpose(claim: Claim, marker: Marker) -> bool:
    """Whether a modal only says what something is for: "legge til rette for at du kan utvikle deg"."""
    before = [w.lower for w in claim.words[max(0, marker.place - PURPOSE) : marker.place]]
    purposes = alternatives(proof_data()["words"]["purpose"])
    return any(f" {phrase} " in f" {' '.join(before)} " for phrase in purposes)


def forbids(claim: Claim, place: int) -> bool:
    """Whether the modal at ``place`` is denied right after it: "kan ikke" and "skal ikke" forbid alike."""
    plain = proof_data()["words"]["plain_not"].split()
    near = range(place, place + BESIDE + 1)
    denied = [m for m in claim.operators if m.kind in ("not", "at_most") and m.place in near]
    modal = any(m.place == place and m.kind in FORBIDDING for m in claim.modals)
    return modal and any(claim.words[m.place].lower in plain for m in denied)


def _governs(statement: Claim, marker: Marker, quotes: Claim, held: Bearing, modal: Marker) -> bool:
    """Whether a modal of the quotes is about what the statement's clause says: not in "lærere tilbys
    veiledning, og rektor skal sette av tid", where a later clause with a subject of its own has it.
    """
    theirs = quotes.words[modal.place].clause
    if quotes.words[modal.place - 1].clause != theirs or not modal.place:
        return True
    clause = statement.words[marker.place].clause
    count: dict[int, int] = {}
    found = []
    for word in (w for w in statement.content() if w.clause == clause and held.places(w)):
        numbers = {quotes.words[p].clause for p in held.places(word)}
        found.append(numbers)
        for number in numbers:
            count[number] = count.get(number, 0) + 1
    best = {number for number, times in count.items() if times == max(count.values())}
    alone = any(theirs in numbers and not numbers & best for numbers in found)
    return alone or not best or theirs <= max(best)


def _is_item(quotes: Claim, sentence: int) -> bool:
    """Whether a sentence has no modal verb, so that it may be a point of a list or a plain statement."""
    verbs = proof_data()["words"]["modal_verbs"].split()
    return not any(word.sentence == sentence and word.lower in verbs for word in quotes.words)


def _after(quotes: Claim, marker: Marker) -> list[int]:
    sentence = quotes.words[marker.place].sentence
    return [w.place for w in quotes.content() if w.sentence == sentence and w.place >= marker.end][:2]


def _said(claim: Claim, marker: Marker) -> str:
    return " ".join(word.text for word in claim.words[marker.place : marker.end])
