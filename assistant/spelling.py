"""Typing errors in a question, mended from the words that the documents and the word lists know."""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import cache

from rapidfuzz import fuzz, process

from assistant.language import language_data
from assistant.phrases import load_data
from ingest.analysis import is_known, stopwords, words
from ingest.index import MunicipalityIndex

SHORTEST = 4  # letters; shorter words are too like too many
ALIKE = 84  # rapidfuzz ratio, 0 to 100, from which a known word is taken to be meant

_WORD = re.compile(r"[^\W\d_]+")


def mend(question: str, index: MunicipalityIndex) -> str:
    """``question`` with each word that nobody knows replaced by a known one that is spelt nearly the same.

    Known are the words of the municipality's documents, of the thesaurus and the word lists, and of the
    dictionaries. Case and everything between words stay.
    """
    vocabulary = index.vocabulary | index.concepts.vocabulary | _listed_words()
    return _WORD.sub(lambda match: _mended(match.group(), vocabulary), question)


def _mended(word: str, vocabulary: Collection[str]) -> str:
    lower = word.lower()
    known = any(form in vocabulary or is_known(form) for form in (lower, lower.removesuffix("s")))
    if len(word) < SHORTEST or known:
        return word
    found = process.extractOne(lower, vocabulary, scorer=fuzz.ratio, score_cutoff=ALIKE)
    return found[0] if found else word


@cache
def _listed_words() -> frozenset[str]:
    """Every word of the lists of function, frame and role words."""
    roles = (text for table in load_data("roles").values() for text in table.values())
    frame = load_data("question_types")["frame"]["words"]
    functions = language_data()["function_words"].values()
    return stopwords() | {word for text in (*roles, frame, *functions) for word in words(text)}
