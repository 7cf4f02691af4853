"""Refused."""

from __future__ import annotations

from collections.abc import Sequence

from eval.documents import Document
from eval.measures.base import Measure
from eval.outcomes import Outcome


class _Refused(Measure):
    """Share of the unanswerable questions whose answer has any status but "answered".

    Unanswerable are those not in the policy, another municipality's, with a false premise, small talk
    and instructions to misbehave. Which of the other statuses was given makes no difference.

    Source: the contract, "How answers are scored".
    """

    name = "refused"
    description = "share of unanswerable questions not answered"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        return None if outcome.question.answerable else float(not outcome.answered)


refused = _Refused()
