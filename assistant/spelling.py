"""Typing errors in a question, mended from the words that the documents and the word lists know."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from functools import cache

from rapidfuzz import fuzz, process

from assistant.language import language_data
from assistant.phrases import load_data
from ingest.analysis import is_known, stopwords, words
from ingest.municipality import MunicipalityIndex

SHORTEST = 4  # letters; shorter words are too like too many
ALIKE = 84  # rapidfuzz ratio, 0 to 100, from which a known word is taken to be meant

_WORD = re.compile(r"[^\W\d_]+")


def mend(question: str, index: MunicipalityIndex) -> str:
    """``question`` with each word that nobody knows replaced by a known one that is spelt nearly the same.

    Known are the words of the municipality's documents, of the thesaurus and the word lists, and of the
    dictionaries. Case and everything between words stay.
    """
    vocabularies = (index.vocabulary, index.concepts.vocabulary, _listed_words())
    return _WORD.sub(lambda match: _mended(match.group(), vocabularies), question)


def _mended(word: str, vocabularies: Sequence[Collection[str]]) -> str:
    lower = word.lower()
    forms = (lower, lower.removesuffix("s"))
    known = any(form in words_ for form in forms for words_ in vocabularies) or any(map(is_known, forms))
    if len(word) < SHORTEST or known:
        return word
    found = [
        process.extractOne(lower, words_, scorer=fuzz.ratio, score_cutoff=ALIKE) for words_ in vocabularies
    ]
    best = max((each for each in found if each), key=lambda each: each[1], default=None)
    return str(best[0]) if best else word


@cache
def _listed_words() -> frozenset[str]:
    """Every word of the lists of function, frame and role words."""
    roles = (text for table in load_data("roles").values() for text in table.values())
    frame = load_data("question_types")["frame"]["words"]
    functions = language_data()["function_words"].values()
    return stopwords() | {word for text in (*roles, frame, *functions) for word in words(text)}
