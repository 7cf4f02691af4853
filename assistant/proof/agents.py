"""Roles: who is to do something in a statement is who is to do it in the quotes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise

from assistant.phrases import alternatives
from assistant.proof.bearing import Bearing
from assistant.proof.claims import Claim, joined, read_claim
from assistant.proof.keys import pieces
from assistant.proof.markers import Marker
from assistant.proof.words import proof_data
from ingest.analysis import lemma

FRONTED = 7  # words of a phrase that a sentence begins with
VERBS = ("may", "should", "shall", "will", "must")
SHORTEST_ROLE = 5  # letters of a role that a compound begins with
AUTHOR = "municipality"  # a document's author, who is often named nowhere in it


def unproven_roles(statement: Claim, quotes: Claim, headings: Claim, held: Bearing) -> Iterator[str]:
    """Roles that neither quotes nor headings name, and roles that changed places."""
    whole = {m.kind for m in (*quotes.roles, *headings.roles)}
    whole |= {kind for word in quotes.words for kind in _heads(word.lower)}
    named = whole | {kind for word in quotes.words for kind in _roles_within(word.lower)}
    you = {*proof_data()["roles"]["you"].split()}
    everyone = {"all"} & {m.kind for m in quotes.operators}
    for marker in statement.roles:
        if marker.kind == "you":
            if named and not you & (named | everyone):
                yield f"role not in the quotes: {_said(statement, marker)}"
        elif marker.kind not in named and marker.kind != AUTHOR:
            yield f"role not in the quotes: {_said(statement, marker)}"
    bearing = whole | {*proof_data()["roles"]["within"].split()} & named
    for modal in (m for m in statement.modals if m.kind in VERBS):
        agent = _named_agent(statement, modal)
        if agent and not agent & bearing - {AUTHOR} and not agent & {AUTHOR, "you"}:
            yield f"role not in the quotes: {' '.join(sorted(agent))}"
    yield from _another_bearer(statement, quotes, held)
    yield from _too_often(statement, quotes, headings, held)
    yield from _doubled(statement, quotes)
    yield from _replaced(statement, quotes, held)
    yield from _exchanged(statement, quotes)


@lru_cache(maxsize=50_000)
def _roles_within(word: str) -> frozenset[str]:
    """The roles that are parts of a compound: "medarbeiderundersøkelse" has that of the employee."""
    first = (word[:end] for end in range(SHORTEST_ROLE, len(word)))
    return frozenset(m.kind for form in (*pieces(word), *first) for m in _read(form).roles) | _heads(word)


@lru_cache(maxsize=50_000)
def _heads(word: str) -> frozenset[str]:
    """The role that a compound is a kind of: "nyansatte" are employees."""
    last = (word[start:] for start in range(2, len(word) - SHORTEST_ROLE + 1))
    return frozenset(m.kind for form in last for m in _read(form).roles)


def _read(word: str) -> Claim:
    return read_claim(word, english=False)


def _another_bearer(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """A duty whose bearer is another role than in the sentence of the quotes that it comes from."""
    for marker in (m for m in statement.modals if m.kind in VERBS):
        agent = _agent(statement, marker)
        verb = next((w for w in statement.content() if w.place >= marker.end), None)
        if not agent or verb is None or _turned(statement, marker):
            continue
        for place in held.places(verb):
            sentence = quotes.words[place].sentence
            modals = [
                m
                for m in quotes.modals
                if m.kind in VERBS and quotes.words[m.place].sentence == sentence and m.place < place
            ]
            if not modals or _turned(quotes, modals[-1]):
                continue
            theirs = _agent(quotes, modals[-1])
            if theirs and not agent & theirs and "you" not in agent:
                yield f"another role in the quotes: {' '.join(sorted(agent))}"
                return


def _too_often(statement: Claim, quotes: Claim, headings: Claim, held: Bearing) -> Iterator[str]:
    """Roles that a sentence of the statement names more often than the sentences it rests on, or that these
    do not name beside others, so that one stands where another did.
    """
    sentences = {w.sentence for w in statement.words}
    resting = {number: _rests_on(statement, quotes, held, number) for number in sentences}
    for number in sorted(sentences):
        stated = [m.kind for m in statement.roles if statement.words[m.place].sentence == number]
        near = [w for w in quotes.words if w.sentence in resting[number]]
        named = [m.kind for m in quotes.roles if quotes.words[m.place].sentence in resting[number]]
        named += [kind for word in near for kind in _roles_within(word.lower) - _own(quotes, word.place)]
        above = [m.kind for m in headings.roles]
        people = {*proof_data()["roles"]["people"].split()}
        for kind in dict.fromkeys(k for k in stated if k not in (AUTHOR, "you")):
            if stated.count(kind) > max(1, named.count(kind) + above.count(kind)):
                yield f"role more often than in the quotes: {kind}"
            elif near and kind in people and kind not in named and people & {*named}:
                yield f"another role in the quotes: {kind}"


def _rests_on(statement: Claim, quotes: Claim, held: Bearing, number: int) -> set[int]:
    """The sentences of the quotes that hold a sentence of the statement: the best, and those half as good."""
    count: dict[int, int] = {}
    used: set[int] = set()
    for word in (w for w in statement.content() if w.sentence == number):
        sentences = {quotes.words[p].sentence for p in held.places(word)}
        used |= sentences if len(sentences) == 1 else set()
        for sentence in sentences:
            count[sentence] = count.get(sentence, 0) + 1
    best = max(count.values(), default=0)
    return used | {sentence for sentence, times in count.items() if times * 2 >= best}


def _doubled(statement: Claim, quotes: Claim) -> Iterator[str]:
    """A role that stands twice in a row ("både medarbeidere og medarbeidere"), and not so in the quotes."""
    for kind in _in_a_row(statement) - _in_a_row(quotes):
        yield f"role twice: {kind}"


def _in_a_row(claim: Claim) -> set[str]:
    between = proof_data()["roles"]["between"].split()
    found = set()
    for one, other in pairwise(claim.roles):
        words = claim.words[one.end : other.place]
        near = claim.words[one.place].sentence == claim.words[other.place].sentence
        if near and one.kind == other.kind and all(word.lower in between for word in words):
            found.add(one.kind)
    return found


def _own(claim: Claim, place: int) -> set[str]:
    return {m.kind for m in claim.roles if m.place == place}


def _replaced(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """The first role of a sentence of the quotes left out, and a later one of it put in its place."""
    stated = [m.kind for m in statement.roles if m.kind != AUTHOR]
    if not stated or "you" in stated or has_passive(statement) or has_passive(quotes):
        return
    people = proof_data()["roles"]["people"].split()
    counts: dict[int, int] = {}
    for word in statement.content():
        for sentence in {quotes.words[p].sentence for p in held.places(word)}:
            counts[sentence] = counts.get(sentence, 0) + 1
    for sentence in [s for s, n in counts.items() if n == max(counts.values())][:1]:
        theirs = _roles_of(quotes, sentence)
        if theirs and theirs[0] not in stated and stated[0] in theirs[1:] and stated[0] in people:
            yield f"another role in the quotes: {stated[0]}"


def _roles_of(claim: Claim, sentence: int) -> list[str]:
    """The roles of a sentence in order, those of compounds that leaders bear among them."""
    within = {*proof_data()["roles"]["within"].split()}
    found = []
    for word in (w for w in claim.words if w.sentence == sentence):
        found += sorted(_own(claim, word.place) | (_roles_within(word.lower) & within))
    return [kind for kind in found if kind not in (AUTHOR, "you")]


def _exchanged(statement: Claim, quotes: Claim) -> Iterator[str]:
    """Two roles that stand the other way round than in the quotes, not joined by "og", not in a passive."""
    own, theirs = _single(statement), _single(quotes)
    if has_passive(statement) != has_passive(quotes):
        return
    both = sorted(own.keys() & theirs.keys() - {"you", AUTHOR})
    for number, one in enumerate(both):
        for other in both[number + 1 :]:
            if (own[one] < own[other]) == (theirs[one] < theirs[other]):
                continue
            if _fronted(statement, min(own[one], own[other])) or _fronted(
                quotes, min(theirs[one], theirs[other])
            ):
                continue
            if not joined(quotes, theirs[one], theirs[other]) and not joined(statement, own[one], own[other]):
                yield f"roles changed places: {one}, {other}"


def _fronted(claim: Claim, place: int) -> bool:
    """Whether the word at ``place`` stands among the first of a sentence that begins with a preposition."""
    opening = proof_data()["swap"]["opening"].split()
    first = next(w for w in claim.words if w.sentence == claim.words[place].sentence)
    return first.lower in opening and place - first.place < FRONTED


def _single(claim: Claim) -> dict[str, int]:
    """The roles that stand once in ``claim``, with their place."""
    places: dict[str, list[int]] = {}
    for marker in claim.roles:
        places.setdefault(marker.kind, []).append(marker.place)
    return {kind: found[0] for kind, found in places.items() if len(found) == 1}


def _agent(claim: Claim, modal: Marker) -> frozenset[str]:
    """``_named_agent`` with "du" as the one it means."""
    found = _named_agent(claim, modal)
    return found - {"you"} | {_you(claim)} if "you" in found else found


def _named_agent(claim: Claim, modal: Marker) -> frozenset[str]:
    """The roles right after a modal, or right before it in its clause. A genitive is none of them."""
    clause = claim.words[modal.place].clause
    genitives = proof_data()["roles"]["genitive"].split()
    roles = [m for m in claim.roles if claim.words[m.place].clause == clause]
    roles = [m for m in roles if claim.words[m.place].lower not in genitives]
    after = frozenset(m.kind for m in roles if m.place == modal.end)
    return after or frozenset(m.kind for m in roles if modal.place - 4 <= m.place < modal.place)


def _you(claim: Claim) -> str:
    """Whom "du" means: the employee beside "lederen din", the leader beside "medarbeiderne dine"."""
    named = {m.kind for m in claim.roles}
    if {"leader", "employee"} <= named or not {"leader", "employee"} & named:
        return "you"
    return "employee" if "leader" in named else "leader"


def _turned(claim: Claim, modal: Marker) -> bool:
    """Whether who stands by the modal does nothing, but has something done or given to him."""
    following = claim.words[modal.end : modal.end + 1]
    return passive(claim, modal) or any(
        w.lower in proof_data()["words"]["receiving"].split() for w in following
    )


def passive(claim: Claim, modal: Marker) -> bool:
    """Whether the verb after a modal is a passive: "følges opp", "bli fulgt opp", "be followed up"."""
    following = [w.lower for w in claim.words[modal.end : modal.end + 4]]
    if claim.english:
        return "be" in following
    return "bli" in following or any(len(w) > 4 and w.endswith(("es", "ast")) for w in following)


def has_passive(claim: Claim) -> bool:
    """Whether a verb of ``claim`` is a passive, or turns what it says like one ("består av")."""
    said = " ".join(word.lower for word in claim.words)
    converse = alternatives(proof_data()["swap"]["converse"])
    return (
        any(passive(claim, modal) for modal in claim.modals)
        or any(f" {phrase} " in f" {said} " for phrase in converse)
        or any(_passive_verb(claim, word.place) for word in claim.words)
    )


def _passive_verb(claim: Claim, place: int) -> bool:
    """Whether a verb in "-es" or "-ast" stands here, and who does it after "av": "behandles av utvalget"."""
    word = claim.words[place].lower
    following = [w.lower for w in claim.words[place + 1 : place + 4]]
    if claim.english:
        return word in ("is", "are", "was", "were", "be", "been") and "by" in following
    verb = len(word) > 4 and word.endswith(("es", "ast")) and lemma(word) != word
    return "av" in following and (verb or word in ("blir", "bli", "ble", "vert", "vart"))


def _said(claim: Claim, marker: Marker) -> str:
    return " ".join(word.text for word in claim.words[marker.place : marker.end])
