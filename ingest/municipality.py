"""What is searched for one municipality: its spans, its question bank, and all that is known of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ingest.analysis import terms, words
from ingest.concepts import ConceptIndex, SpanConcepts
from ingest.document import Document
from ingest.embedding import Vectors
from ingest.lexical import LexicalIndex
from ingest.passages import Passage, Span
from ingest.question_bank import BankQuestion
from ingest.vectors import VectorStore
from ingest.wording import WordingModel


@dataclass(frozen=True)
class Entry:
    """A document in the index with its passages, the file it came from, and the questions of its bank."""

    document: Document
    passages: tuple[Passage, ...]
    source: str
    questions: tuple[BankQuestion, ...] = ()


@dataclass(frozen=True)
class SpanRef:
    """A span with the passage it stands in; ``id`` is its name in the vector store."""

    id: str
    span: Span
    passage: Passage


@dataclass(frozen=True)
class QuestionRef:
    """A question of the bank with the places in ``MunicipalityIndex.spans`` of what answers it.

    No place: the documents do not answer it.
    """

    id: str
    text: str
    language: str
    answer: tuple[int, ...]


Described = tuple[ConceptIndex, SpanConcepts]  # concepts, and those that each span means


class MunicipalityIndex:
    """What is searched for one municipality: its spans in reading order, its question bank, its vectors."""

    def __init__(
        self,
        key: str,
        entries: Sequence[Entry],
        lexical: LexicalIndex,
        asked: LexicalIndex,
        concepts: Described,
        precedents: Described,
        vectors: VectorStore,
        elsewhere: Vectors,
        wording: WordingModel,
    ) -> None:
        self.key = key
        self.documents = {entry.document.id: entry.document for entry in entries}
        self.passages = {p.id: p for entry in entries for p in entry.passages}
        self.spans = span_refs(self.passages.values())
        asked_of = question_refs(entries)
        self.questions = [question for question in asked_of if question.answer]
        self.unanswered = [question for question in asked_of if not question.answer]
        self.bank = [*self.questions, *self.unanswered]
        banked = {e.document.id for e in entries if any(question.answer for question in e.questions)}
        self.has_questions = np.array([ref.passage.document in banked for ref in self.spans])
        self.lexical = lexical
        self.asked = asked  # over ``questions``, ``unanswered``, then those of ``ingest.elsewhere``
        self.concepts, self.span_concepts = concepts
        self.precedents, self.span_precedents = precedents
        self._vectors = vectors
        self._elsewhere = elsewhere
        self.wording = wording
        self.others: tuple[MunicipalityIndex, ...] = ()  # those of the same index
        texts = (text for ref in self.spans for text in (ref.span.text, *ref.passage.heading_path))
        self.vocabulary = frozenset(word for text in texts for word in words(text))
        self._frequencies = Counter(term for ref in self.spans for term in set(terms(ref.span.text)))

    @property
    def name(self) -> str:
        """The municipality's name as its documents give it."""
        return next(iter(self.documents.values())).municipality_name

    @cached_property
    def answer_pairs(self) -> NDArray[np.int64]:
        """(pairs, 2) each of ``questions`` by number with each place that answers it."""
        pairs = [(number, place) for number, q in enumerate(self.questions) for place in q.answer]
        return np.array(pairs, dtype=np.int64).reshape(-1, 2)

    def spans_of(self, passage: str) -> list[SpanRef]:
        """The spans of a passage, in order."""
        return self._by_passage[passage]

    @cached_property
    def _by_passage(self) -> dict[str, list[SpanRef]]:
        grouped: dict[str, list[SpanRef]] = {}
        for ref in self.spans:
            grouped.setdefault(ref.passage.id, []).append(ref)
        return grouped

    def document_frequency(self, term: str) -> int:
        """In how many spans an index term stands."""
        return self._frequencies.get(term, 0)

    def similar(self, level: str, vector: Vectors, limit: int) -> dict[str, float]:
        """Cosine similarity of the nearest passages, spans or questions (``level``), best first."""
        if level == "question" and not self.bank:
            return {}
        return self._vectors.similar(self.key, level, vector, limit)

    def similar_questions(self, vector: Vectors, limit: int) -> list[tuple[int, QuestionRef, float]]:
        """The nearest of ``bank``: number, question and cosine similarity, best first."""
        near = self.similar("question", vector, limit)
        return [(self._numbers[id_], self.bank[self._numbers[id_]], cosine) for id_, cosine in near.items()]

    def question_similarity(self, number: int, vector: Vectors) -> float:
        """Cosine similarity of one question of ``bank``."""
        return float(self._question_vectors[number] @ vector)

    def elsewhere_similarity(self, number: int, vector: Vectors) -> float:
        """Cosine similarity of one of ``elsewhere_questions()``."""
        return float(self._elsewhere[number] @ vector)

    @cached_property
    def _numbers(self) -> dict[str, int]:
        return {ref.id: number for number, ref in enumerate(self.bank)}

    @cached_property
    def _question_vectors(self) -> Vectors:
        """(questions, dimension) unit vectors of ``bank``, read when first needed."""
        stored = self._vectors.vectors(self.key, "question", [ref.id for ref in self.bank])
        return np.stack([stored[ref.id] for ref in self.bank])

    def similar_elsewhere(self, vector: Vectors, limit: int) -> dict[int, float]:
        """Cosine similarity of the nearest of ``elsewhere_questions()``, by their numbers, best first."""
        alike = self._elsewhere @ vector
        return {int(n): float(alike[n]) for n in np.argsort(-alike, kind="stable")[:limit]}


def question_refs(entries: Iterable[Entry]) -> list[QuestionRef]:
    """All questions of the banks of ``entries``, which are those of one municipality.

    First those that are answered, then those that are not, each in order.
    """
    refs: list[QuestionRef] = []
    start = 0
    for entry in entries:
        starts = []
        for passage in entry.passages:
            starts.append(start)
            start += len(passage.spans)
        for question in entry.questions:
            answer = tuple(starts[p] + s for p, s in question.answer)
            id_ = f"{entry.document.id}:{len(refs)}"
            refs.append(QuestionRef(id_, question.text, question.language, answer))
    return sorted(refs, key=lambda ref: not ref.answer)


def span_refs(passages: Iterable[Passage]) -> list[SpanRef]:
    """All spans of ``passages`` in order."""
    return [SpanRef(f"{p.id}:{i}", span, p) for p in passages for i, span in enumerate(p.spans)]


def passage_text(passage: Passage) -> str:
    """What a passage's vector is made of: its headings and its text."""
    return ". ".join([*passage.heading_path[-2:], passage.text])


def span_text(ref: SpanRef) -> str:
    """What a span's vector is made of: its headings, the sentence that opens its list, itself."""
    return ". ".join(
        part for part in (*ref.passage.heading_path[-2:], ref.span.lead_in, ref.span.text) if part
    )


def meaning_text(ref: SpanRef) -> str:
    """What a span's concepts are found in: the heading above, the sentence that opens its list, itself."""
    return ". ".join(
        part for part in (*ref.passage.heading_path[-1:], ref.span.lead_in, ref.span.text) if part
    )
