"""Tampered statements caught."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from assistant.answer import Citation, Statement
from assistant.phrases import load_data
from assistant.verify import verified
from eval.documents import Document
from eval.measures.base import Measure
from eval.measures.statement_support import Verifier, is_supported, sources
from eval.outcomes import Outcome

NEGATIONS = ("ikke", "ikkje", "aldri")
NUMBER = re.compile(r"\d+")
WORD = re.compile(r"[^\W\d_]+")


class Tampered(NamedTuple):
    """A copy of a shown statement that its citations no longer prove; ``kind`` says what was done to it."""

    kind: str
    statement: Statement
    citations: list[Citation]


class TamperedCaught(Measure):
    """Share of tampered copies of the shown statements that the verifier does not let through; should be 1.

    Copies of a statement, each where it can be made: a number changed, and changed in the quote as well;
    «ikke» inserted or a negation dropped; the word for a role swapped for another role's; the first or
    the last word cut off; a citation from another municipality, by name alone or to where that
    municipality's document has such offsets; the citation's place off by one, with the quote as it was
    or as it then reads; the quote's last word cut off. Mean over the answered questions; a statement
    that has no support to begin with is left out, it is caught for another reason.

    Source: the contract, "Always true, and tested". Testing a judge on answers made unfaithful on purpose
    as in RAGAS (Es et al. 2023, arXiv:2309.15217, its WikiEval set), made by rule instead of by a model,
    so that each copy is certainly not what the citations say.
    """

    name = "tampered caught"
    description = "share of tampered statements that verification does not let through"

    def __init__(self, verifier: Verifier = verified) -> None:
        self._verifier = verifier

    def value(self, outcome: Outcome, documents: Sequence[Document]) -> float | None:
        municipality, citations = outcome.question.municipality, outcome.answer.citations
        own = sources(documents, municipality)
        caught = [
            not is_supported(copy.statement, copy.citations, own, municipality, self._verifier)
            for statement in outcome.answer.statements
            if is_supported(statement, citations, own, municipality)
            for copy in tampered(statement, citations, documents)
        ]
        return sum(caught) / len(caught) if caught else None


def tampered(
    statement: Statement, citations: Sequence[Citation], documents: Sequence[Document]
) -> list[Tampered]:
    """Every copy that can be made; none is the statement itself with the citations it came with."""
    cited = [each for each in citations if each.n in statement.citations]
    if not cited:
        return []
    texts = [Tampered(kind, _saying(statement, text), cited) for kind, text in _texts(statement.text)]
    return texts + [
        Tampered(kind, changed, quotes) for kind, changed, quotes in _cited(statement, cited, documents)
    ]


def _texts(text: str) -> Iterator[tuple[str, str]]:
    """What can be done to the words of a statement."""
    words = text.split(" ")
    for number in islice(NUMBER.finditer(text), 1):
        yield "number changed", _replaced(text, number, str(int(number.group()) + 1))
    for at in (i for i, word in enumerate(words) if word.casefold().strip(".,;:!?") in NEGATIONS):
        yield "negation dropped", " ".join(words[:at] + words[at + 1 :])
    yield "«ikke» inserted", " ".join([*words[:2], "ikke", *words[2:]])
    for word in WORD.finditer(text):
        if (other := _roles().get(word.group().casefold())) is not None:
            yield "role swapped", _replaced(text, word, other)
            break
    if len(words) > 1:
        yield "beginning cut off", " ".join(words[1:])
        yield "end cut off", " ".join(words[:-1])


def _cited(
    statement: Statement, cited: Sequence[Citation], documents: Sequence[Document]
) -> Iterator[tuple[str, Statement, list[Citation]]]:
    """What can be done to the first citation, the statement following its quote where that would hide it."""
    first, rest = cited[0], list(cited[1:])
    text = next(d.text for d in documents if (d.municipality, d.id) == (first.municipality, first.document))

    def with_first(kind: str, **changes: object) -> tuple[str, Statement, list[Citation]]:
        return kind, statement, [first.model_copy(update=changes), *rest]

    if number := NUMBER.search(first.quote):
        changed = str(int(number.group()) + 1)
        kind, _, quotes = with_first(
            "number changed in quote too", quote=_replaced(first.quote, number, changed)
        )
        yield kind, _saying(statement, statement.text.replace(number.group(), changed, 1)), quotes
    for other in (d for d in documents if d.municipality != first.municipality):
        yield with_first("another municipality's name", municipality=other.municipality)
        yield with_first(
            "another municipality's document", municipality=other.municipality, document=other.id
        )
        if quote := other.text[first.start : first.end]:
            place = {
                "municipality": other.municipality,
                "document": other.id,
                "end": first.start + len(quote),
            }
            kind, _, quotes = with_first("another municipality's words", quote=quote, **place)
            yield kind, _saying(statement, " ".join(quote.split())), quotes
        break
    for start, end in ((1, 0), (0, -1), (-1, 0), (0, 1)):
        moved = {"start": first.start + start, "end": first.end + end}
        if not 0 <= moved["start"] < moved["end"] <= len(text):
            continue
        yield with_first("place off by one", **moved)
        quote = text[moved["start"] : moved["end"]]
        if "".join(quote.split()) != "".join(first.quote.split()):  # a space more says nothing else
            yield with_first("place and quote off by one", quote=quote, **moved)
    if len(words := first.quote.split()) > 1:
        yield with_first("quote cut off", quote=first.quote[: first.quote.rindex(words[-1])])


def _saying(statement: Statement, text: str) -> Statement:
    return statement.model_copy(update={"text": text})


def _replaced(text: str, match: re.Match[str], by: str) -> str:
    return text[: match.start()] + by + text[match.end() :]


def _roles() -> dict[str, str]:
    """Each word by which the policies name a role to the first one of the next role."""
    written = [table["written"].split() for name, table in load_data("roles").items() if name != "duty"]
    following = written[1:] + written[:1]
    return {word: other[0] for words, other in zip(written, following, strict=True) for word in words}


tampered_caught = TamperedCaught()
