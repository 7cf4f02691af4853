"""The known questions that are most like one that is asked, and how surely each asks the same.

Known are the question bank's, those it answers and those it says the documents do not answer, and those
that policies usually leave to other documents. Whether two questions ask the same is told by a logistic
model over what they share (as in Quora's question pairs, and FAQ retrieval, Sakata et al. 2019), learnt
from the banks themselves: two questions led to the same answer ask the same.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from typing import Literal

import numpy as np

from assistant.phrases import load_data
from assistant.question_type import OTHER, answer_type, asks_for_detail
from ingest.analysis import char_ngrams, stopwords, word_terms, words
from ingest.elsewhere import Topic, elsewhere_questions
from ingest.embedding import Vectors
from ingest.lexical import Scores
from ingest.municipality import MunicipalityIndex, QuestionRef

NEAREST = 40  # by meaning, of the bank and of those settled elsewhere each
NEAREST_OF_OTHERS = 10  # of each other municipality's bank, where there is no own
BY_WORDS = 15  # by their words
SMALLEST = 1e-6
_NUMBER = re.compile(r"\d+")

Side = Literal["answered", "unanswered", "elsewhere"]


@dataclass(frozen=True)
class Neighbour:
    """A known question and how surely it asks the same, 0 to 1.

    ``answer``: places of the spans that answer it. ``topic``: what it is about when it is settled elsewhere.
    """

    text: str
    side: Side
    number: int  # its place among those of its side's list
    same: float
    answer: tuple[int, ...] = ()
    topic: Topic | None = None


@dataclass(frozen=True)
class Wording:
    """What is compared of a question."""

    kind: str
    terms: frozenset[str]  # stems of all words, and of the parts of compounds
    content: frozenset[str]  # those of words that are no function words
    grams: frozenset[str]
    numbers: frozenset[str]
    negated: bool


@lru_cache(maxsize=100_000)
def wording(text: str) -> Wording:
    """``text`` as it is compared."""
    found = words(text)
    cut = {word: [term.removeprefix("+") for term in word_terms(word)] for word in found}
    return Wording(
        answer_type(text),
        frozenset(term for each in cut.values() for term in each),
        frozenset(term for word, each in cut.items() if word not in stopwords() for term in each),
        frozenset(char_ngrams(text)),
        frozenset(_NUMBER.findall(text)),
        not _negations().isdisjoint(found),
    )


@cache
def _negations() -> frozenset[str]:
    return frozenset(load_data("question_types")["negation"]["words"].split())


def nearest(text: str, vector: Vectors, index: MunicipalityIndex) -> list[Neighbour]:
    """The known questions most like ``text``, surest first. ``vector``: its embedding, (dimension,).

    A municipality without a question bank is compared with the other municipalities' banks: what is asked
    and answered, or not, of their documents tells what policies hold. Their answers are not its answers.
    """
    weights = load_data("answerability")["same_question"]
    asked = wording(text)
    return sorted(
        (
            replace(each, same=logistic(pair_features(asked, wording(each.text), each.same, index), weights))
            for each in _candidates(text, vector, index)
        ),
        key=lambda each: -each.same,
    )


def _candidates(text: str, vector: Vectors, index: MunicipalityIndex) -> list[Neighbour]:
    """Known questions that may ask the same, ``same`` being their cosine similarity."""
    far = index.similar_elsewhere(vector, NEAREST)
    found = [_settled_elsewhere(n, cosine) for n, cosine in far.items()]
    by_words = index.asked.scores("asked_words", text)
    own = index.bank
    found += [
        _settled_elsewhere(n, index.elsewhere_similarity(n, vector))
        for n in _highest(by_words[len(own) :])
        if n not in far
    ]
    if not own:
        return found + [
            replace(_of_bank(ref, number, cosine), answer=())
            for other in index.others
            for number, ref, cosine in other.similar_questions(vector, NEAREST_OF_OTHERS)
        ]
    found_own = {
        number: _of_bank(ref, number, cosine)
        for number, ref, cosine in index.similar_questions(vector, NEAREST)
    }
    for number in _highest(by_words[: len(own)]):
        if number not in found_own:
            found_own[number] = _of_bank(own[number], number, index.question_similarity(number, vector))
    return [*found, *found_own.values()]


def _highest(scores: Scores) -> list[int]:
    return [int(n) for n in np.argsort(-scores, kind="stable")[:BY_WORDS] if scores[n] > 0]


def _of_bank(ref: QuestionRef, number: int, cosine: float) -> Neighbour:
    return Neighbour(ref.text, "answered" if ref.answer else "unanswered", number, cosine, ref.answer)


def _settled_elsewhere(number: int, cosine: float) -> Neighbour:
    text, topic = elsewhere_questions()[number]
    return Neighbour(text, "elsewhere", number, cosine, topic=topic)


def pair_features(a: Wording, b: Wording, cosine: float, index: MunicipalityIndex) -> dict[str, float]:
    """What two questions share; ``a`` is asked, ``b`` is known."""

    def weight(terms: frozenset[str]) -> float:
        return sum(index.asked.rarity("asked_words", term) for term in terms)

    all_shared, all_either = weight(a.terms & b.terms), weight(a.terms | b.terms)
    shared = weight(a.content & b.content)
    grams = len(a.grams & b.grams) / max(len(a.grams | b.grams), 1)
    detail = asks_for_detail(a.kind)
    return {
        "cosine": cosine,
        "words": all_shared / max(all_either, SMALLEST),
        "held": shared / max(weight(a.content), SMALLEST),
        "holds": shared / max(weight(b.content), SMALLEST),
        "grams": grams,
        "same_type": float(a.kind == b.kind),
        "other_detail": float(detail and a.kind != b.kind),
        "other_numbers": float(bool(a.numbers - b.numbers)),
        "other_negation": float(a.negated != b.negated),
        "both_other": float(a.kind == b.kind == OTHER),
    }


def logistic(features: Mapping[str, float], weights: Mapping[str, float]) -> float:
    """The probability, 0 to 1, that a logistic model with these weights ("bias" among them) gives."""
    score = weights["bias"] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-max(-50.0, min(50.0, score))))


def best(neighbours: Sequence[Neighbour], side: Side, count: int) -> list[Neighbour]:
    """The ``count`` surest of one side."""
    return [each for each in neighbours if each.side == side][:count]
