"""Headings asked as questions, so that the words of asking weigh little in the model."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path

import numpy as np

from ingest.training.pairs import Pair

FRAMES = Path(__file__).with_name("question_frames.toml")
FRAMED_KINDS = frozenset({"sec", "heading"})
FRAMED_SOURCE = "question_frames"


def read_frames(use: str) -> list[str]:
    """Return the frames of `question_frames.toml` for a use, `"train"` or `"measure"`; each holds one `{}`.

    The frames for measuring are never trained on.
    """
    by_language = tomllib.loads(FRAMES.read_text(encoding="utf-8"))[use]
    return [frame for frames in by_language.values() for frame in frames]


def ask(frame: str, heading: str) -> str:
    """Return a heading as a question.

    >>> ask("Har jeg rett til {}?", "(Flytting)")
    'Har jeg rett til flytting?'
    """
    return frame.format(heading.strip(" ().:").lower())


def framed_pairs(pairs: Iterable[Pair], seed: int) -> list[Pair]:
    """Return every section heading's pair once more, its heading asked in a frame drawn by the seed."""
    frames = read_frames("train")
    chance = np.random.default_rng(seed)
    return [
        Pair(FRAMED_SOURCE, pair.kind, ask(frames[int(chance.integers(len(frames)))], pair.left), pair.right)
        for pair in pairs
        if pair.kind in FRAMED_KINDS
    ]
