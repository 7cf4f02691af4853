"""The way of a question: understand → retrieve → answer → verify."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

from langchain_core.runnables import Runnable, RunnableLambda

from assistant.answer import Answer, Citation, Question, Statement, Status, Timing
from assistant.answerability import answerability, is_answerable, settled_elsewhere
from assistant.compose import answer_text, cite
from assistant.neighbours import Neighbour
from assistant.phrases import phrase
from assistant.quote import choose_quotes
from assistant.retrieve import Ranked, Retriever, Suggested
from assistant.settings import Settings
from assistant.spelling import mend
from assistant.understand import Understood, check_question, understand
from assistant.verify import citation_holds, verified
from ingest.analysis import word_terms
from ingest.document import Document
from ingest.embedding import load_embedder
from ingest.index import (
    Index,
    MunicipalityIndex,
    SpanRef,
    current_generation,
    open_index,
)
from ingest.passages import Section, make_sections

CLOSEST = 3  # passages offered when there is no answer


@dataclass
class Trace:
    """A question on its way, and what each step made of it. HR reads it beside the answer."""

    asked: Question
    index: MunicipalityIndex
    question: Understood | None = None
    retrieved: list[Ranked] = field(default_factory=list)
    suggested: list[Suggested] = field(default_factory=list)  # answers of the question bank
    neighbours: list[Neighbour] = field(default_factory=list)  # known questions like it, surest first
    probability: float = 0.0  # 0 to 1, that the documents answer it; decides whether to answer
    considered: tuple[SpanRef, ...] = ()  # what would be quoted
    refs: tuple[SpanRef, ...] = ()
    status: Status = "answered"
    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    timing: Timing = field(default_factory=Timing)
    answer: Answer | None = None


@dataclass(frozen=True)
class Municipality:
    """A municipality there are documents of."""

    key: str
    name: str


class PolicyAssistant:
    """Answers questions from an opened index. Safe to use from several threads.

    >>> assistant = PolicyAssistant.open(Settings())
    >>> assistant.ask(Question(municipality="modum", question="lønn?")).status
    'answered'
    """

    def __init__(self, settings: Settings, index: Index, retriever: Retriever) -> None:
        self.settings = settings
        self.indexes = index.municipalities
        self._index = index
        self._retriever = retriever
        self._names = {key: municipality.name for key, municipality in index.municipalities.items()}
        self.chain = self._build_chain()

    @classmethod
    def open(cls, settings: Settings) -> PolicyAssistant:
        """Open the index of ``settings``. Raises IndexMissing, IndexMismatch or ModelError."""
        embedder = load_embedder(settings.embedding)
        assistant = cls(settings, open_index(settings.index, embedder.fingerprint), Retriever(embedder))
        word_terms("ord")  # loads the dictionaries now, not in the first question
        return assistant

    def ask(self, question: Question) -> Answer:
        """Answer one question. Raises BadQuestion, QuestionTooLong or UnknownMunicipality."""
        answer = self.trace(question).answer
        assert answer is not None
        return answer

    def trace(self, question: Question) -> Trace:
        """Like ``ask``, with what each step made of the question."""
        check_question(question, self._names, self.settings)
        return self.chain.invoke(Trace(question, self._index.municipalities[question.municipality]))

    def _build_chain(self) -> Runnable[Trace, Trace]:
        """understand → retrieve → answer → verify, each step timed."""
        return (
            _step("understand", self._understand)
            | _step("retrieve", self._retrieve)
            | _step("answer", self._answer)
            | _step("verify", self._verify)
            | RunnableLambda(_finish)
        )

    def _understand(self, trace: Trace) -> None:
        question = understand(trace.asked, self._names, trace.index.vocabulary)
        if question.kind == "question" and question.language != "en":
            question = replace(question, search_text=mend(question.search_text, trace.index))
        trace.question = question

    def _retrieve(self, trace: Trace) -> None:
        if _question(trace).kind == "question":
            found = self._retriever.retrieve(_question(trace).search_text, trace.index)
            trace.retrieved, trace.suggested = found.ranked, found.suggested
            trace.neighbours = found.neighbours

    def _answer(self, trace: Trace) -> None:
        question = _question(trace)
        if question.kind != "question":
            trace.status = "not_in_policy" if question.kind == "instruction" else question.kind
            return
        trace.considered = choose_quotes(question, trace.retrieved, trace.suggested, trace.index)
        trace.probability = answerability(
            question, trace.neighbours, trace.retrieved, trace.considered, trace.index
        )
        if not is_answerable(trace.probability):
            trace.status = "not_in_policy"
            return
        trace.refs = trace.considered
        chosen = {ref.id for ref in trace.refs}
        for ranked in trace.retrieved:
            ranked.chosen = ranked.ref.id in chosen
        trace.statements, trace.citations = cite(trace.refs, trace.index.documents)

    def _verify(self, trace: Trace) -> None:
        trace.statements, trace.citations = verified(
            trace.statements, trace.citations, trace.index.documents, trace.asked.municipality
        )
        if trace.status == "answered" and not trace.statements:
            trace.status = "not_in_policy"

    # --- what the surfaces show beside answers ---

    def is_current(self) -> bool:
        """Whether the opened generation of the index is still the one in use."""
        return current_generation(self.settings.index) == self._index.generation

    def municipalities(self) -> list[Municipality]:
        """The municipalities there are documents of, by key."""
        return [Municipality(key, name) for key, name in self._names.items()]

    def documents(self, municipality: str) -> list[Document]:
        """The documents of a municipality; KeyError when it is unknown."""
        return list(self._index.municipalities[municipality].documents.values())

    def document(self, municipality: str, document: str) -> Document:
        """One document; KeyError when there is none."""
        return self._index.municipalities[municipality].documents[document]

    def sections(self, municipality: str, document: str) -> list[Section]:
        """The headings of a document with the stretch of text under each; KeyError when there is none."""
        return make_sections(self.document(municipality, document))


def _step(name: str, work: Callable[[Trace], None]) -> Runnable[Trace, Trace]:
    """One step of the chain as a Runnable that writes its time in milliseconds into the trace."""

    def run(trace: Trace) -> Trace:
        begin = time.perf_counter()
        work(trace)
        setattr(trace.timing, name, round((time.perf_counter() - begin) * 1000, 3))
        return trace

    return RunnableLambda(run).with_config(run_name=name)


def _question(trace: Trace) -> Understood:
    assert trace.question is not None
    return trace.question


def _finish(trace: Trace) -> Trace:
    """Put the Answer together."""
    question, timing = _question(trace), trace.timing
    timing.total = round(timing.understand + timing.retrieve + timing.answer + timing.verify, 3)
    closest = _closest(trace) if trace.status == "not_in_policy" else []
    trace.answer = Answer(
        status=trace.status,
        answer=_text(trace, closest),
        language=question.language,
        statements=trace.statements,
        citations=trace.citations,
        closest=closest,
        understood=question.search_text,
        timing_ms=timing,
    )
    return trace


def _text(trace: Trace, closest: Sequence[Citation]) -> str:
    question = _question(trace)
    language, own = question.language, trace.index.name
    if trace.status == "answered":
        items = {(f[0], f[1]) for ref in trace.refs if ref.span.kind == "item" for f in ref.span.fragments}
        numbers = frozenset(c.n for c in trace.citations if (c.start, c.end) in items)
        return answer_text(trace.statements, trace.citations, numbers, language)
    if trace.status == "other_municipality":
        return phrase("other_municipality", language, other=question.other, own=own)
    if trace.status == "smalltalk":
        return phrase("smalltalk", language, own=own)
    titles = ", ".join(f"«{d.title}»" for d in trace.index.documents.values())
    if question.kind == "instruction":
        return phrase("instruction", language, own=own)
    topic = settled_elsewhere(trace.neighbours)
    if topic is not None:
        text = phrase("settled_elsewhere", language, titles=titles, where=topic.where_in(language))
    else:
        text = phrase("not_in_policy", language, titles=titles)
    return f"{text} {phrase('not_in_policy_closest', language)}" if closest else text


def _closest(trace: Trace) -> list[Citation]:
    """The best ranked spans as citations, for a look; they support nothing."""
    refs = [ranked.ref for ranked in trace.retrieved if ranked.span.kind != "footnote"][:CLOSEST]
    _, citations = cite(refs, trace.index.documents)
    return [c for c in citations if citation_holds(c, trace.index.documents, trace.asked.municipality)]
