"""How well retrieval ranks, before anything is answered: nDCG@10, R@5 and RR over spans.

figures = retrieval(assistant, load_questions("development"))
figures["assistant"]["nDCG@10"]   # a value a question, for statistics and compare
retrieval_values(question, trace)["RR"]   # of a question that has been asked
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from eval.outcomes import Traced
from eval.questions import EvalQuestion
from eval.spans import Character, normalised, occurrences

if TYPE_CHECKING:
    from assistant.trace import Trace
    from ingest.municipality import MunicipalityIndex

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
    check_installed()
    qrels: dict[str, dict[str, int]] = {}
    runs: dict[str, dict[str, dict[str, float]]] = {}
    for question in (each for each in questions if each.answerable):
        trace = system.trace(question.as_asked())
        qrels[question.id] = _graded(question, trace)
        for name, ranking in rankings(trace).items():
            runs.setdefault(name, {})[question.id] = _scores(ranking)
    return {name: _calculated(qrels, run) for name, run in runs.items()}


def retrieval_values(question: EvalQuestion, trace: Trace) -> dict[str, float]:
    """Each of ``MEASURES`` for the assistant's ranking of one question; nothing when it is unanswerable.

    As ``retrieval`` does, of a question that has been asked. Raises RetrievalMissing.
    """
    if not question.answerable:
        return {}
    run = {question.id: _scores(rankings(trace)[FUSED])}
    found = _calculated({question.id: _graded(question, trace)}, run)
    return {name: value for name, (value,) in found.items()}


def check_installed() -> None:
    """Raise RetrievalMissing when ir_measures is not installed."""
    try:
        import ir_measures  # noqa: F401
    except ImportError as error:
        raise RetrievalMissing from error


def relevance(question: EvalQuestion, index: MunicipalityIndex) -> dict[str, int]:
    """Id of each relevant span to its grade, 2 for a required quote and 1 for an acceptable one.

    A span is relevant when at least half of its letters and digits lie in an occurrence of the quote,
    or half of the quote's lie in the span.
    """
    documents = list(index.documents.values())
    spans = span_characters(index)
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
    place = {ref.id: number for number, ref in enumerate(trace.index.spans)}
    runs = {FUSED: [ranked.ref.id for ranked in trace.retrieved]}
    for name in trace.retrieved[0].scores if trace.retrieved else ():
        found = [(-ranked.scores[name], place[ranked.ref.id], ranked.ref.id) for ranked in trace.retrieved]
        runs[name] = [id_ for score, _, id_ in sorted(found) if score < 0]
    return runs


def _graded(question: EvalQuestion, trace: Trace) -> dict[str, int]:
    """The relevant spans; one that cannot be found stands for them when the index holds none."""
    return relevance(question, trace.index) or {"no span of the index": REQUIRED}


def _scores(ranking: list[str]) -> dict[str, float]:
    return {span: -float(rank) for rank, span in enumerate(ranking)}


def _calculated(qrels: dict[str, dict[str, int]], run: dict[str, dict[str, float]]) -> dict[str, list[float]]:
    """Each of ``MEASURES`` to its value for each question, in the order of ``qrels``."""
    check_installed()
    import ir_measures

    measures = [ir_measures.parse_measure(name) for name in MEASURES]
    found = {(str(m.measure), m.query_id): m.value for m in ir_measures.iter_calc(measures, qrels, run)}
    return {name: [float(found[name, id_]) for id_ in qrels] for name in MEASURES}


@lru_cache(maxsize=16)
def span_characters(index: MunicipalityIndex) -> list[tuple[str, set[Character]]]:
    """Id of each span of the index with its letters and digits."""
    found = []
    for ref in index.spans:
        document = index.documents[ref.passage.document]
        text = normalised(document.text)
        offsets = (i for start, end in ref.span.fragments for i in range(*text.interval(start, end)))
        found.append((ref.id, {Character(document.municipality, document.id, i) for i in offsets}))
    return found
