"""What is known of each span for a question: the numbers that the ranker weighs.

Every feature is an array of shape (spans,), in reading order, scaled to 0..1 over the spans of the
question so that questions are comparable; 0 means that the part found nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.neighbours import Neighbour, nearest
from assistant.understand import topic_words
from ingest.analysis import word_terms, words
from ingest.concepts import ConceptIndex, Meant
from ingest.embedding import Embedder
from ingest.lexical import SPAN_FIELDS
from ingest.municipality import MunicipalityIndex

Scores = NDArray[np.float32]
Features = dict[str, Scores]
Votes = dict[tuple[int, ...], float]  # an answer, as places of its spans, to its share

DENSE_SPANS = 100
DENSE_PASSAGES = 40
DENSE_QUESTIONS = 100
VOTERS = 20
SHARPNESS = 4  # power of a question's likeness in its vote
LIKENESS = {"asked_words": 0.5, "asked_grams": 0.25, "asked_dense": 0.25}
PRECEDENTS = 8  # like questions of other banks that are looked at
PRECEDENT_FIELDS = ("words", "context")
THESAURUS_FIELDS = ("words", "context", "headings")

# The features by where they come from, for whoever reads them.
PARTS = {
    "own_words": SPAN_FIELDS,
    "thesaurus": (*(f"thesaurus_{name}" for name in THESAURUS_FIELDS), "concepts"),
    "meaning": ("dense_span", "dense_passage"),
    "question_bank": ("asked_words", "asked_grams", "asked_dense", "asked_votes"),
    "other_banks": (*(f"precedent_{name}" for name in PRECEDENT_FIELDS), "precedents"),
}


@dataclass(frozen=True)
class Asked:
    """A question as features are made of it. ``meant``: the concepts it speaks of."""

    text: str
    meant: Meant


@dataclass(frozen=True)
class Found:
    """What was found for a question: features over the spans, and what like questions lead to.

    ``suggested``: places of spans that answer a like question of the bank together, with their share of
    its VOTERS likest, best first; the shares sum to 1. ``neighbours``: the known questions most like it.
    """

    features: Features
    suggested: tuple[tuple[tuple[int, ...], float], ...]
    neighbours: list[Neighbour]


def find(question: str, index: MunicipalityIndex, embedder: Embedder, also: str = "") -> Found:
    """All features of ``question`` over the spans of ``index``, and what like questions say.

    ``also``: more words to look for. The question alone is compared with known ones, so that words added to
    it cannot make it one that is answered.
    """
    text = f"{question} {also}".strip()
    asked = Asked(text, index.concepts.meant_by(text))
    vector = embedder.embed_queries([text])[0]
    own = embedder.embed_queries([question])[0] if also else vector
    likeness = bank_likeness(text, vector, index)
    voted = votes(likeness, index)
    features = {
        **own_words(asked, index),
        **by_thesaurus(asked, index),
        **by_precedents(text, index),
        **by_meaning(vector, index),
        **by_questions(likeness, voted, index),
    }
    suggested = tuple(sorted(voted.items(), key=lambda item: -item[1]))
    return Found(features, suggested, nearest(question, own, index))


def own_words(asked: Asked, index: MunicipalityIndex) -> Features:
    """BM25 of the question's own words of topic, field by field."""
    topic = " ".join(topic_words(asked.text)) or asked.text
    return {name: scaled(index.lexical.scores(name, topic)) for name in SPAN_FIELDS}


def by_thesaurus(asked: Asked, index: MunicipalityIndex) -> Features:
    """What the question means: BM25 of the policy words for it, and the concepts a span shares with it."""
    weights = _policy_weights(asked.text, asked.meant, index.concepts)
    shared = index.span_concepts.likeness(asked.meant, len(index.concepts.names))
    return {
        **{f"thesaurus_{f}": scaled(index.lexical.weighted_scores(f, weights)) for f in THESAURUS_FIELDS},
        "concepts": scaled(shared),
    }


def by_precedents(text: str, index: MunicipalityIndex) -> Features:
    """What other municipalities' documents say to like questions of their banks, looked for in these."""
    meant = index.precedents.meant_by(text, PRECEDENTS, without=index.key)
    weights = _policy_weights(text, meant, index.precedents)
    shared = index.span_precedents.likeness(meant, len(index.precedents.names))
    return {
        **{f"precedent_{f}": scaled(index.lexical.weighted_scores(f, weights)) for f in PRECEDENT_FIELDS},
        "precedents": scaled(shared),
    }


def _policy_weights(text: str, meant: Meant, concepts: ConceptIndex) -> dict[str, float]:
    """The weighted terms for what is meant; those that the question says itself are left out."""
    return concepts.policy_terms(meant, without={word_terms(word)[0] for word in words(text)})


def by_meaning(vector: Scores, index: MunicipalityIndex) -> Features:
    """Cosine similarity of the embeddings of the question and of spans and their passages."""
    spans = index.similar("span", vector, DENSE_SPANS)
    passages = index.similar("passage", vector, DENSE_PASSAGES)
    return {
        "dense_span": spread([spans.get(ref.id) for ref in index.spans]),
        "dense_passage": spread([passages.get(ref.passage.id) for ref in index.spans]),
    }


def by_questions(likeness: Features, voted: Votes, index: MunicipalityIndex) -> Features:
    """How like the question are those of the bank that lead to a span.

    By words, character n-grams and meaning, the likest of a span's questions counts; ``asked_votes`` adds
    up the likest questions of all, so that several that agree outweigh a single one.
    """
    total = np.zeros(len(index.spans), dtype=np.float32)
    for answer, share in voted.items():
        total[list(answer)] += share
    carried = {name: _carried(scores, index) for name, scores in likeness.items()}
    return {**carried, "asked_votes": scaled(total)}


def bank_likeness(text: str, vector: Scores, index: MunicipalityIndex) -> Features:
    """How like the question each answered one of the bank is: three measures of shape (questions,)."""
    near = index.similar("question", vector, DENSE_QUESTIONS)
    answered = slice(0, len(index.questions))
    return {
        "asked_words": scaled(index.asked.scores("asked_words", text)[answered]),
        "asked_grams": scaled(index.asked.scores("asked_grams", text)[answered]),
        "asked_dense": np.clip(
            np.array([near.get(q.id, 0.0) for q in index.questions], np.float32), 0.0, 1.0
        ),
    }


def _alike(likeness: Features) -> Scores:
    alike: Scores = np.sum([weight * likeness[name] for name, weight in LIKENESS.items()], axis=0)
    return alike


def votes(likeness: Features, index: MunicipalityIndex) -> Votes:
    """The share of each answer of the bank in the likeness of the VOTERS likest questions; they sum to 1."""
    alike = _alike(likeness)
    voted: Votes = {}
    for number in np.argsort(-alike, kind="stable")[:VOTERS]:
        answer = index.questions[number].answer
        voted[answer] = voted.get(answer, 0.0) + float(alike[number]) ** SHARPNESS
    total = sum(voted.values())
    return {answer: share / total for answer, share in voted.items()} if total > 0 else {}


def _carried(scores: Scores, index: MunicipalityIndex) -> Scores:
    """Scores of the bank's questions as scores of spans: each gets the best of those that lead to it."""
    out = np.zeros(len(index.spans), dtype=np.float32)
    questions, places = index.answer_pairs.T
    np.maximum.at(out, places, scores[questions])
    return out


def scaled(scores: Scores) -> Scores:
    """``scores`` with the best one at 1 and nothing below 0."""
    best = scores.max(initial=0.0)
    return np.clip(scores / best, 0.0, 1.0) if best > 0 else np.zeros_like(scores)


def spread(similarities: Sequence[float | None]) -> Scores:
    """Cosine similarities with the best at 1 and the last of those found at 0; None counts as not found.

    All texts of one policy are alike to a vector model, so only differences tell.
    """
    found = [s for s in similarities if s is not None]
    low, high = (min(found), max(found)) if found else (0.0, 0.0)
    if high <= low:
        return np.zeros(len(similarities), dtype=np.float32)
    return np.array([0.0 if s is None else (s - low) / (high - low) for s in similarities], dtype=np.float32)
