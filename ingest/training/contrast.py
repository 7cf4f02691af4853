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
    """Pairs as row numbers into a list of texts: left (n,) and right (n,), and their share of the batches.

    ``groups`` (n,) numbers what pairs are about, -1 for nothing in common. With ``hard``, batches are made
    of whole groups, so that a pair is told from others on its own topic; without, pairs of one group are
    no negatives of each other.
    """

    name: str
    left: np.ndarray
    right: np.ndarray
    share: float
    groups: np.ndarray
    hard: bool = False


@dataclass(frozen=True)
class Schedule:
    """How to train: steps, pairs a batch, learning rate, factor on the cosine, share of tokens left out."""

    steps: int
    batch: int
    rate: float
    scale: float
    dropout: float
    seed: int


def batches(
    groups: list[PairRows], schedule: Schedule
) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield (left, right, kin), each at most (batch,): text numbers, and what they are about (-1: alone).

    Each batch is from one source, drawn by share.

    No right-hand text is twice in a batch, so a pair's own paragraph is never among its negatives.
    """
    chance = np.random.default_rng(schedule.seed)
    shares = np.array([group.share for group in groups])
    for _ in range(schedule.steps):
        group = groups[int(chance.choice(len(groups), p=shares / shares.sum()))]
        rows = (
            _hard_rows(group, schedule.batch, chance)
            if group.hard
            else _any_rows(group, schedule.batch, chance)
        )
        left, right = group.left[rows], group.right[rows]
        _, first = np.unique(right, return_index=True)
        kin = np.full(len(first), -1) if group.hard else group.groups[rows][first]
        yield left[first], right[first], kin


def _any_rows(group: PairRows, batch: int, chance: np.random.Generator) -> np.ndarray:
    return np.unique(chance.integers(0, len(group.left), size=batch))


def _hard_rows(group: PairRows, batch: int, chance: np.random.Generator) -> np.ndarray:
    """Return rows of few groups, in random order, so that most of a batch is about the same few things."""
    chosen: list[np.ndarray] = []
    size = 0
    for number in chance.permutation(np.unique(group.groups)):
        rows = np.flatnonzero(group.groups == number)
        chosen.append(rows)
        size += len(rows)
        if size >= batch:
            break
    return chance.permutation(np.concatenate(chosen))[:batch]


def embed(
    weights: torch.Tensor, texts: TokenLists, rows: np.ndarray, dropout: float, chance: torch.Generator
) -> torch.Tensor:
    """Return (n, dimensions) unit vectors of the chosen texts, a share `dropout` of their tokens left out."""
    ids, offsets = (torch.from_numpy(array) for array in texts.gather(rows))
    factors = (torch.rand(len(ids), generator=chance) >= dropout).to(weights.dtype)
    summed = embedding_bag(ids, weights, offsets, mode="sum", per_sample_weights=factors)
    return normalize(summed, dim=1)


def pair_loss(left: torch.Tensor, right: torch.Tensor, same: torch.Tensor, scale: float) -> torch.Tensor:
    """Return the symmetric InfoNCE loss of (n, dimensions) unit vectors (van den Oord et al., 2018).

    same: (n, n) bool, True off the diagonal where two rows share a text and are no negatives of each other.
    """
    scores = (scale * left @ right.T).masked_fill(same, -1e4)
    wanted = torch.arange(len(left))
    return (cross_entropy(scores, wanted) + cross_entropy(scores.T, wanted)) / 2


def train(vectors: np.ndarray, texts: TokenLists, groups: list[PairRows], schedule: Schedule) -> np.ndarray:
    """Return trained (vocabulary, dimensions) float32 token vectors, starting from `vectors`.

    Adam, its rate falling linearly to zero. One thread and a fixed seed: a second run gives the same bits.
    """
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    weights = torch.nn.Parameter(torch.from_numpy(vectors.copy()))
    optimizer = torch.optim.Adam([weights], lr=schedule.rate)
    chance = torch.Generator().manual_seed(schedule.seed)
    for step, (left, right, kin) in enumerate(batches(groups, schedule)):
        optimizer.param_groups[0]["lr"] = schedule.rate * (1 - step / schedule.steps)
        related = (kin[:, None] == kin[None, :]) & (kin[:, None] >= 0)
        same = torch.from_numpy((left[:, None] == left[None, :]) | related)
        same.fill_diagonal_(False)
        lefts = embed(weights, texts, left, schedule.dropout, chance)
        rights = embed(weights, texts, right, schedule.dropout, chance)
        loss = pair_loss(lefts, rights, same, schedule.scale)
        optimizer.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        optimizer.step()
    return weights.detach().numpy()
