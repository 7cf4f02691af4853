"""The Norwegian analyser: text → index terms.

Words are lower-cased, lemmatised (simplemma, bokmål then nynorsk), stemmed (Snowball) and, when they are
compounds, followed by their parts. Character n-grams stand beside them for typos and word forms that
the dictionaries do not hold.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from functools import cache, lru_cache

import simplemma
import snowballstemmer

from ingest.lines import DATA

_WORD = re.compile(r"[^\W_]+(?:[-’'][^\W_]+)*")
_LANGUAGES = ("nb", "nn")
_MIN_COMPOUND = 7
_stemmer = snowballstemmer.stemmer("norwegian")


@cache
def stopwords() -> frozenset[str]:
    """Function words of bokmål, nynorsk and English."""
    return frozenset(word for words in _data()["stopwords"].values() for word in words.split())


@cache
def _data() -> dict[str, dict[str, str]]:
    with (DATA / "analysis.toml").open("rb") as file:
        return tomllib.load(file)


def words(text: str) -> list[str]:
    """The words of ``text``, lower-cased, in order; hyphens and apostrophes inside a word stay."""
    return _WORD.findall(unicodedata.normalize("NFC", text).lower())


def terms(text: str, *, keep_stopwords: bool = False) -> list[str]:
    """Index terms of ``text``: a stem for each word that is no function word, then its compound parts.

    A compound's parts are written with a "+" in front so that they can weigh less than whole words:
    "medarbeidersamtaler" gives ["medarbeidersamtal", "+medarbeid", "+samtal"].
    """
    found: list[str] = []
    for word in words(text):
        if keep_stopwords or word not in stopwords():
            found.extend(word_terms(word))
    return found


@lru_cache(maxsize=50_000)
def word_terms(word: str) -> tuple[str, ...]:
    """The terms of one lower-case word."""
    word = word.replace("’", "").replace("'", "")
    if "-" in word:
        pieces = [p for p in word.split("-") if len(p) > 1]
        whole = _stem(word.replace("-", ""))
        return (whole, *("+" + _stem(lemma(p)) for p in pieces if not p.isdigit()))
    base = lemma(word)
    return (_stem(base), *("+" + _stem(part) for part in compound_parts(base)))


def char_ngrams(text: str, n: int = 4) -> list[str]:
    """Character n-grams of each word that is no function word, with "_" at its edges."""
    grams: list[str] = []
    for word in words(text):
        if word not in stopwords():
            padded = f"_{word}_"
            grams.extend(padded[i : i + n] for i in range(max(1, len(padded) - n + 1)))
    return grams


@lru_cache(maxsize=50_000)
def lemma(word: str) -> str:
    """The dictionary form of a lower-case word; the word itself when no dictionary holds it."""
    for language in _LANGUAGES:
        if simplemma.is_known(word, lang=language):
            return simplemma.lemmatize(word, lang=language).lower()
    tail = _split(word, 3)[-1:]  # an unknown compound takes its last part's dictionary form
    return word[: -len(tail[0])] + _dictionary_form(tail[0]) if tail else word


def is_known(word: str) -> bool:
    """Whether a Norwegian dictionary holds a lower-case word, or both parts of it as a compound."""
    return any(simplemma.is_known(word, lang=language) for language in _LANGUAGES) or bool(_split(word, 3))


def _stem(word: str) -> str:
    return str(_stemmer.stemWord(word))


@lru_cache(maxsize=50_000)
def compound_parts(word: str) -> tuple[str, ...]:
    """Dictionary forms of a compound's parts, () when the word is none.

    The split with the fewest parts wins, then the one whose shortest part is longest. A joining "s" or
    "e" belongs to no part.
    """
    return tuple(_dictionary_form(part) for part in _split(word, 3))


@lru_cache(maxsize=50_000)
def _split(word: str, most: int) -> tuple[str, ...]:
    """The parts as they stand in ``word``; () when it cannot be split."""
    best: tuple[str, ...] = ()
    if len(word) < _MIN_COMPOUND or not word.isalpha():
        return best
    for i in range(3, len(word) - 2):
        first, rest = word[:i], word[i:]
        modifier = _modifier(first)
        if not modifier:
            continue
        tails: list[tuple[str, ...]] = [(rest,)] if _is_part(rest) else []
        if most > 2 and (split := _split(rest, most - 1)):
            tails.append(split)
        for tail in tails:
            if not best or _quality((modifier, *tail)) > _quality(best):
                best = (modifier, *tail)
    return best


def _quality(parts: tuple[str, ...]) -> tuple[int, int]:
    return -len(parts), min(len(part) for part in parts)


def _modifier(part: str) -> str:
    """``part`` as a compound's first part: as it stands, or without a joining "s" or "e"."""
    if _is_part(part):
        return part
    if part[-1] in "se" and len(part) > 4 and _is_part(part[:-1]):
        return part[:-1]
    return ""


@lru_cache(maxsize=50_000)
def _is_part(word: str) -> bool:
    if len(word) < 3 or word in _data()["compounds"]["not_parts"].split():
        return False
    return any(simplemma.is_known(word, lang=language) for language in _LANGUAGES)


def _dictionary_form(word: str) -> str:
    for language in _LANGUAGES:
        if simplemma.is_known(word, lang=language):
            return simplemma.lemmatize(word, lang=language).lower()
    return word
