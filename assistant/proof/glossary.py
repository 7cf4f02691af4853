"""The glossary: Norwegian words with what nynorsk and English have for them.

``data/glossary.tsv``, a line a word: bokmål, TAB, nynorsk forms, TAB, English words and phrases, each
"one|two|three". A word stands in its dictionary form and is found in every form of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache

import snowballstemmer

from assistant.phrases import DATA, load_data
from ingest.analysis import lemma, word_terms, words

Stems = tuple[str, ...]  # the stems of an English word or phrase, in order

_english = snowballstemmer.stemmer("english")


@lru_cache(maxsize=50_000)
def english_stem(word: str) -> str:
    """The stem of a lower-case English word, irregular forms as their dictionary form.

    >>> english_stem("employees"), english_stem("kept")
    ('employe', 'keep')
    """
    word = _irregular().get(word, word)
    return str(_english.stemWord(word.removesuffix("'s").removesuffix("’s").replace("'", "")))


@cache
def _irregular() -> dict[str, str]:
    listed = load_data("paraphrases")["english"]["irregular"].split()
    return {form: entry.split(":")[0] for entry in listed for form in entry.split(":")[1].split(",")}


def phrase_stems(phrase: str) -> Stems:
    """The stems of an English phrase; the particles "to", "a", "the" at its beginning are left out."""
    found = words(phrase.replace("-", " "))
    while len(found) > 1 and found[0] in ("to", "a", "an", "the", "be"):
        found = found[1:]
    return tuple(english_stem(word) for word in found)


@cache
def _english_of() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for bokmaal, nynorsk, english in _lines():
        for form in (bokmaal, *nynorsk):
            for key in _keys(form):
                table.setdefault(key, set()).update(each for each in english if words(each))
    return {key: frozenset(stems) for key, stems in table.items()}


@cache
def _bokmaal_of() -> dict[str, frozenset[str]]:
    table: dict[str, set[str]] = {}
    for bokmaal, nynorsk, _ in _lines():
        for form in nynorsk:
            for key in _keys(form):
                table.setdefault(key, set()).add(bokmaal)
    return {key: frozenset(found) for key, found in table.items()}


@cache
def _norwegian_of() -> dict[Stems, frozenset[str]]:
    table: dict[Stems, set[str]] = {}
    for bokmaal, _, english in _lines():
        for each in english:
            table.setdefault(phrase_stems(each), set()).add(bokmaal)
    return {stems: frozenset(found) for stems, found in table.items()}


@lru_cache(maxsize=50_000)
def glosses(word: str) -> frozenset[str]:
    """The English words and phrases for a lower-case Norwegian word in any form; empty without any.

    A word that stands there itself is not looked up by its stem: "leder" has nothing of "ledd".
    """
    table = _english_of()
    for keys in ([word], [lemma(word)], [_stem(word)]):
        if found := [table[key] for key in keys if key in table]:
            return frozenset().union(*found)
    return frozenset()


@lru_cache(maxsize=50_000)
def english_for(word: str) -> frozenset[Stems]:
    """``glosses`` as the stems of their words."""
    return frozenset(phrase_stems(each) for each in glosses(word))


@lru_cache(maxsize=50_000)
def bokmaal_for(word: str) -> frozenset[str]:
    """The bokmål words for a lower-case nynorsk word in any form."""
    table = _bokmaal_of()
    for key in (word, lemma(word), _stem(word)):
        if key in table:
            return table[key]
    return frozenset()


def norwegian_for(phrase: str) -> frozenset[str]:
    """The bokmål words for an English word or phrase in any form."""
    return _norwegian_of().get(phrase_stems(phrase), frozenset())


@cache
def english_vocabulary() -> frozenset[str]:
    """Every stem of the English column."""
    return frozenset(stem for stems in _norwegian_of() for stem in stems)


def _keys(form: str) -> Iterable[str]:
    """A form as it stands, by its dictionary form and by its stem (marked, so that it hides no word)."""
    return dict.fromkeys((form, lemma(form), _stem(form))) if " " not in form else (form,)


def _stem(word: str) -> str:
    return "+" + word_terms(word)[0] if words(word) else word


@cache
def _lines() -> tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]:
    read = []
    for line in (DATA / "glossary.tsv").read_text(encoding="utf-8").splitlines():
        bokmaal, nynorsk, english = line.split("\t")
        read.append((bokmaal, _cells(nynorsk), _cells(english)))
    return tuple(read)


def _cells(cell: str) -> tuple[str, ...]:
    return tuple(each.strip().lower() for each in cell.split("|") if each.strip())
