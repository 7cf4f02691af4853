"""What a statement is about: the quotes must hold each of its content words, and names letter for letter."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from assistant.phrases import load_data
from assistant.proof.bearing import Bearing, settled
from assistant.proof.claims import Claim, joined
from assistant.proof.glossary import english_stem
from assistant.proof.words import Word, proof_data
from ingest.analysis import lemma
from ingest.block import bare

# Development half without any paraphrases: 39 honest statements dropped with none excused, 31 with one,
# 30 with two; no tampered one through with any. One, beside four held words, is the careful end.
MOST_CARRIERS = 1
FEWEST_BESIDE_CARRIER = 5  # content words, itself among them
import os
SUBST = os.environ.get("SUBST","")


def unsupported_words(
    statement: Claim, quotes: Claim, held: Bearing, context: Bearing, proven: frozenset[int]
) -> Iterator[str]:
    """The content words that neither quotes (``held``) nor headings (``context``) have, and names that the
    quotes lack. Those ``proven`` elsewhere are left out.
    """
    content = [word for word in statement.content() if word.place not in proven]
    carriers = [w for w in content if w.lower in _carriers() and not held.places(w) and not context.places(w)]
    excused = carriers if len(carriers) <= MOST_CARRIERS and len(content) >= FEWEST_BESIDE_CARRIER else []
    if SUBST: excused = [*excused, *_substitutes(statement, quotes, held, context, content)]
    for word in content:
        if word in excused:
            continue
        if word.named and not word.opens:
            if not _name_held(word, held, statement.english):
                yield f"name not in the quotes: {word.text}"
        elif not held.places(word) and not context.places(word):
            yield f"word not in the quotes: {word.text}"


def _substitutes(statement, quotes, held, context, content):
    lacking = [w for w in content if not held.places(w) and not context.places(w) and not w.named]
    most = 1 if len(content) < 9 else 2
    if not lacking or len(lacking) > most or len(content) - len(lacking) < max(4, 3 * len(lacking)):
        return []
    if any(_sides(w.lower, statement.english) for w in lacking): return []
    used = settled(statement, quotes, held)
    anyused = {p for w in statement.words for p in held.places(w)}
    sentences = {quotes.words[p].sentence for p in used}
    left = [w for w in quotes.content() if w.sentence in sentences and w.place not in anyused]
    out = []
    for w in lacking:
        before = [p for v in content if v.place < w.place for p in held.places(v) & used][-3:]
        after = [p for v in content if v.place > w.place for p in held.places(v) & used][:3]
        if "near" in SUBST:
            fit = [v for v in left if any(abs(v.place - p) <= 3 for p in (*before[-1:], *after[:1]))]
        elif "exact" in SUBST:
            fit = [v for v in left if before and after and min(before[-1], after[0]) < v.place < max(before[-1], after[0])]
        else:
            fit = left
        if "small" in SUBST and len(left) > len(lacking): return []
        if not fit: return []
        left.remove(fit[0])
        out.append(w)
    return out


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


def opposites(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """Words whose opposite stands where they should in the quotes, and pairs that changed places."""
    written = {place: _sides(word.lower, False) for place, word in enumerate(quotes.words)}
    in_quotes = frozenset().union(*written.values()) if written else frozenset()
    stated = {word.place: _sides(word.lower, statement.english) for word in statement.words}
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
def _carriers() -> frozenset[str]:
    return frozenset(proof_data()["light"]["carrier"].split())


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


def _sides(word: str, english: bool) -> frozenset[tuple[int, int]]:
    """The pairs of opposites a word belongs to, and its side in each."""
    table = _antonyms()
    if english:
        return table.get(word, frozenset()) | table.get("~" + english_stem(word), frozenset())
    return table.get(word, frozenset()) | table.get(lemma(word), frozenset())
