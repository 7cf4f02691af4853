"""Opposites: a word whose opposite stands where it should in the quotes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from assistant.phrases import load_data
from assistant.proof.bearing import Bearing
from assistant.proof.claims import Claim, joined
from assistant.proof.glossary import english_stem
from assistant.proof.words import Word
from ingest.analysis import lemma


def opposites(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Words whose opposite stands where they should in the quotes, and pairs that changed places."""
    written = {place: sides(word.lower, False) for place, word in enumerate(quotes.words)}
    in_quotes = frozenset().union(*written.values()) if written else frozenset()
    stated = {word.place: sides(word.lower, statement.english) for word in statement.words}
    for word in statement.words:
        for pair, side in stated[word.place]:
            against, literal = (pair, 1 - side), bool(held.literal.get(word.place))
            if (against in in_quotes and (pair, side) not in in_quotes and not literal) or (
                against in in_quotes and _beside_opposite(word, statement, quotes, held, written, pair, side)
            ):
                yield f"opposite of the quotes: {word.text}"
    yield from _exchanged(statement, quotes, stated, written)


def _beside_opposite(
    word: Word,
    statement: Claim,
    quotes: Claim,
    held: Bearing,
    written: dict[int, frozenset[tuple[int, int]]],
    pair: int,
    side: int,
) -> bool:
    """Whether the word that ``word`` stands before has only its opposite before it in the quotes."""
    after = next((w for w in statement.content() if w.place > word.place), None)
    if after is None or after.place > word.place + 2 or after.clause != word.clause:
        return False
    own = against = False
    for place in held.whole.get(after.place, ()):
        before = [written[p] for p in range(max(0, place - 2), place)]
        own |= any((pair, side) in each for each in before)
        against |= any((pair, 1 - side) in each for each in before)
    return against and not own


def _exchanged(
    statement: Claim,
    quotes: Claim,
    stated: dict[int, frozenset[tuple[int, int]]],
    written: dict[int, frozenset[tuple[int, int]]],
) -> Iterator[str]:
    for pair in {number for sides in (*stated.values(),) for number, _ in sides}:
        of_statement = [[p for p, sides in stated.items() if (pair, side) in sides] for side in (0, 1)]
        of_quotes = [[p for p, sides in written.items() if (pair, side) in sides] for side in (0, 1)]
        if not all(of_statement) or not all(of_quotes):
            continue
        here = of_statement[0][0] < of_statement[1][0]
        there = of_quotes[0][0] < of_quotes[1][0]
        if here != there and not joined(quotes, of_quotes[0][0], of_quotes[1][0]):
            one, other = (statement.words[places[0]].text for places in of_statement)
            yield f"changed places: {one}, {other}"


@cache
def _antonyms() -> dict[str, frozenset[tuple[int, int]]]:
    table: dict[str, set[tuple[int, int]]] = {}
    lines = [line for line in load_data("antonyms")["pairs"].splitlines() if line.strip()]
    for pair, line in enumerate(lines):
        for side, words in enumerate(line.split(" / ")):
            for word in words.split():
                table.setdefault(word, set()).add((pair, side))
                table.setdefault("~" + english_stem(word), set()).add((pair, side))
    return {word: frozenset(found) for word, found in table.items()}


def sides(word: str, english: bool) -> frozenset[tuple[int, int]]:
    """The pairs of opposites a word belongs to, and its side in each."""
    table = _antonyms()
    if english:
        return table.get(word, frozenset()) | table.get("~" + english_stem(word), frozenset())
    return table.get(word, frozenset()) | table.get(lemma(word), frozenset())
