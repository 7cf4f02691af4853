"""One measure a file; a stream of values gives the figure per question and the aggregate alike.

``QUALITY`` is what the contract scores, in its order; ``PROOF`` is whether what is shown is proven and
the proof worth something; ``CALIBRATION`` whether a probability can be believed; ``LATENCY`` is what a
user waits. ``RETRIEVAL`` needs a system that can be traced, ``JUDGED`` a language model as judge.

    values = list(iter_values(QUALITY, outcomes, documents))  # one a question and measure
    aggregate(QUALITY, values)["evidence recall"]             # over all questions
"""

from eval.measures.answered import answered
from eval.measures.base import Better, Measure, Value, aggregate, aggregate_by_kind, iter_values
from eval.measures.calibration import brier
from eval.measures.citation_precision import citation_precision
from eval.measures.evidence_recall import evidence_recall
from eval.measures.latency import Latency
from eval.measures.leaks import leaks
from eval.measures.refused import refused
from eval.measures.statement_support import statement_support
from eval.measures.supplied import JUDGED, RETRIEVAL
from eval.measures.tampering import tampered_caught
from eval.measures.unverbatim import unverbatim

QUALITY: tuple[Measure, ...] = (evidence_recall, citation_precision, answered, refused, leaks, unverbatim)
PROOF: tuple[Measure, ...] = (statement_support, tampered_caught)
CALIBRATION: tuple[Measure, ...] = (brier,)
LATENCY: tuple[Measure, ...] = (Latency(50), Latency(95), Latency(100))

__all__ = [
    "CALIBRATION",
    "JUDGED",
    "LATENCY",
    "PROOF",
    "QUALITY",
    "RETRIEVAL",
    "Better",
    "Latency",
    "Measure",
    "Value",
    "aggregate",
    "aggregate_by_kind",
    "answered",
    "brier",
    "citation_precision",
    "evidence_recall",
    "iter_values",
    "leaks",
    "refused",
    "statement_support",
    "tampered_caught",
    "unverbatim",
]
