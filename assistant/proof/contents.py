"""What a statement is about: the quotes must hold each of its content words, and names letter for letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import pairwise

from assistant.proof.bearing import Bearing
from assistant.proof.claims import Claim
from assistant.proof.substitution import substituted
from assistant.proof.words import Word, proof_data
from ingest.block import bare

# Development half without any paraphrases: 39 honest statements dropped with none excused, 31 with one,
# 30 with two; no tampered one through with any. One, beside four held words, is the careful end.
MOST_CARRIERS = 1
FEWEST_BESIDE_CARRIER = 5  # content words, itself among them


def unsupported_words(
    statement: Claim, quotes: Claim, held: Bearing, context: Bearing, proven: frozenset[int]
) -> Iterator[str]:
    """The content words that neither quotes (``held``) nor headings (``context``) have, and names that the
    quotes lack. Those ``proven`` elsewhere are left out.
    """
    content = [word for word in statement.content() if word.place not in proven]
    carriers = [w for w in content if w.lower in _carriers() and not held.places(w) and not context.places(w)]
    excused = carriers if len(carriers) <= MOST_CARRIERS and len(content) >= FEWEST_BESIDE_CARRIER else []
    excused = [*excused, *substituted(statement, quotes, held, context, content)]
    shared = _sharing(statement, quotes, held)
    for word in content:
        if word in excused:
            continue
        if word in shared:
            yield f"word not in the quotes: {word.text}"
        if word.named and not word.opens:
            if not _name_held(word, held, statement.english):
                yield f"name not in the quotes: {word.text}"
        elif not held.places(word) and not context.places(word):
            yield f"word not in the quotes: {word.text}"


def _sharing(statement: Claim, quotes: Claim, held: Bearing) -> list[Word]:
    """Words of a list that have no word of the quotes for themselves: "åpenhet, ærlighet og respekt" is not
    "åpenhet, respekt og mot", although "åpenhet" may stand for "ærlighet".
    """
    content = statement.content()
    about = {word.place for word in quotes.content()}
    found = []
    for one, other in pairwise(content):
        between = statement.words[one.place + 1 : other.place]
        joint = [w.lower for w in between] in ([], ["og"], ["and"])
        comma = one.clause != other.clause
        listed = one.sentence == other.sentence and joint and comma != bool(between)
        if not listed or held.parts.get(one.place) or held.parts.get(other.place):
            continue
        same = (
            held.whole.get(one.place, frozenset()) & about,
            held.whole.get(other.place, frozenset()) & about,
        )
        if len(same[0] | same[1]) == 1 and same[0] == same[1]:
            text = {quotes.words[p].lower for p in same[0]}
            found += [w for w in (one, other) if w.lower not in text][-1:]
    return found


def _name_held(word: Word, held: Bearing, english: bool) -> bool:
    if word.lower in proof_data()["names"]["common"].lower().split():
        return True
    return bool(held.literal.get(word.place)) or bool(held.parts.get(word.place))


def misplaced_municipality(statement: Claim, quotes: Claim) -> Iterator[str]:
    """Names of municipalities that the quotes lack."""
    known = set(proof_data()["names"]["municipalities"].split())
    for word in statement.words:
        name = word.lower.removesuffix("'s").removesuffix("s") if word.lower not in known else word.lower
        if name in known and all(name not in (w.lower, w.lower.removesuffix("s")) for w in quotes.words):
            yield f"municipality not in the quotes: {word.text}"


def changed_quotation(text: str, quotes: str, english: bool) -> Iterator[str]:
    """Words between quotation marks that do not stand so in the quotes."""
    said = bare(quotes)
    for quoted in re.findall(r"[«“\"]([^«»“”\"]+)[»”\"]", text):
        if not english and bare(quoted) not in said:
            yield f"quotation not in the quotes: {quoted}"


@cache
def _carriers() -> frozenset[str]:
    return frozenset(proof_data()["light"]["carrier"].split())
