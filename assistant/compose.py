"""From spans to what the reader gets: statements, citations, and the answer as Markdown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby

from assistant.answer import Citation, Language, Statement
from assistant.phrases import phrase
from ingest.document import Document
from ingest.index import SpanRef


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


def answer_text(
    statements: Sequence[Statement], citations: Sequence[Citation], items: frozenset[int], language: Language
) -> str:
    """The answer as Markdown: one line that says what the quotes are from, then the quotes by section.

    ``items`` holds the first citation numbers of statements that are list items.
    """
    by_number = {c.n: c for c in citations}
    titles = list(dict.fromkeys(c.title for c in citations))
    blocks = [phrase("lead", language, titles=_joined([f"«{t}»" for t in titles], language))]
    for (_, section), group in groupby(
        statements,
        key=lambda s: (by_number[s.citations[0]].document, tuple(by_number[s.citations[0]].section)),
    ):
        if section:
            blocks.append(f"**{section_label(section)}**")
        for is_item, same in groupby(group, key=lambda s: s.citations[0] in items):
            shown = [f"{s.text} {''.join(f'[{n}]' for n in s.citations)}" for s in same]
            blocks += ["\n".join(f"- {line}" for line in shown)] if is_item else shown
    return "\n\n".join(blocks)


def section_label(section: Sequence[str]) -> str:
    """A heading path for the reader: at most the last two headings, without closing colons."""
    return " › ".join(heading.rstrip(": ") for heading in section[-2:])


def _joined(parts: Sequence[str], language: Language) -> str:
    return f" {phrase('and', language)} ".join(
        [", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts
    )
