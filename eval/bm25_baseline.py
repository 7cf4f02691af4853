"""Plain BM25 over sentences, a second reference: no model, no understanding of language."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from typing import Any

from assistant.answer import Answer, Question, Timing
from eval.baseline import BaselineMissing, Place, quoted
from eval.documents import Document

TOP = 5
SENTENCE = re.compile(r"\S.*?(?:[.!?](?=\s)|(?=\n\s*\n)|(?=\s*\Z))", re.DOTALL)


class Bm25Baseline:
    """Answers with the five sentences of the municipality that score best, those above 0.

    A sentence ends at ``. ! ?`` before white space or at a blank line; a token is what stands between
    white space, in lower case. Scores are those of Lucene's BM25 with k1=1.5, b=0.75 (bm25s, Lù 2024,
    arXiv:2407.03618). The history is not looked at.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        try:
            import bm25s
        except ImportError as error:
            raise BaselineMissing("the BM25 baseline", error.name or str(error)) from error
        self._indexes: dict[str, tuple[Any, list[Place]]] = {}
        for municipality in {each.municipality for each in documents}:
            own = [each for each in documents if each.municipality == municipality]
            places = [place for each in own for place in sentences(each)]
            index = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
            index.index(
                [_tokens(each.document.text[each.start : each.end]) for each in places], show_progress=False
            )
            self._indexes[municipality] = index, places

    def ask(self, question: Question) -> Answer:
        """The best sentences, best first, as citations."""
        start = time.perf_counter()
        index, places = self._indexes[question.municipality]
        tokens = _tokens(question.question)
        scores = index.get_scores(tokens) if tokens else [0.0] * len(places)
        best = sorted(range(len(places)), key=lambda number: -scores[number])[:TOP]
        found = [places[number] for number in best if scores[number] > 0]
        milliseconds = (time.perf_counter() - start) * 1000
        return quoted(question, found, Timing(retrieve=milliseconds, total=milliseconds), "bm25")


def sentences(document: Document) -> list[Place]:
    """Where each sentence of the document stands."""
    return [Place(document, *match.span()) for match in SENTENCE.finditer(document.text)]


def _tokens(text: str) -> list[str]:
    return text.lower().split()
