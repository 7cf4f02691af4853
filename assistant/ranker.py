"""How the features of a span are weighed: a linear model with its weights in ``data/ranker.toml``.

Learnt by logistic regression on the development half of the evaluation set
(``python -m eval.train_ranker --write``), once for documents that carry a question bank and once for those
without.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from assistant.features import Scores
from assistant.phrases import load_data
from ingest.municipality import MunicipalityIndex

WITH_QUESTIONS, WITHOUT_QUESTIONS = "with_questions", "without_questions"

Weights = Mapping[str, float]


@cache
def ranker_weights(name: str) -> Weights:
    """The weight of each feature; ``name`` is WITH_QUESTIONS or WITHOUT_QUESTIONS."""
    weights: dict[str, float] = load_data("ranker")[name]
    return weights


def score(features: Mapping[str, Scores], index: MunicipalityIndex) -> Scores:
    """The score of each span, shape (spans,), by the weights that suit its document."""
    plain = weigh(features, ranker_weights(WITHOUT_QUESTIONS))
    if not index.questions:
        return plain
    return np.where(index.has_questions, weigh(features, ranker_weights(WITH_QUESTIONS)), plain)


def weigh(features: Mapping[str, Scores], weights: Weights) -> Scores:
    """The score of each span, shape (spans,): the weighted mean of its features, at most 1."""
    total = sum(weight * features[name] for name, weight in weights.items())
    positive = sum(weight for weight in weights.values() if weight > 0)
    return np.asarray(total / positive, dtype=np.float32)
