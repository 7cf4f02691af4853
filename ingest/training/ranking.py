"""Rankings to compare the model with: BM25 over stems, rank fusion, and the figures both are judged by."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import bm25s
import numpy as np
import simplemma
import snowballstemmer

from ingest.training.overlap import words

RRF_CONSTANT = 60


def stems(text: str) -> list[str]:
    """Return the words of a text as Snowball stems of their simplemma (nb, nn) lemmas."""
    lemmas = [simplemma.lemmatize(word, lang=("nb", "nn")).lower() for word in words(text)]
    return list(snowballstemmer.stemmer("norwegian").stemWords(lemmas))


def bm25_scores(
    queries: Sequence[str], documents: Sequence[str], cut: Callable[[str], list[str]] = stems
) -> np.ndarray:
    """Return (queries, documents) Lucene BM25 scores (k1 1.2, b 0.75) over the terms that `cut` gives."""
    index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
    index.index([cut(document) or [""] for document in documents], show_progress=False)
    rows = []
    for query in queries:
        known = [term for term in cut(query) if term in index.vocab_dict]
        rows.append(index.get_scores(known) if known else np.zeros(len(documents)))
    return np.array(rows, dtype=np.float32)


def reciprocal_rank_fusion(*scores: np.ndarray) -> np.ndarray:
    """Return the (queries, documents) sum of 1 / (60 + rank) over the rankings (Cormack et al., 2009).

    A document whose score is not positive has no rank in that ranking and gains nothing from it.
    """
    fused = np.zeros(scores[0].shape)
    for one in scores:
        ranks = np.argsort(np.argsort(-one, axis=1, kind="stable"), axis=1) + 1
        fused += np.where(one > 0, 1.0 / (RRF_CONSTANT + ranks), 0.0)
    return fused


def ndcg_at_10(scores: np.ndarray, relevant: Sequence[set[int]]) -> float:
    """Return the mean nDCG@10 of (queries, documents) scores; `relevant` holds column numbers a query."""
    gains = 1.0 / np.log2(np.arange(10) + 2)
    order = np.argsort(-scores, axis=1, kind="stable")[:, :10]
    values = []
    for found, wanted in zip(order, relevant, strict=True):
        hits = np.array([column in wanted for column in found])
        values.append((gains[: len(hits)] * hits).sum() / gains[: len(wanted)].sum())
    return float(np.mean(values))


def accuracy_at_1(scores: np.ndarray, wanted: Sequence[int]) -> float:
    """Return the share of rows whose highest score is in the wanted column."""
    return float(np.mean(scores.argmax(axis=1) == np.asarray(wanted)))
