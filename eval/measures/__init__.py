"""One measure a file; a stream of values gives the figure per question and the aggregate alike.

``QUALITY`` is what the contract scores, in its order; ``LATENCY`` is what a user waits.

    values = list(iter_values(QUALITY, outcomes, documents))  # one a question and measure
    aggregate(QUALITY, values)["evidence recall"]             # over all questions
"""

from eval.measures.answered import answered
from eval.measures.base import Measure, Value, aggregate, aggregate_by_kind, iter_values
from eval.measures.citation_precision import citation_precision
from eval.measures.evidence_recall import evidence_recall
from eval.measures.latency import Latency
from eval.measures.leaks import leaks
from eval.measures.refused import refused
from eval.measures.unverbatim import unverbatim

QUALITY: tuple[Measure, ...] = (evidence_recall, citation_precision, answered, refused, leaks, unverbatim)
LATENCY: tuple[Measure, ...] = (Latency(50), Latency(95), Latency(100))

__all__ = [
    "LATENCY",
    "QUALITY",
    "Latency",
    "Measure",
    "Value",
    "aggregate",
    "aggregate_by_kind",
    "answered",
    "citation_precision",
    "evidence_recall",
    "iter_values",
    "leaks",
    "refused",
    "unverbatim",
]
