"""From spans to statements that quote them, and citations of their exact places."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from assistant.answer import Citation, Statement
from ingest.document import Document
from ingest.municipality import SpanRef


def cite(
    refs: Sequence[SpanRef], documents: Mapping[str, Document]
) -> tuple[list[Statement], list[Citation]]:
    """One statement a span, with one citation for each of its fragments, numbered from 1."""
    statements: list[Statement] = []
    citations: list[Citation] = []
    for ref in refs:
        document = documents[ref.passage.document]
        numbers = []
        for start, end in ref.span.fragments:
            numbers.append(len(citations) + 1)
            citations.append(_citation(numbers[-1], document, ref, start, end))
        statements.append(Statement(text=ref.span.text, citations=numbers))
    return statements, citations


def _citation(n: int, document: Document, ref: SpanRef, start: int, end: int) -> Citation:
    return Citation(
        n=n,
        municipality=document.municipality,
        document=document.id,
        title=document.title,
        section=list(ref.passage.heading_path),
        page=document.page_at(start),
        quote=document.text[start:end],
        start=start,
        end=end,
        adopted=document.adopted,
        valid_to=document.valid_to_at(ref.passage.heading_path),
    )
