"""Statement support."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from assistant.answer import Citation, Statement
from assistant.verify import verified
from eval.documents import Document
from eval.measures.base import Measure
from eval.outcomes import Outcome
from ingest.block import readable
from ingest.document import Document as Source


class Verifier(Protocol):
    """``assistant.verify.verified``, or one that is worse and should be found out."""

    def __call__(
        self,
        statements: Sequence[Statement],
        citations: Sequence[Citation],
        documents: Mapping[str, Source],
        municipality: str,
    ) -> tuple[list[Statement], list[Citation]]: ...


class _StatementSupport(Measure):
    """Share of the shown statements that code verifies against their citations, by ``assistant.verify``.

    A statement has support when its citations are of the municipality asked, stand where they say, and
    say, one after the other and letter for letter, what it says. Only line breaks and the hyphens of
    wrapped words are undone first. Mean over the answered questions; an answer that shows no statement
    counts 0.

    Support is not relevance: a rightly cited sentence about something else has it too.

    Source: support evaluation of the TREC 2024 RAG track (Thakur et al. 2025, arXiv:2504.15205), of its
    levels full support alone; citation recall in ALCE (Gao et al. 2023, arXiv:2305.14627, section 3);
    faithfulness in RAGAS (Es et al. 2023, arXiv:2309.15217). There a person or a model judges whether
    the text bears the statement out; here it must be a quotation, so that code can tell.
    """

    name = "statement support"
    description = "share of shown statements verified against their citations"

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        if not outcome.answered:
            return None
        answer = outcome.answer
        own = sources(documents, outcome.question.municipality)
        supported = [
            is_supported(_as_read(statement), answer.citations, own, outcome.question.municipality)
            for statement in answer.statements
        ]
        return sum(supported) / len(supported) if supported else 0.0


def is_supported(
    statement: Statement,
    citations: Sequence[Citation],
    own: Mapping[str, Source],
    municipality: str,
    verifier: Verifier = verified,
) -> bool:
    """Whether ``verifier`` lets the statement through; ``own`` is what ``sources`` gives."""
    return bool(verifier([statement], citations, own, municipality)[0])


def sources(documents: Sequence[Document], municipality: str) -> dict[str, Source]:
    """The documents of ``municipality`` by id, as the verifier wants them: with what it looks at alone."""
    return {
        each.id: Source(municipality, municipality, each.id, each.id, "policy", "nb", each.text, sha256="")
        for each in documents
        if each.municipality == municipality
    }


def _as_read(statement: Statement) -> Statement:
    """The statement as one line of prose; reference systems show the line breaks of the page."""
    return statement.model_copy(update={"text": readable(statement.text, [(0, len(statement.text))])})


statement_support = _StatementSupport()
