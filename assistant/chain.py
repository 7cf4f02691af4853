"""The way of a question: understand → retrieve → answer → verify."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace

from langchain_core.runnables import Runnable, RunnableLambda

from assistant.answer import QUOTES, Answer, Question
from assistant.answerability import answerability, is_answerable
from assistant.cite import cite
from assistant.compose import finished
from assistant.errors import BadSettings
from assistant.llm import ChatModel, LLMError, configured_model
from assistant.proof import unproven
from assistant.quote import choose_quotes
from assistant.retrieve import Retriever
from assistant.settings import Settings
from assistant.spelling import mend
from assistant.trace import Nobody, Trace, Watcher
from assistant.understand import check_question, understand
from assistant.verify import prose_bears_out, quote_bears_out, verified
from assistant.writer import Writer, Written
from ingest.analysis import word_terms
from ingest.document import Document
from ingest.embedding import load_embedder
from ingest.index import Index, current_generation, open_index
from ingest.instructions import instruction_in
from ingest.passages import Section, make_sections


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

    def __init__(
        self, settings: Settings, index: Index, retriever: Retriever, writer: Writer | None = None
    ) -> None:
        self.settings = settings
        self.indexes = index.municipalities
        self._index = index
        self._retriever = retriever
        self._writer = writer
        self._names = {key: municipality.name for key, municipality in index.municipalities.items()}
        self.chain = self._build_chain()

    @classmethod
    def open(cls, settings: Settings) -> PolicyAssistant:
        """Open the index of ``settings``. Raises IndexMissing, IndexMismatch, ModelError or BadSettings."""
        writer = _configured_writer(settings)
        embedder = load_embedder(settings.embedding)
        index = open_index(settings.index, embedder.fingerprint)
        assistant = cls(settings, index, Retriever(embedder), writer)
        word_terms("ord")  # loads the dictionaries and classifiers now, not in the first question
        instruction_in("ord")
        return assistant

    def ask(self, question: Question, watcher: Watcher | None = None) -> Answer:
        """Answer one question. Raises BadQuestion, QuestionTooLong or UnknownMunicipality.

        ``watcher`` is told of each step, and of each statement a language model writes once it is proven.
        """
        answer = self.trace(question, watcher).answer
        assert answer is not None
        return answer

    def trace(self, question: Question, watcher: Watcher | None = None) -> Trace:
        """Like ``ask``, with what each step made of the question."""
        check_question(question, self._names, self.settings)
        index = self._index.municipalities[question.municipality]
        return self.chain.invoke(Trace(question, index, watcher or Nobody()))

    def _build_chain(self) -> Runnable[Trace, Trace]:
        """understand → retrieve → answer → verify, each step timed."""
        return (
            _step("understand", self._understand)
            | _step("retrieve", self._retrieve)
            | _step("answer", self._answer)
            | _step("verify", self._verify)
            | RunnableLambda(finished)
        )

    def _understand(self, trace: Trace) -> None:
        question = understand(trace.asked, self._names, trace.index.vocabulary)
        if question.kind == "question" and question.language != "en":
            question = replace(question, search_text=mend(question.search_text, trace.index))
        trace.question = question
        if question.kind == "question" and self._writer is not None:
            try:
                trace.rewritten = self._writer.rewrite(question, trace.asked.history, self._names) or ""
            except LLMError as error:  # it is not waited for a second time
                trace.written = Written(problem=str(error))

    def _retrieve(self, trace: Trace) -> None:
        if trace.understood.kind == "question":
            found = self._retriever.retrieve(trace.understood.search_text, trace.index, trace.rewritten)
            trace.retrieved, trace.suggested = found.ranked, found.suggested
            trace.neighbours = found.neighbours

    def _answer(self, trace: Trace) -> None:
        question = trace.understood
        if question.kind != "question":
            trace.status = "not_in_policy" if question.kind == "instruction" else question.kind
            return
        trace.refs = choose_quotes(question, trace.retrieved, trace.suggested, trace.index)
        trace.probability = answerability(
            question, trace.neighbours, trace.retrieved, trace.refs, trace.index
        )
        if not is_answerable(trace.probability):
            trace.status = "not_in_policy"
            return
        chosen = {ref.id for ref in trace.refs}
        for ranked in trace.retrieved:
            ranked.chosen = ranked.ref.id in chosen
        if self._writer is not None and trace.written is None:
            self._write(self._writer, trace)
        if trace.answered_by == QUOTES:
            trace.statements, trace.citations = cite(trace.refs, trace.index.documents)

    def _write(self, writer: Writer, trace: Trace) -> None:
        """Have the language model write the answer; the policy is quoted when nothing of it can be proven."""
        refs = [*trace.refs, *(ranked.ref for ranked in trace.retrieved)]
        left = writer.model.timeout_s - (time.monotonic() - trace.begin)
        trace.written = writer.write(
            trace.understood, trace.asked.history, refs, trace.index, trace.watcher.statement, left
        )
        if trace.written.statements:
            trace.statements, trace.citations = trace.written.statements, trace.written.citations
            trace.answered_by = writer.model.model

    def _verify(self, trace: Trace) -> None:
        trace.statements, trace.citations = verified(
            trace.statements,
            trace.citations,
            trace.index.documents,
            trace.asked.municipality,
            quote_bears_out if trace.answered_by == QUOTES else prose_bears_out,
        )
        if trace.status == "answered" and not trace.statements:
            trace.status = "not_in_policy"

    # --- what the surfaces show beside answers ---

    @property
    def language_model(self) -> str:
        """The name of the language model that writes answers; "" when the policy is quoted."""
        return self._writer.model.model if self._writer is not None else ""

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


def _configured_writer(settings: Settings) -> Writer | None:
    """The writer that the settings name; None without a model. Raises BadSettings when it cannot be."""
    if not settings.llm_writes:
        return None
    try:
        model = configured_model(settings, ChatModel)
        if model is not None:
            model.open()
    except LLMError as error:
        raise BadSettings(f"The language model {settings.llm!r}: {error}") from error
    return Writer(model, unproven) if model is not None else None


def _step(name: str, work: Callable[[Trace], None]) -> Runnable[Trace, Trace]:
    """One step of the chain as a Runnable that writes its time in milliseconds into the trace."""

    def run(trace: Trace) -> Trace:
        begin = time.perf_counter()
        work(trace)
        milliseconds = round((time.perf_counter() - begin) * 1000, 3)
        setattr(trace.timing, name, milliseconds)
        trace.watcher.step(name, milliseconds)
        return trace

    return RunnableLambda(run).with_config(run_name=name)
