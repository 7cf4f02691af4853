"""Finding texts that repeat the retrieval test, so that they can be kept out of training."""

from __future__ import annotations

import gzip
import json
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

WORD = re.compile(r"\w+")
SHINGLE = 5
SHARE = 0.5


def words(text: str) -> list[str]:
    """Return the lower-cased words of a text, punctuation dropped."""
    return WORD.findall(text.lower())


def shingles(tokens: list[str]) -> set[str]:
    """Return the runs of five consecutive words, each joined by a space (none for shorter texts)."""
    return {" ".join(tokens[i : i + SHINGLE]) for i in range(len(tokens) - SHINGLE + 1)}


class TestOverlap:
    """Tells whether a text repeats one of the held-out paragraphs, whole or in large part.

    A text repeats the test when its words equal those of a held-out paragraph, when at least half of its
    five-word shingles occur anywhere in the held-out paragraphs, or when it holds at least half of the
    shingles of one of them (shingle containment after Broder, 1997).

    >>> overlap = TestOverlap(["Arbeidstaker har rett til seks dager fri i året."])
    >>> overlap.repeats("arbeidstaker har rett til seks dager fri")
    True
    >>> overlap.repeats("Arbeidsgiver skal føre oversikt over sykefravær i virksomheten")
    False
    """

    __test__ = False

    def __init__(self, paragraphs: Iterable[str]) -> None:
        """Index the held-out paragraphs."""
        self._exact: set[str] = set()
        self._owners: dict[str, list[int]] = {}
        self._sizes: list[int] = []
        for paragraph in paragraphs:
            tokens = words(paragraph)
            joined = " ".join(tokens)
            if not tokens or joined in self._exact:
                continue
            self._exact.add(joined)
            own = shingles(tokens)
            for shingle in own:
                self._owners.setdefault(shingle, []).append(len(self._sizes))
            self._sizes.append(len(own))

    def repeats(self, text: str) -> bool:
        """Return True when the text repeats a held-out paragraph, whole or in large part."""
        tokens = words(text)
        if " ".join(tokens) in self._exact:
            return True
        own = shingles(tokens)
        shared = [self._owners[shingle] for shingle in own if shingle in self._owners]
        if not shared:
            return False
        if len(shared) >= SHARE * len(own):
            return True
        per_paragraph = Counter(owner for owners in shared for owner in owners)
        return any(count >= SHARE * self._sizes[owner] for owner, count in per_paragraph.items())


def heldout_overlap(data: Path) -> TestOverlap:
    """Build the overlap check of `law_headings_task`: its paragraphs and its sections."""
    task = data / "law_headings_task"
    with gzip.open(task / "heldout_paragraphs.txt.gz", "rt", encoding="utf-8") as lines:
        paragraphs = [line.strip() for line in lines]
    with (task / "corpus.jsonl").open(encoding="utf-8") as lines:
        paragraphs += [json.loads(line)["text"] for line in lines]
    return TestOverlap(paragraphs)
