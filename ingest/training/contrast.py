"""Contrastive training of token vectors: texts of a pair move together, other texts of the batch apart."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn.functional import cross_entropy, embedding_bag, normalize

from ingest.training.tokens import TokenLists


@dataclass(frozen=True)
class PairRows:
    """Pairs as row numbers into a list of texts: left (n,) and right (n,), and their share of the batches."""

    name: str
    left: np.ndarray
    right: np.ndarray
    share: float


@dataclass(frozen=True)
class Schedule:
    """How long and how fast to train."""

    steps: int
    batch: int
    run: int
    rate: float
    scale: float
    dropout: float
    seed: int


def batches(groups: list[PairRows], schedule: Schedule) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Yield (left, right) text numbers, each (batch,): every batch from one group, drawn by its share.

    A batch is made of runs of neighbouring rows, so that most of its negatives come from the same law or
    letter: telling sections of one law apart is what retrieval has to do.
    """
    chance = np.random.default_rng(schedule.seed)
    shares = np.array([group.share for group in groups])
    for _ in range(schedule.steps):
        group = groups[int(chance.choice(len(groups), p=shares / shares.sum()))]
        starts = chance.integers(0, len(group.left), size=max(1, schedule.batch // schedule.run))
        rows = np.unique((starts[:, None] + np.arange(schedule.run)).ravel() % len(group.left))
        left, right = group.left[rows], group.right[rows]
        _, first = np.unique(right, return_index=True)
        yield left[first], right[first]


def embed(weights: torch.Tensor, texts: TokenLists, rows: np.ndarray, kept: torch.Generator | None,
          dropout: float) -> torch.Tensor:
    """Return the (n, dimensions) unit vectors of the chosen texts; with a generator, tokens drop out."""
    ids, offsets = (torch.from_numpy(array) for array in texts.gather(rows))
    factors = None
    if kept is not None and dropout > 0:
        factors = (torch.rand(len(ids), generator=kept) >= dropout).to(weights.dtype)
    summed = embedding_bag(ids, weights, offsets, mode="sum", per_sample_weights=factors)
    return normalize(summed, dim=1)


def pair_loss(left: torch.Tensor, right: torch.Tensor, same: torch.Tensor, scale: float) -> torch.Tensor:
    """Return the symmetric InfoNCE loss of (n, dimensions) unit vectors (van den Oord et al., 2018).

    same: (n, n) bool, True off the diagonal where two rows share a text and are no negatives of each other.
    """
    scores = (scale * left @ right.T).masked_fill(same, -1e4)
    wanted = torch.arange(len(left))
    return (cross_entropy(scores, wanted) + cross_entropy(scores.T, wanted)) / 2


def train(vectors: np.ndarray, texts: TokenLists, groups: list[PairRows], schedule: Schedule,
          widths: tuple[int, ...]) -> np.ndarray:
    """Return trained (vocabulary, dimensions) float32 token vectors, starting from `vectors`.

    The loss is summed over the leading `widths` dimensions (Matryoshka, Kusupati et al., 2022). Adam with a
    linear fall of the rate to zero.
    """
    torch.manual_seed(schedule.seed)
    weights = torch.nn.Parameter(torch.from_numpy(vectors.copy()))
    optimizer = torch.optim.Adam([weights], lr=schedule.rate)
    kept = torch.Generator().manual_seed(schedule.seed)
    for step, (left, right) in enumerate(batches(groups, schedule)):
        optimizer.param_groups[0]["lr"] = schedule.rate * (1 - step / schedule.steps)
        same = torch.from_numpy(left[:, None] == left[None, :])
        same.fill_diagonal_(False)
        first = embed(weights, texts, left, kept, schedule.dropout)
        second = embed(weights, texts, right, kept, schedule.dropout)
        loss = torch.stack([
            pair_loss(normalize(first[:, :width], dim=1), normalize(second[:, :width], dim=1), same, schedule.scale)
            for width in widths
        ]).mean()
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    return weights.detach().numpy()
