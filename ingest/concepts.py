"""The concepts of the thesaurus as an index: which of them a text means, and the policy words for them.

Explicit semantic analysis (Gabrilovich & Markovitch 2007): a text is described by how well it matches each
of many described concepts. A concept's description is all that people and policies say for it, so a
question need not use a listed phrase as it stands; words that stand in many concepts tell little.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from ingest.analysis import stopwords, word_terms, words
from ingest.thesaurus import Concept

STRONGEST = 12  # concepts that a question is taken to mean
STRONGEST_OF_SPAN = 20
CONTRAST = 2  # power that a concept's share of the best one's score is raised to
PART_OF_COMPOUND = 0.5  # weight of a policy word that stands only inside a compound

Meant = dict[int, float]  # number of a concept to how surely it is meant, best 1


@dataclass(frozen=True)
class ConceptIndex:
    """BM25 over the concepts' forms. ``policy[i]`` are the index terms by which policies say concept i."""

    names: tuple[str, ...]
    policy: tuple[Mapping[str, float], ...]
    described: bm25s.BM25
    vocabulary: frozenset[str]  # every word of every form

    @classmethod
    def build(cls, concepts: Sequence[Concept]) -> ConceptIndex:
        """Index ``concepts``."""
        described = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        texts = [[term for form in concept.forms for term in concept_terms(form)] for concept in concepts]
        described.index([text or [""] for text in texts] or [[""]], show_progress=False)
        return cls(
            tuple(concept.name for concept in concepts) or ("",),
            tuple(_policy_terms(concept.policy) for concept in concepts) or ({},),
            described,
            frozenset(word for concept in concepts for form in concept.forms for word in words(form)),
        )

    @classmethod
    def load(cls, folder: Path) -> ConceptIndex:
        """Read what ``save`` wrote."""
        raw = json.loads((folder / "concepts.json").read_text(encoding="utf-8"))
        described = bm25s.BM25.load(folder / "described")
        return cls(tuple(raw["names"]), tuple(raw["policy"]), described, frozenset(raw["vocabulary"]))

    def save(self, folder: Path) -> None:
        """Write the index to ``folder``."""
        self.described.save(folder / "described")
        raw = {"names": self.names, "policy": self.policy, "vocabulary": sorted(self.vocabulary)}
        (folder / "concepts.json").write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")

    def meant_by(
        self, text: str, strongest: int = STRONGEST, contrast: float = CONTRAST, without: str = ""
    ) -> Meant:
        """The concepts that ``text`` means most, surest first; {} when it says none of their words.

        Those named ``without`` are left out.
        """
        terms = list(dict.fromkeys(t for t in concept_terms(text) if t in self.described.vocab_dict))
        if not terms:
            return {}
        scores = np.where(self._named(without), 0.0, self.described.get_scores(terms))
        best = [int(i) for i in np.argsort(-scores, kind="stable")[:strongest] if scores[i] > 0]
        if not best:
            return {}
        return {i: float((scores[i] / scores[best[0]]) ** contrast) for i in best}

    def _named(self, name: str) -> NDArray[np.bool_]:
        return np.array([each == name for each in self.names]) if name else np.zeros(len(self.names), bool)

    def meant_by_word(self, text: str, meant: Mapping[int, float]) -> dict[str, set[str]]:
        """The words of ``text`` that help to say a concept of ``meant``, with what policies have for it."""
        data = self.described.scores
        found: dict[str, set[str]] = {}
        for word in words(text):
            term = self.described.vocab_dict.get(word_terms(word)[0])
            if term is not None and word not in stopwords():
                saying = data["indices"][data["indptr"][term] : data["indptr"][term + 1]]
                for number in set(saying.tolist()) & meant.keys():
                    found.setdefault(word, set()).update(self.policy[number])
        return found

    def policy_terms(self, meant: Mapping[int, float], without: Iterable[str] = ()) -> dict[str, float]:
        """Index terms by which policies say what is meant, weighted; those in ``without`` are left out."""
        own = set(without)
        weights: dict[str, float] = {}
        for number, weight in meant.items():
            for term, share in self.policy[number].items():
                if term not in own:
                    weights[term] = max(weights.get(term, 0.0), weight * share)
        for term, weight in list(weights.items()):
            weights["+" + term] = PART_OF_COMPOUND * weight
        return weights


@dataclass(frozen=True)
class SpanConcepts:
    """What each of n spans means: concepts (n, STRONGEST_OF_SPAN) and their shares, each row of length 1."""

    numbers: NDArray[np.int32]
    shares: NDArray[np.float32]

    @classmethod
    def build(cls, texts: Sequence[str], concepts: ConceptIndex, without: str = "") -> SpanConcepts:
        """The concepts of each of ``texts``; those named ``without`` are left out."""
        numbers = np.zeros((len(texts), STRONGEST_OF_SPAN), dtype=np.int32)
        shares = np.zeros((len(texts), STRONGEST_OF_SPAN), dtype=np.float32)
        for row, text in enumerate(texts):
            meant = concepts.meant_by(text, STRONGEST_OF_SPAN, contrast=1, without=without)
            numbers[row, : len(meant)] = list(meant)
            shares[row, : len(meant)] = list(meant.values())
        lengths = np.linalg.norm(shares, axis=1, keepdims=True)
        return cls(numbers, np.divide(shares, lengths, out=np.zeros_like(shares), where=lengths > 0))

    @classmethod
    def load(cls, file: Path) -> SpanConcepts:
        """Read what ``save`` wrote."""
        with np.load(file) as arrays:
            return cls(arrays["numbers"], arrays["shares"])

    def save(self, file: Path) -> None:
        """Write the arrays to ``file`` (.npz)."""
        np.savez_compressed(file, numbers=self.numbers, shares=self.shares)

    def likeness(self, meant: Mapping[int, float], concepts: int) -> NDArray[np.float32]:
        """(n,) how much of what is ``meant`` each span means; ``concepts`` is how many there are."""
        weights = np.zeros(concepts, dtype=np.float32)
        weights[list(meant)] = list(meant.values())
        found: NDArray[np.float32] = (weights[self.numbers] * self.shares).sum(axis=1, dtype=np.float32)
        return found


def concept_terms(text: str) -> list[str]:
    """Stems and compound parts of the words that carry meaning, and the pairs of those that stand close.

    "bli hørt av sjefen" gives stems of hørt and sjefen, and the two as a pair, in no order.
    """
    content = [word for word in words(text) if word not in stopwords()]
    cut = [word_terms(word) for word in content]
    stems = [each[0] for each in cut]
    parts = [part[1:] for each in cut for part in each[1:]]
    near = [*pairwise(stems), *zip(stems, stems[2:], strict=False)]
    return [*stems, *parts, *("_".join(sorted(pair)) for pair in near)]


def _policy_terms(policy: Iterable[str]) -> dict[str, float]:
    weights: dict[str, float] = {}
    for form in policy:
        content = [word for word in words(form) if word not in stopwords()] or words(form)
        for word in content:
            stem = word_terms(word)[0]
            weights[stem] = round(max(weights.get(stem, 0.0), 1 / len(content) ** 0.5), 4)
    return weights
