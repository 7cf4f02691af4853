"""The project's own training text: passages as municipal documents have them, and everyday questions to them.

``texts/*.jsonl``, one passage a line: topic, document, heading, passage, questions by language. Written for
this project about invented municipalities; no line is about the documents of ``corpus/``.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ingest.thesaurus import load_thesaurus
from ingest.training.pairs import Pair, is_heldout

TEXTS = Path(__file__).parent / "texts"
OWN, THESAURUS = "own_texts", "thesaurus"  # sources of pairs


@dataclass(frozen=True)
class Asked:
    """A passage and what people ask that it answers, in no order of language."""

    topic: str
    passage: str  # its heading and its text
    questions: tuple[str, ...]


def read_texts() -> Iterator[Asked]:
    """Yield every passage of ``texts/``."""
    for file in sorted(TEXTS.glob("*.jsonl")):
        for line in file.read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            questions = tuple(q for listed in row["questions"].values() for q in listed)
            yield Asked(f"{file.stem}/{row['topic']}", f"{row['heading']}. {row['passage']}", questions)


def split_texts() -> tuple[list[Asked], list[Asked]]:
    """Return (train, held out): one passage in fifty, by its hash, is only measured on."""
    every = list(read_texts())
    return [t for t in every if not is_heldout(t.passage)], [t for t in every if is_heldout(t.passage)]


def question_pairs(texts: list[Asked], seed: int) -> list[Pair]:
    """Return each question with its passage, and with another question to the same passage."""
    chance = np.random.default_rng(seed)
    pairs = []
    for text in texts:
        for number, question in enumerate(text.questions):
            pairs.append(Pair(OWN, "question-passage", question, text.passage, text.topic))
            others = [q for i, q in enumerate(text.questions) if i != number]
            if others:
                other = others[int(chance.integers(len(others)))]
                pairs.append(Pair(OWN, "question-question", question, other, text.passage))
    return pairs


def thesaurus_pairs(seed: int) -> list[Pair]:
    """Return each everyday form with its concept's policy words, and with a form in another language."""
    chance = np.random.default_rng(seed)
    pairs = []
    for concept in load_thesaurus():
        policy = ", ".join(concept.policy)
        for language, forms in concept.said.items():
            others = [form for other, listed in concept.said.items() if other != language for form in listed]
            for form in forms:
                pairs.append(Pair(THESAURUS, "form-policy", form, policy, concept.name))
                if others:
                    other = others[int(chance.integers(len(others)))]
                    pairs.append(Pair(THESAURUS, "form-form", form, other, concept.name))
    return pairs
