"""The questions a system did worst on, with what was expected and what it gave."""

from __future__ import annotations

from dataclasses import dataclass

from assistant.answer import Citation
from eval.figures import score
from eval.report.marks import Excerpt, excerpts, quote_places
from eval.runs import Item, Run
from eval.spans import is_verbatim

MOST = 40  # questions shown of a run's first system
MOST_OTHERS = 10  # and of each further one
GOOD_ENOUGH = 0.999
TROUBLES = (  # gravest first, among questions of the same score
    *("error", "leak", "not verbatim", "answered, should refuse", "wrong place"),
    *("refused, should answer", "part missing", "cites too much"),
)


@dataclass(frozen=True)
class Quote:
    """A gold quote, and the share of it that the answer cited."""

    text: str
    covered: float


@dataclass(frozen=True)
class Word:
    """A word the answer should hold."""

    text: str
    there: bool


@dataclass(frozen=True)
class Given:
    """A citation and what is wrong with it, if anything."""

    citation: Citation
    fault: str


@dataclass(frozen=True)
class Card:
    """All there is to see of one question."""

    item: Item
    score: float
    trouble: str
    required: tuple[Quote, ...]
    words: tuple[Word, ...]
    given: tuple[Given, ...]
    places: tuple[Excerpt, ...]
    more_places: int


@dataclass(frozen=True)
class Worst:
    """``cards``: worst first; ``more``: how many further questions were not answered perfectly."""

    cards: tuple[Card, ...]
    more: int
    shown_of: int


def worst(run: Run, system: str) -> Worst:
    """The worst questions of a system that may be looked at: none of the test half."""
    most = MOST if system == run.systems[0] else MOST_OTHERS
    open_ = [item for item in run.of(system) if item.half != "test"]
    wrong = [item for item in open_ if score(item) < GOOD_ENOUGH]
    wrong.sort(key=lambda item: (score(item), TROUBLES.index(_trouble(item))))
    cards = tuple(_card(item, run) for item in wrong[:most])
    return Worst(cards, len(wrong) - len(cards), len(open_))


def _card(item: Item, run: Run) -> Card:
    question, citations = item.question, item.answer.citations if item.answer else []
    places, more = excerpts(question, citations, run.documents)
    said = item.answer.answer.casefold() if item.answer else ""
    return Card(
        item=item,
        score=score(item),
        trouble=_trouble(item),
        required=tuple(Quote(quote, _covered(quote, item, run)) for quote in question.required),
        words=tuple(Word(word, word.casefold() in said) for word in question.must_mention),
        given=tuple(Given(each, _fault(each, item, run)) for each in citations),
        places=tuple(places),
        more_places=more,
    )


def _trouble(item: Item) -> str:
    """What is wrong, in a few words."""
    values, question = item.values, item.question
    if item.error is not None or item.answer is None:
        return "error"
    if values.get("leaks"):
        return "leak"
    if values.get("unverbatim"):
        return "not verbatim"
    if not question.answerable:
        return "answered, should refuse"
    if item.answer.status != "answered":
        return "refused, should answer"
    if values.get("evidence recall", 0.0) == 0:
        return "wrong place"
    return "part missing" if values["evidence recall"] < 1 else "cites too much"


def _covered(quote: str, item: Item, run: Run) -> float:
    """Share of the characters of the best covered occurrence of ``quote`` that the answer cites."""
    best = 0.0
    for document in run.documents:
        if document.municipality != item.question.municipality or item.answer is None:
            continue
        cited = {
            offset
            for each in item.answer.citations
            if (each.municipality, each.document) == (document.municipality, document.id)
            and is_verbatim(each, run.documents)
            for offset in range(each.start, each.end)
        }
        for start, end in quote_places(quote, document):
            best = max(best, sum(offset in cited for offset in range(start, end)) / max(1, end - start))
    return best


def _fault(citation: Citation, item: Item, run: Run) -> str:
    if not is_verbatim(citation, run.documents):
        return "not at this place in the document"
    if citation.municipality != item.question.municipality:
        return f"from {citation.municipality}"
    return ""
