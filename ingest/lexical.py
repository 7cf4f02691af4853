"""The lexical index: BM25 over fields of the same entries.

BM25 as in Lucene (Robertson & Zaragoza 2009), by the library bm25s (Lù 2024).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from ingest.analysis import char_ngrams, terms

Scores = NDArray[np.float32]
Analyser = Callable[[str], list[str]]

# The fields: what is indexed, and how a question to it is cut into terms.
ANALYSERS: dict[str, Analyser] = {
    "words": terms,  # the span itself
    "context": terms,  # headings, lead-in, span and its passage
    "headings": terms,  # headings and lead-in alone
    "grams": char_ngrams,  # headings, lead-in and span in character n-grams, for typos
}


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 over the fields of ``ANALYSERS``; entry i of each field is the same span."""

    fields: dict[str, bm25s.BM25]
    size: int

    @classmethod
    def build(cls, texts: dict[str, Sequence[str]]) -> LexicalIndex:
        """Index ``texts``: for each field one text an entry, all fields of equal length."""
        fields = {}
        for name, analyse in ANALYSERS.items():
            tokens = [analyse(text) or [""] for text in texts[name]]
            fields[name] = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
            fields[name].index(tokens, show_progress=False)
        return cls(fields, len(next(iter(texts.values()))))

    @classmethod
    def load(cls, folder: Path, size: int) -> LexicalIndex:
        """Read what ``save`` wrote."""
        return cls({name: bm25s.BM25.load(folder / name) for name in ANALYSERS}, size)

    def save(self, folder: Path) -> None:
        """Write one folder a field."""
        for name, field in self.fields.items():
            field.save(folder / name)

    def scores(self, field: str, question: str) -> Scores:
        """BM25 scores of all entries, shape (size,), zero where no term is shared."""
        known = self.fields[field].vocab_dict
        query = [form for term in ANALYSERS[field](question) for form in _forms(term) if form in known]
        if not query:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self.fields[field].get_scores(query), dtype=np.float32)


def _forms(term: str) -> tuple[str, ...]:
    """What a question's term matches: a word also where it is part of a compound, a part also on its own."""
    return (term, term[1:]) if term.startswith("+") else (term, f"+{term}")
