"""Token vectors before training: which tokens occur in the same texts, factorised."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.utils.extmath import randomized_svd

from ingest.training.tokens import TokenLists

SMOOTHING = 0.75
RARITY = 1e-3


def occurrences(texts: TokenLists, vocabulary: int) -> csr_matrix:
    """Return the (texts, vocabulary) matrix that is 1 where a text holds a token."""
    rows = np.repeat(np.arange(len(texts)), np.diff(texts.starts))
    matrix = csr_matrix((np.ones(len(rows), np.float32), (rows, texts.ids)), shape=(len(texts), vocabulary))
    matrix.data[:] = 1.0
    return matrix


def positive_pmi(together: csr_matrix) -> csr_matrix:
    """Return positive pointwise mutual information of a (vocabulary, vocabulary) co-occurrence count.

    Context counts are smoothed by the power 0.75 (Levy, Goldberg and Dagan, 2015).
    """
    counts = together.tocoo()
    word = np.asarray(together.sum(axis=1)).ravel()
    context = word**SMOOTHING
    context /= context.sum()
    value = np.log(counts.data / np.maximum(word[counts.row] * context[counts.col], 1e-12))
    keep = value > 0
    kept = (value[keep].astype(np.float32), (counts.row[keep], counts.col[keep]))
    return csr_matrix(kept, shape=together.shape)


def initial_vectors(texts: TokenLists, vocabulary: int, dimensions: int, seed: int) -> np.ndarray:
    """Return (vocabulary, dimensions) float32 token vectors: SVD of PPMI, longer for rarer tokens.

    The directions are the left singular vectors times the root of the singular values, each row normalised;
    the lengths are the smooth inverse frequency a / (a + p) of Arora, Liang and Ma (2017), so that a plain
    mean of token vectors is already a weighted one.
    """
    seen = occurrences(texts, vocabulary)
    weights = 1.0 / np.maximum(np.asarray(seen.sum(axis=1)).ravel(), 1.0)
    together = (seen.T @ seen.multiply(weights[:, None])).tocsr()
    left, values, _ = randomized_svd(positive_pmi(together), dimensions, n_iter=4, random_state=seed)
    vectors = left * np.sqrt(values)
    vectors /= np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    frequency = np.bincount(texts.ids, minlength=vocabulary) / len(texts.ids)
    lengths = RARITY / (RARITY + frequency)
    return np.asarray(vectors * lengths[:, None], dtype=np.float32)
