"""Retrieval: every span of a municipality, ranked for a question."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from assistant.features import find
from assistant.neighbours import Neighbour
from assistant.ranker import score
from ingest.embedding import Embedder
from ingest.municipality import MunicipalityIndex, SpanRef
from ingest.passages import Passage, Span


@dataclass
class Ranked:
    """A span with its score and the features it is made of (each in 0..1)."""

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


@dataclass(frozen=True)
class Suggested:
    """Spans that together answer a question of the bank, and how like the question that one is, 0 to 1."""

    refs: tuple[SpanRef, ...]
    share: float


@dataclass(frozen=True)
class Retrieved:
    """What was found for a question, each best first."""

    ranked: list[Ranked]
    suggested: list[Suggested]
    neighbours: list[Neighbour]


class Retriever:
    """Ranks the spans of one municipality for a question."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder

    def retrieve(self, question: str, index: MunicipalityIndex, also: str = "", limit: int = 50) -> Retrieved:
        """The ``limit`` best spans and the bank's answers; a span nothing speaks for is not among them.

        ``also``: words that spans are searched for beside the question's own.
        """
        found = find(question, index, self._embedder, also)
        total = score(found.features, index)
        order = np.argsort(-total, kind="stable")[:limit]
        ranked = [
            Ranked(index.spans[i], float(total[i]), {n: float(s[i]) for n, s in found.features.items()})
            for i in order
            if total[i] > 0
        ]
        suggested = [Suggested(tuple(index.spans[i] for i in a), share) for a, share in found.suggested]
        return Retrieved(ranked, suggested, found.neighbours)
