"""Citation precision."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Measure
from eval.outcomes import Outcome
from eval.spans import Character, cited_characters, occurrences


class _CitationPrecision(Measure):
    """Share of the cited letters and digits that lie in a required or acceptable quote.

    Mean over the answerable questions that were answered. A character cited twice counts once; any
    occurrence of a quote will do. An answer that cites nothing counts 0. Citations that are not
    verbatim, or come from another municipality, lie in no quote.

    A question that was not answered has no precision: evidence recall counts it 0. Nor has an
    unanswerable question that was answered, having no quotes to lie in: ``refused`` counts it 0.

    Source: the contract, "How answers are scored". After citation precision in ALCE (Gao et al. 2023,
    "Enabling Large Language Models to Generate Text with Citations", arXiv:2305.14627, section 3),
    by characters instead of whole passages.
    """

    name = "citation precision"
    description = "share of cited characters that lie in required or acceptable quotes"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        question = outcome.question
        if not (question.answerable and outcome.answered):
            return None
        cited = cited_characters(outcome.answer.citations, documents)
        if not cited:
            return 0.0
        gold: set[Character] = set()
        for quote in (*question.required, *question.acceptable):
            gold.update(*occurrences(quote, question.municipality, documents))
        return len(cited & gold) / len(cited)


citation_precision = _CitationPrecision()
