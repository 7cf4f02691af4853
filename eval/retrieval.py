"""How well retrieval ranks, before anything is answered: nDCG@10, R@5 and RR over spans.

figures = retrieval(assistant, load_questions("development"))
figures["assistant"]["nDCG@10"]   # a value a question, for statistics and compare
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from eval.outcomes import Traced
from eval.questions import EvalQuestion
from eval.spans import Character, normalised, occurrences

if TYPE_CHECKING:
    from assistant.chain import Trace
    from ingest.index import MunicipalityIndex

INSTALL = "pip install -c constraints.txt -e '.[eval]'"
MEASURES = ("nDCG@10", "R@5", "RR")
REQUIRED, ACCEPTABLE = 2, 1  # grades of relevance
HALF = 0.5
FUSED = "assistant"  # the name of the run that the assistant works with

Values = dict[str, dict[str, list[float]]]  # run to measure to a value a question


class RetrievalMissing(RuntimeError):
    """ir_measures is not installed; the message says how to install it."""

    def __init__(self) -> None:
        super().__init__(f"Retrieval is measured with ir-measures, which is not installed. Try: {INSTALL}")


def retrieval(system: Traced, questions: Iterable[EvalQuestion]) -> Values:
    """Ask every answerable question and measure the ranking: the assistant's, then each retriever's alone.

    Shares between 0 and 1. nDCG@10 (Järvelin & Kekäläinen 2002; gains 2 and 1 for spans in required and
    acceptable quotes), R@5: share of the relevant spans among the first five, RR: one over the rank of the
    first relevant one, 0 where there is none; all three as trec_eval computes them, through ir_measures
    (MacAvaney, Macdonald & Ounis 2022). A question with no relevant span in the index counts 0.

    A retriever alone orders the spans that the assistant kept (the best 50 of the fused scores), not all
    there are; that can flatter it, for spans that only it likes are gone.

    Raises RetrievalMissing when ir_measures is not installed.
    """
    try:
        import ir_measures
    except ImportError as error:
        raise RetrievalMissing from error
    qrels: dict[str, dict[str, int]] = {}
    runs: dict[str, dict[str, dict[str, float]]] = {}
    for question in (each for each in questions if each.answerable):
        trace = system.trace(question.as_asked())
        qrels[question.id] = relevance(question, trace) or {"no span of the index": REQUIRED}
        for name, ranking in rankings(trace).items():
            scores = {span: -float(rank) for rank, span in enumerate(ranking)}
            runs.setdefault(name, {})[question.id] = scores
    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    values: Values = {}
    for name, run in runs.items():
        found = {(str(m.measure), m.query_id): m.value for m in ir_measures.iter_calc(measures, qrels, run)}
        values[name] = {each: [float(found[each, id_]) for id_ in qrels] for each in MEASURES}
    return values


def relevance(question: EvalQuestion, trace: Trace) -> dict[str, int]:
    """Id of each relevant span to its grade, 2 for a required quote and 1 for an acceptable one.

    A span is relevant when at least half of its letters and digits lie in an occurrence of the quote,
    or half of the quote's lie in the span.
    """
    documents = list(trace.index.documents.values())
    spans = _spans(trace.index)
    grades: dict[str, int] = {}
    for grade, quotes in ((ACCEPTABLE, question.acceptable), (REQUIRED, question.required)):
        for quote in quotes:
            for gold in occurrences(quote, question.municipality, documents):
                for id_, span in spans:
                    shared = len(span & gold)
                    if shared and (shared >= HALF * len(span) or shared >= HALF * len(gold)):
                        grades[id_] = grade
    return grades


def rankings(trace: Trace) -> dict[str, list[str]]:
    """Name of each run to the ids of the spans it found, best first; ties in reading order."""
    from assistant.retrieve import WEIGHTS

    place = {ref.id: number for number, ref in enumerate(trace.index.spans)}
    runs = {FUSED: [ranked.ref.id for ranked in trace.retrieved]}
    for name in WEIGHTS:
        found = [(-ranked.scores[name], place[ranked.ref.id], ranked.ref.id) for ranked in trace.retrieved]
        runs[name] = [id_ for score, _, id_ in sorted(found) if score < 0]
    return runs


@lru_cache(maxsize=16)
def _spans(index: MunicipalityIndex) -> list[tuple[str, set[Character]]]:
    """Id of each span of the index with its letters and digits."""
    found = []
    for ref in index.spans:
        document = index.documents[ref.passage.document]
        text = normalised(document.text)
        offsets = (i for start, end in ref.span.fragments for i in range(*text.interval(start, end)))
        found.append((ref.id, {Character(document.municipality, document.id, i) for i in offsets}))
    return found
