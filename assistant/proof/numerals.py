"""Numbers, dates and words of time: whatever of these a statement says must stand in its quotes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from assistant.proof.bearing import Bearing
from assistant.proof.claims import Claim, time_markers
from assistant.proof.words import Word, proof_data

NEAR = 6  # words between a number and what it counts, in the quotes
COUNTED = 3  # words after a number that say what it counts
_DATE = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MARKED = re.compile(r"[^\W\d_]{3,}\d{1,2}\b")
_YEAR = re.compile(r"(?:19|20)\d\d")
_YEAR_WITH_FOOTNOTE = re.compile(r"((?:19|20)\d\d)\d{1,2}")


@dataclass(frozen=True)
class Date:
    """As much of a date as is said; 0 for what is not."""

    day: int
    month: int
    year: int
    first: int  # places of its words
    last: int

    def within(self, other: Date) -> bool:
        """Whether ``other`` says all of it."""
        return all(
            not own or own == theirs
            for own, theirs in ((self.day, other.day), (self.month, other.month), (self.year, other.year))
        )


def unproven_numbers(statement: Claim, quotes: Claim, held: Bearing) -> Iterator[str]:
    """The numbers, dates and words of time that the quotes lack, or have of something else."""
    written_dates = dates(quotes)
    dated: set[int] = set()
    for date in dates(statement):
        dated.update(range(date.first, date.last + 1))
        if not any(date.within(other) for other in written_dates):
            said = " ".join(w.text for w in statement.words[date.first : date.last + 1])
            yield f"date not in the quotes: {said}"
    written = numbers(quotes)
    for place, values in numbers(statement).items():
        if place in dated:
            continue
        found = [p for p, others in written.items() if values & others]
        found += _articles(statement, quotes, held, place) if "1x" in values else []
        if not found:
            yield f"number not in the quotes: {statement.words[place].text}"
        elif values != {"%"} and not _counts_the_same(statement, quotes, held, place, found):
            yield f"number of something else in the quotes: {statement.words[place].text}"
    in_quotes = {marker.kind for marker in time_markers(quotes)}
    for marker in time_markers(statement):
        if marker.kind not in in_quotes and marker.kind != "none":
            said = " ".join(w.text for w in statement.words[marker.place : marker.end])
            yield f"time not in the quotes: {said}"


def changed_marks(text: str, quotes: str) -> Iterator[str]:
    """Words with a footnote's number ("mestrer12") that do not stand so in the quotes."""
    written = {match[0].lower() for match in _MARKED.finditer(quotes)}
    for match in _MARKED.finditer(text):
        if match[0].lower() not in written:
            yield f"number not in the quotes: {match[0]}"


def time_places(claim: Claim) -> frozenset[int]:
    """The places of dates and words of time."""
    dated = {p for date in dates(claim) for p in range(date.first, date.last + 1)}
    return frozenset(dated | {p for m in time_markers(claim) for p in range(m.place, m.end)})


def dates(claim: Claim) -> list[Date]:
    """Dates with a month, in figures or by name: "19.06.2025", "19. juni 2025", "June 2025"."""
    found = []
    words = claim.words
    for word in words:
        if match := _DATE.fullmatch(word.text):
            day, month, year = map(int, match.groups())
            found.append(Date(day, month, year, word.place, word.place))
        elif month := _month(word, claim.english):
            first = last = word.place
            day = year = 0
            if first and (value := _day(words[first - 1])):
                day, first = value, first - 1
            for _ in range(2):
                if last + 1 < len(words):
                    following = words[last + 1]
                    if not year and (value := _year(following)):
                        year, last = value, last + 1
                    elif not day and (value := _day(following)):
                        day, last = value, last + 1
            found.append(Date(day, month, year, first, last))
    return found


def numbers(claim: Claim) -> dict[int, frozenset[str]]:
    """Each place where a number stands, in figures or in words, with what it may be read as."""
    found: dict[int, frozenset[str]] = {}
    every, other = (proof_data()["words"][key].split() for key in ("every_other", "other"))
    named = _number_words("en" if claim.english else "no")
    for word in claim.words:
        before = claim.words[word.place - 1].lower if word.place else ""
        if re.search(r"\d", word.text):
            found[word.place] = _values(word.text)
        elif word.lower == "once" and not _how_often(claim, word, before):
            continue
        elif word.lower in named:
            found[word.place] = frozenset({named[word.lower]})
        elif before in every and word.lower in other:
            found[word.place] = frozenset({"2"})
        elif claim.english and word.lower == "one" and _counts(claim, word, before):
            found[word.place] = frozenset({"1x", "1"})
        elif any(piece in named for piece in word.lower.split("-")) and "-" in word.lower:
            values = [named[piece] for piece in word.lower.split("-") if piece in named]
            found[word.place] = frozenset(values[:1] if len(values) == 1 else {str(sum(map(float, values)))})
        if word.lower in ("prosent", "percent") or (word.lower == "cent" and before == "per"):
            found[word.place] = frozenset({"%"})
    return found


def _counts(claim: Claim, word: Word, before: str) -> bool:
    """Whether "one" is a number: not in "the one who", "no one", "the person who made one"."""
    words = proof_data()["words"]
    if before in words["before_pronoun"].split():
        return False
    after = next((w for w in claim.words[word.place + 1 : word.place + 2] if w.clause == word.clause), None)
    counting = before in words["before_number"].split()
    return counting or (after is not None and (after.numeric or claim.is_content(after)))


def _how_often(claim: Claim, word: Word, before: str) -> bool:
    """Whether "once" says how often, and not when."""
    words = proof_data()["words"]
    after = next(
        (w.lower for w in claim.words[word.place + 1 : word.place + 2] if w.clause == word.clause), ""
    )
    return before in words["before_number"].split() or not after or after in words["after_once"].split()


def _values(text: str) -> frozenset[str]:
    if _DATE.fullmatch(text):
        return frozenset({text, text[-4:]})
    if re.fullmatch(r"\d{1,3}[-–]\d{1,3}", text):  # a paragraph of a law
        return frozenset({text.replace("–", "-")})
    plain = re.sub(r"[^\d.,]+.*$", "", text) or re.sub(r"\D+", "", text)
    values = {plain.replace(",", ".")}
    if re.fullmatch(r"\d{1,2}[.:]00", plain):  # the hour of a clock
        values.add(plain[:-3])
    if re.fullmatch(r"\d{1,3}\.\d{3}", plain):
        values.add(plain.replace(".", ""))
    if match := _YEAR_WITH_FOOTNOTE.fullmatch(plain):
        values.add(match[1])
    return frozenset(values)


def _counts_the_same(statement: Claim, quotes: Claim, held: Bearing, place: int, found: list[int]) -> bool:
    """Whether what follows the number in the statement stands near the number in the quotes."""
    before = statement.words[place - 1] if place else None
    if before and any(p - 2 <= q < p for p in found for q in (*held.places(before), *_same(before, quotes))):
        return True  # "kapittel 5": the number belongs to the word before it
    if _year(statement.words[place]):
        return True
    clause = statement.words[place].clause
    following = [p for p in numbers(statement) if p > place]
    until = min([place + COUNTED + 1, *following])
    counted = [w for w in statement.content() if place < w.place < until and w.clause == clause]
    written = {p: values for p, values in numbers(quotes).items() if values != {"%"}}
    for word in counted:
        places = held.closest(word)
        if places and not any(_nearest(p, written, quotes) in (None, *found) for p in places):
            return False
    return True


def _nearest(place: int, written: Mapping[int, frozenset[str]], quotes: Claim) -> int | None:
    """The number of its sentence that stands nearest to a word of the quotes, the one before it first."""
    sentence = quotes.words[place].sentence
    near = [p for p in written if quotes.words[p].sentence == sentence and abs(p - place) <= NEAR]
    clause = quotes.words[place].clause
    return min(
        near, key=lambda p: (quotes.words[p].clause != clause, abs(p - place), p > place), default=None
    )


def _articles(statement: Claim, quotes: Claim, held: Bearing, place: int) -> list[int]:
    """Where the quotes have an article before what "én" counts in the statement: "ein veg" is "én vei"."""
    articles = proof_data()["words"]["article"].split()
    counted = next((w for w in statement.words[place + 1 :] if statement.is_content(w)), None)
    places = held.places(counted) if counted else frozenset[int]()
    return [p - 1 for p in places if p and quotes.words[p - 1].lower in articles]


def _same(word: Word, quotes: Claim) -> list[int]:
    return [other.place for other in quotes.words if other.lower == word.lower]


def _month(word: Word, english: bool) -> int:
    if english and word.lower in ("may", "march") and (not word.text[0].isupper() or word.opens):
        return 0
    return _months().get(word.lower, 0)


def _day(word: Word) -> int:
    match = re.fullmatch(r"(\d{1,2})(?:st|nd|rd|th)?", word.lower)
    return int(match[1]) if match and 1 <= int(match[1]) <= 31 else 0


def _year(word: Word) -> int:
    match = _YEAR.match(word.text)
    return int(match[0]) if match and len(word.text) <= 6 and word.text.isdigit() else 0


@cache
def _months() -> dict[str, int]:
    return {name: int(number) for number, name in _listed("months")}


@cache
def _number_words(language: str) -> dict[str, str]:
    return {name: number for number, name in _listed(language)}


def _listed(key: str) -> Iterator[tuple[str, str]]:
    for entry in proof_data()["numbers"][key].split():
        number, names = entry.split(":")
        for name in names.split(","):
            yield number, name
