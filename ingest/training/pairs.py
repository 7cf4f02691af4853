"""Reading the permissive training data, and setting rows aside for measuring."""

from __future__ import annotations

import gzip
import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from ingest.training.overlap import TestOverlap

HELDOUT_ONE_IN = 50
HEADING_TYPES = frozenset({"sec", "law_sec", "heading", "title"})


@dataclass(frozen=True)
class Pair:
    """Two texts that belong together: a heading and its paragraph, or the same thing said twice."""

    source: str
    kind: str
    left: str
    right: str
    group: str = ""  # pairs of one source with the same group are about the same thing


@dataclass(frozen=True)
class TrainingData:
    """What is trained on, what is set aside, and how many rows were dropped because they repeat the test."""

    train: list[Pair]
    heldout: list[Pair]
    sentences: list[str]
    dropped_pairs: int
    dropped_sentences: int


def bare_heading(kind: str, heading: str) -> str:
    """Return a heading without the name of its law, lower-cased: `"ferieloven: Formål"` gives `"formål"`."""
    return (heading.partition(": ")[2] if kind == "law_sec" else heading).strip(" ()").lower()


def is_heldout(text: str) -> bool:
    """Return True for the one in fifty texts whose BLAKE2b hash says so (case and outer spaces ignored)."""
    digest = hashlib.blake2b(text.strip().lower().encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % HELDOUT_ONE_IN == 0


def read_pairs(data: Path) -> Iterator[Pair]:
    """Yield the rows of `pairs_permissive.tsv.gz` (source, type, licence, left, right) in file order."""
    with gzip.open(data / "pairs_permissive.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            source, kind, _licence, left, right = line.rstrip("\n").split("\t")
            yield Pair(source, kind, left, right)


def read_sentences(data: Path) -> Iterator[str]:
    """Yield the sentences of `sentences_permissive.tsv.gz` in file order."""
    with gzip.open(data / "sentences_permissive.tsv.gz", "rt", encoding="utf-8") as lines:
        for line in lines:
            yield line.rstrip("\n").rsplit("\t", 1)[-1]


def split_pairs(pairs: list[Pair]) -> tuple[list[Pair], list[Pair]]:
    """Split pairs into (train, held out) so that no held-out text is trained on.

    A heading pair is held out when its heading hashes so, any other when one of its texts does. Every further
    pair that has a held-out text on either side leaves the training part and is not used at all.
    """
    heldout: list[Pair] = []
    rest: list[Pair] = []
    for pair in pairs:
        if pair.kind in HEADING_TYPES:
            chosen = is_heldout(bare_heading(pair.kind, pair.left))
        else:
            chosen = pair.kind != "adj" and (is_heldout(pair.left) or is_heldout(pair.right))
        (heldout if chosen else rest).append(pair)
    taken = {text for pair in heldout for text in (pair.left, pair.right)}
    return [pair for pair in rest if pair.left not in taken and pair.right not in taken], heldout


def load_training_data(data: Path, overlap: TestOverlap) -> TrainingData:
    """Read the data folder, drop what repeats the retrieval test, drop held-out and repeated sentences."""
    every = list(dict.fromkeys(read_pairs(data)))
    verdict: dict[str, bool] = {}
    for pair in every:
        for text in (pair.left, pair.right):
            if text not in verdict:
                verdict[text] = len(text) > 40 and overlap.repeats(text)
    clean = [pair for pair in every if not (verdict[pair.left] or verdict[pair.right])]
    train, heldout = split_pairs(clean)
    taken = {text for pair in heldout for text in (pair.left, pair.right)}
    sentences = list(dict.fromkeys(read_sentences(data)))
    kept = [text for text in sentences if text not in taken and not overlap.repeats(text)]
    return TrainingData(train, heldout, kept, len(every) - len(clean), len(sentences) - len(kept))
