"""Hybrid retrieval: dense similarity from the vector store and BM25 over several fields, fused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from assistant.thesaurus import policy_words
from assistant.understand import topic_words
from ingest.embedding import Embedder
from ingest.index import MunicipalityIndex, SpanRef
from ingest.lexical import ANALYSERS
from ingest.passages import Passage, Span

Scores = NDArray[np.float32]

# Weights of the retrievers in the fused score, and how far the dense ones look. Found by a random search
# (400 draws) on the development half of eval/, recall of required quotes among the five best spans; each
# retriever's scores are scaled to 0..1 for the question before they are added.
WEIGHTS = {
    "words": 0.25,
    "context": 1.0,
    "headings": 1.0,
    "grams": 1.5,
    "dense_span": 0.25,
    "dense_passage": 0.5,
}
# Weight of the policy words that stand for a question's everyday words, against its own words at 1.
NEEDED = 0.8  # when the documents do not know the everyday words
HELPFUL = 0.3  # when they do
DENSE_SPANS = 60
DENSE_PASSAGES = 25


@dataclass
class Ranked:
    """A span with its fused score and the scores it is made of (each in 0..1)."""

    ref: SpanRef
    score: float
    scores: dict[str, float] = field(default_factory=dict)
    chosen: bool = False

    @property
    def span(self) -> Span:
        return self.ref.span

    @property
    def passage(self) -> Passage:
        return self.ref.passage


class Retriever:
    """Ranks the spans of one municipality for a question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def rank(self, question: str, index: MunicipalityIndex, limit: int = 50) -> list[Ranked]:
        """The ``limit`` best spans, best first. A span that no retriever found is not among them."""
        needed, helpful = policy_words(question, index)
        vector = self._embedder.embed_queries([" ".join([question, *needed, *helpful])])[0]
        passages = index.similar("passage", vector, DENSE_PASSAGES)
        spans = index.similar("span", vector, DENSE_SPANS)
        topic = " ".join(topic_words(question)) or question
        said = ((topic, 1.0), (" ".join(needed), NEEDED), (" ".join(helpful), HELPFUL))
        parts = {
            name: _scaled(np.sum([w * _scaled(index.lexical.scores(name, text)) for text, w in said], axis=0))
            for name in ANALYSERS
        }
        parts["dense_span"] = _spread([spans.get(ref.id) for ref in index.spans])
        parts["dense_passage"] = _spread([passages.get(ref.passage.id) for ref in index.spans])
        total: Scores = np.sum([WEIGHTS[name] * scores for name, scores in parts.items()], axis=0)
        total /= sum(WEIGHTS.values())
        order = np.argsort(-total, kind="stable")[:limit]
        return [
            Ranked(index.spans[i], float(total[i]), {name: float(s[i]) for name, s in parts.items()})
            for i in order
            if total[i] > 0
        ]


def _scaled(scores: Scores) -> Scores:
    """``scores`` with the best one at 1 and nothing below 0."""
    best = scores.max(initial=0.0)
    return np.clip(scores / best, 0.0, 1.0) if best > 0 else np.zeros_like(scores)


def _spread(similarities: Sequence[float | None]) -> Scores:
    """Cosine similarities with the best at 1 and the last of those found at 0; None counts as not found.

    All texts of one policy are alike to a vector model, so only differences tell.
    """
    found = [s for s in similarities if s is not None]
    low, high = (min(found), max(found)) if found else (0.0, 0.0)
    if high <= low:
        return np.zeros(len(similarities), dtype=np.float32)
    return np.array([0.0 if s is None else (s - low) / (high - low) for s in similarities], dtype=np.float32)
