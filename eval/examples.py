"""Questions as the ranker sees them: the features of every span, and which spans answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from assistant.features import Features, Scores, find
from assistant.spelling import mend
from assistant.understand import understand
from eval.questions import EvalQuestion
from eval.retrieval import relevance, span_characters
from eval.spans import Character, occurrences
from ingest.embedding import Embedder
from ingest.municipality import MunicipalityIndex

BEST = 5  # spans that may answer
HALF = 0.5  # of a quote that must be covered


@dataclass(frozen=True)
class Example:
    """One answerable question. ``grades`` (spans,): 2 in a required quote, 1 in an acceptable one."""

    question: EvalQuestion
    features: Features
    grades: NDArray[np.int8]
    quotes: Sequence[Sequence[set[Character]]]  # each required quote's occurrences
    spans: Sequence[set[Character]]

    def recall(self, scores: Scores, best: int = BEST) -> float:
        """Share, 0 to 1, of the required quotes that the ``best`` spans of highest score cover by half."""
        order = np.argsort(-scores, kind="stable")[:best]
        covered: set[Character] = set().union(*(self.spans[i] for i in order if scores[i] > 0))
        found = [any(len(o & covered) >= HALF * len(o) for o in quote) for quote in self.quotes]
        return sum(found) / len(found)


def examples(
    questions: Iterable[EvalQuestion],
    municipalities: Mapping[str, MunicipalityIndex],
    embedder: Embedder,
) -> list[Example]:
    """An example for each answerable question, understood as the assistant understands it."""
    names = {key: index.name for key, index in municipalities.items()}
    made = []
    for question in (each for each in questions if each.answerable):
        index = municipalities[question.municipality]
        understood = understand(question.as_asked(), names)
        text = understood.search_text
        if understood.language != "en":
            text = mend(text, index)
        grades = relevance(question, index)
        documents = list(index.documents.values())
        made.append(
            Example(
                question,
                find(text, index, embedder).features,
                np.array([grades.get(ref.id, 0) for ref in index.spans], np.int8),
                [occurrences(quote, question.municipality, documents) for quote in question.required],
                [characters for _, characters in span_characters(index)],
            )
        )
    return made
