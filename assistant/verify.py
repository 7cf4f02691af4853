"""Proof before display: a statement is shown only when the document's own characters bear it out.

No quote is matched loosely. A quoting statement must be, letter for letter, digit for digit and mark for
mark, what its citations say once the traces of the page (line breaks, hyphens of wrapped words, symbol-font
bullets) are undone; what a language model has worded must be borne out by them (``assistant.proof``).
A changed number or an inserted "ikke" fails.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from assistant.answer import Citation, Statement
from assistant.proof import unproven
from ingest.block import readable
from ingest.document import Document


def citation_holds(citation: Citation, documents: Mapping[str, Document], municipality: str) -> bool:
    """Whether ``citation`` is of ``municipality`` and its quote stands exactly where it says.

    ``documents`` maps ids to the documents of that municipality.
    """
    document = documents.get(citation.document)
    return (
        citation.municipality == municipality
        and document is not None
        and document.municipality == municipality
        and 0 <= citation.start < citation.end <= len(document.text)
        and citation.quote == document.text[citation.start : citation.end]
    )


def quote_bears_out(statement: Statement, citations: Sequence[Citation]) -> bool:
    """Whether ``statement`` is exactly what its citations quote, one after the other."""
    by_number = {citation.n: citation for citation in citations}
    cited = [by_number[n] for n in statement.citations if n in by_number]
    if not cited or len(cited) != len(statement.citations):
        return False
    if len({(c.municipality, c.document) for c in cited}) != 1:
        return False
    quoted = "\n".join(c.quote for c in cited)
    return statement.text == readable(quoted, [(0, len(quoted))])


def prose_bears_out(statement: Statement, citations: Sequence[Citation]) -> bool:
    """Whether the quotes that it cites bear out what a language model has worded."""
    by_number = {citation.n: citation for citation in citations}
    cited = [by_number[n] for n in statement.citations if n in by_number]
    if not cited or len(cited) != len(statement.citations):
        return False
    quotes = [readable(citation.quote, [(0, len(citation.quote))]) for citation in cited]
    headings = dict.fromkeys(heading for citation in cited for heading in citation.section)
    return not unproven(statement.text, quotes, list(headings))


BearsOut = Callable[[Statement, Sequence[Citation]], bool]


def verified(
    statements: Sequence[Statement],
    citations: Sequence[Citation],
    documents: Mapping[str, Document],
    municipality: str,
    bears_out: BearsOut = quote_bears_out,
) -> tuple[list[Statement], list[Citation]]:
    """The statements that are proven, and the citations they use, numbered from 1 in order of use.

    ``bears_out`` tells whether a statement is borne out by the citations it names; for what a language model
    has worded it is ``prose_bears_out``.
    """
    sound = [c for c in citations if citation_holds(c, documents, municipality)]
    proven = [s for s in statements if bears_out(s, sound)]
    used = list(dict.fromkeys(n for s in proven for n in s.citations))
    number = {old: new for new, old in enumerate(used, start=1)}
    by_number = {c.n: c for c in sound}
    return (
        [Statement(text=s.text, citations=[number[n] for n in s.citations]) for s in proven],
        [by_number[n].model_copy(update={"n": number[n]}) for n in used],
    )
