"""Evidence recall."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Measure
from eval.outcomes import Outcome
from eval.spans import cited_characters, occurrences


class _EvidenceRecall(Measure):
    """Share of the required quotes at least half covered by the citations; mean over answerable questions.

    A quote is covered by all citations together, in letters and digits. When it stands in several
    places, the best covered one counts. A question that was not answered counts 0.

    Source: the contract, "How answers are scored". After citation recall in ALCE (Gao et al. 2023,
    "Enabling Large Language Models to Generate Text with Citations", arXiv:2305.14627, section 3),
    with gold quotes in place of its entailment model.
    """

    name = "evidence recall"
    description = "share of required quotes at least half covered by the citations"
    half = 0.5

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        question = outcome.question
        if not question.answerable:
            return None
        if not outcome.answered:
            return 0.0
        cited = cited_characters(outcome.answer.citations, documents)
        covered = 0
        for quote in question.required:
            places = occurrences(quote, question.municipality, documents)
            if not places:
                raise ValueError(f"{question.id}: required quote is in no document: {quote!r}")
            covered += max(len(place & cited) / len(place) for place in places) >= self.half
        return covered / len(question.required)


evidence_recall = _EvidenceRecall()
