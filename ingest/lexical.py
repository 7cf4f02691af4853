"""The lexical index: BM25 over fields of the same entries.

BM25 as in Lucene (Robertson & Zaragoza 2009), by the library bm25s (Lù 2024).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from ingest.analysis import char_ngrams, terms

Scores = NDArray[np.float32]
Analyser = Callable[[str], list[str]]


def all_terms(text: str) -> list[str]:
    """Index terms of ``text``, function words among them: between questions they tell too."""
    return terms(text, keep_stopwords=True)


# The fields: what is indexed, and how a question to it is cut into terms.
ANALYSERS: dict[str, Analyser] = {
    "words": terms,  # the span itself
    "context": terms,  # headings, lead-in, span and its passage
    "headings": terms,  # headings and lead-in alone
    "grams": char_ngrams,  # headings, lead-in and span in character n-grams, for typos
    "asked_words": all_terms,  # a question of the bank
    "asked_grams": char_ngrams,  # ... in character n-grams
}
SPAN_FIELDS = ("words", "context", "headings", "grams")
QUESTION_FIELDS = ("asked_words", "asked_grams")


@dataclass(frozen=True)
class LexicalIndex:
    """BM25 over some fields of ``ANALYSERS``; entry i of each field is the same span or question."""

    fields: dict[str, bm25s.BM25]
    size: int
    _rarities: dict[tuple[str, str], float] = dataclasses.field(
        default_factory=dict, compare=False, repr=False
    )

    @classmethod
    def build(cls, texts: dict[str, Sequence[str]]) -> LexicalIndex:
        """Index ``texts``: for each field one text an entry, all fields of equal length."""
        fields = {}
        for name, of_field in texts.items():
            tokens = [ANALYSERS[name](text) or [""] for text in of_field]
            fields[name] = bm25s.BM25(method="lucene", k1=1.2, b=0.5)
            fields[name].index(tokens, show_progress=False)
        return cls(fields, len(next(iter(texts.values()))))

    @classmethod
    def load(cls, folder: Path, fields: Sequence[str], size: int) -> LexicalIndex:
        """Read what ``save`` wrote."""
        return cls({name: bm25s.BM25.load(folder / name) for name in fields}, size)

    def save(self, folder: Path) -> None:
        """Write one folder a field."""
        for name, index in self.fields.items():
            index.save(folder / name)

    def scores(self, field: str, question: str) -> Scores:
        """BM25 scores of all entries, shape (size,), zero where no term is shared."""
        known = self.fields[field].vocab_dict
        query = [form for term in ANALYSERS[field](question) for form in _forms(term) if form in known]
        if not query:
            return np.zeros(self.size, dtype=np.float32)
        return np.asarray(self.fields[field].get_scores(query), dtype=np.float32)

    def rarity(self, field: str, term: str) -> float:
        """Inverse document frequency of a term, more than 0; highest for one that stands nowhere."""
        if (rarity := self._rarities.get((field, term))) is not None:
            return rarity
        index = self.fields[field]
        known = [index.vocab_dict[form] for form in _forms(term) if form in index.vocab_dict]
        starts = index.scores["indptr"]
        count = max((int(starts[i + 1] - starts[i]) for i in known), default=0)
        return self._rarities.setdefault((field, term), math.log(1 + self.size / (count + 0.5)))

    def weighted_scores(self, field: str, weights: Mapping[str, float]) -> Scores:
        """BM25 scores, shape (size,), each index term of ``weights`` counted by its weight."""
        index = self.fields[field]
        ids = [
            (index.vocab_dict[term], weight) for term, weight in weights.items() if term in index.vocab_dict
        ]
        data, rows, starts = (index.scores[name] for name in ("data", "indices", "indptr"))
        total = np.zeros(self.size, dtype=np.float32)
        for id_, weight in ids:
            entries = slice(starts[id_], starts[id_ + 1])
            total[rows[entries]] += weight * data[entries]
        return total


def _forms(term: str) -> tuple[str, ...]:
    """What a question's term matches: a word also where it is part of a compound, a part also on its own."""
    return (term, term[1:]) if term.startswith("+") else (term, f"+{term}")
