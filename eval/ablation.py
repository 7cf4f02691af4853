"""``assistant eval retrieval``: what each part of retrieval is worth, with a question bank and without.

Figures are evidence recall in the five best spans. The ranker's weights are learnt anew for every row, on
the development half alone, and never on the municipality that is measured: a figure of one municipality
comes from weights learnt on the other four. "Left out" rows know nothing of the municipality at all: no
question of its bank is used, as for a municipality that has just handed in its first document.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table

from assistant.features import PARTS, Scores, find
from assistant.ranker import weigh
from assistant.settings import PROJECT, Settings
from eval.examples import Example, examples
from eval.questions import load_questions
from eval.train_ranker import fit
from ingest.embedding import load_embedder
from ingest.index import open_index
from ingest.pipeline import ingest

HALVES = ("development", "test")
FUSION_CONSTANT = 60  # of reciprocal rank fusion (Cormack, Clarke & Büttcher 2009)

WORDS, GRAMS = ("words", "context", "headings"), ("grams",)
DENSE, THESAURUS, PRECEDENTS = (PARTS[name] for name in ("meaning", "thesaurus", "other_banks"))
BANK_WORDS = ("asked_words", "asked_grams")
BANK_DENSE = ("asked_dense",)
BANK_VOTES = ("asked_votes",)
BANK = (*BANK_WORDS, *BANK_DENSE, *BANK_VOTES)
PLAIN = (*WORDS, *GRAMS, *DENSE, *THESAURUS, *PRECEDENTS)
ALL = (*PLAIN, *BANK)


@dataclass(frozen=True)
class Row:
    """A way to rank: the features it uses, fused by learnt weights or by reciprocal ranks."""

    name: str
    features: tuple[str, ...]
    learnt: bool = True


ROWS = (
    Row("left out: BM25 over spans, passages, headings", WORDS),
    Row("left out: + character n-grams", (*WORDS, *GRAMS)),
    Row("left out: + embedding model", (*WORDS, *GRAMS, *DENSE)),
    Row("left out: + thesaurus", (*WORDS, *GRAMS, *DENSE, *THESAURUS)),
    Row("left out: + others' banks (everything but its own)", PLAIN),
    Row("left out: the same without n-grams", (*WORDS, *DENSE, *THESAURUS, *PRECEDENTS)),
    Row("left out: the same without the embedding model", (*WORDS, *GRAMS, *THESAURUS, *PRECEDENTS)),
    Row("left out: the same without the thesaurus", (*WORDS, *GRAMS, *DENSE, *PRECEDENTS)),
    Row("left out: the same by reciprocal rank fusion", PLAIN, learnt=False),
    Row("bank: its words and n-grams alone", BANK_WORDS),
    Row("bank: + its meaning and votes", BANK),
    Row("everything", ALL),
    Row("everything without the thesaurus", (*WORDS, *GRAMS, *DENSE, *PRECEDENTS, *BANK)),
    Row("everything without others' banks", (*WORDS, *GRAMS, *DENSE, *THESAURUS, *BANK)),
    Row(
        "everything without the embedding model",
        (*WORDS, *GRAMS, *THESAURUS, *PRECEDENTS, *BANK_WORDS, *BANK_VOTES),
    ),
    Row("everything without votes", (*PLAIN, *BANK_WORDS, *BANK_DENSE)),
    Row("everything by reciprocal rank fusion", ALL, learnt=False),
)


@dataclass(frozen=True)
class Cost:
    """Milliseconds a question, seconds to index, megabytes of data in the repository."""

    question_ms: float
    index_s: float
    megabytes: Mapping[str, float]


def measure(
    rows: Iterable[Row], made: Mapping[str, Sequence[Example]]
) -> dict[str, dict[str, dict[str, tuple[float, int]]]]:
    """Row to half to kind ("all" too) to (mean recall in the five best spans, questions).

    ``made``: the examples of each half.
    """
    learn_from = made["development"]
    municipalities = sorted({e.question.municipality for of_half in made.values() for e in of_half})
    found: dict[str, dict[str, dict[str, tuple[float, int]]]] = {}
    for row in rows:
        scorers = {
            m: _scorer(row, [e for e in learn_from if e.question.municipality != m]) for m in municipalities
        }
        found[row.name] = {
            half: _by_kind([(e, e.recall(scorers[e.question.municipality](e))) for e in of_half])
            for half, of_half in made.items()
        }
    return found


def _scorer(row: Row, learn_from: Sequence[Example]) -> Callable[[Example], Scores]:
    if row.learnt:
        weights = fit(learn_from, row.features)
        return lambda example: weigh(example.features, weights)
    return lambda example: reciprocal_ranks([example.features[name] for name in row.features])


def reciprocal_ranks(scores: Iterable[Scores]) -> Scores:
    """Reciprocal rank fusion of several scorings of the same spans; a score of 0 is no rank."""
    total: Scores = np.float32(0.0)  # type: ignore[assignment]
    for each in scores:
        ranks = np.argsort(np.argsort(-each, kind="stable"), kind="stable")
        total = total + np.where(each > 0, 1.0 / (FUSION_CONSTANT + 1 + ranks), 0.0).astype(np.float32)
    return total


def _by_kind(recalls: Sequence[tuple[Example, float]]) -> dict[str, tuple[float, int]]:
    kinds: dict[str, list[float]] = {"all": []}
    for example, recall in recalls:
        kinds["all"].append(recall)
        kinds.setdefault(example.question.kind, []).append(recall)
    return {kind: (float(np.mean(values)), len(values)) for kind, values in kinds.items()}


def ablation(settings: Settings, out: Console) -> None:
    """Index the corpus afresh, measure every row on both halves, and print the tables and the cost."""
    with tempfile.TemporaryDirectory() as folder:
        begin = time.perf_counter()
        ingest([settings.corpus], Path(folder), settings.embedding, thesaurus=settings.thesaurus)
        index_s = time.perf_counter() - begin
        embedder = load_embedder(settings.embedding)
        index = open_index(Path(folder), embedder.fingerprint)
        made = {half: examples(load_questions(half), index.municipalities, embedder) for half in HALVES}
        begin = time.perf_counter()
        for example in made["development"]:
            find(example.question.question, index.municipalities[example.question.municipality], embedder)
        question_ms = (time.perf_counter() - begin) / len(made["development"]) * 1000
    found = measure(ROWS, made)
    for half in HALVES:
        out.print(_table(half, found))
    out.print(_cost_table(Cost(question_ms, index_s, data_megabytes(settings.corpus))))


def _table(half: str, found: Mapping[str, Mapping[str, Mapping[str, tuple[float, int]]]]) -> Table:
    kinds = list(next(iter(found.values()))[half].items())
    table = Table(title=f"Evidence recall in the five best spans, {half} half", title_justify="left")
    table.add_column("retrieval", overflow="fold")
    for kind, (_, count) in kinds:
        table.add_column(f"{kind.replace('_', ' ')}\n{count}", justify="right")
    for name, halves in found.items():
        table.add_row(name, *(f"{halves[half][kind][0]:.2f}" for kind, _ in kinds))
    return table


def data_megabytes(corpus: Path) -> dict[str, float]:
    """Size of what was learnt or written for retrieval, in megabytes (10⁶ bytes) on disk."""
    parts = {
        "embedding model": [PROJECT / "ingest" / "model"],
        "thesaurus": [PROJECT / "ingest" / "data" / "thesaurus"],
        "questions settled elsewhere": [PROJECT / "ingest" / "data" / "elsewhere"],
        "question banks": list(corpus.rglob("*.questions.toml")),
        "training text": [PROJECT / "ingest" / "training" / "texts"],
    }
    return {
        name: sum(
            file.stat().st_size
            for path in paths
            for file in ([path] if path.is_file() else path.rglob("*"))
            if file.is_file()
        )
        / 1e6
        for name, paths in parts.items()
    }


def _cost_table(cost: Cost) -> Table:
    table = Table(title="Cost", title_justify="left")
    table.add_column("what")
    table.add_column("measured", justify="right")
    table.add_row("retrieval of a question", f"{cost.question_ms:.1f} ms")
    table.add_row("index of the corpus, from nothing", f"{cost.index_s:.1f} s")
    for name, size in cost.megabytes.items():
        table.add_row(name, f"{size:.1f} MB")
    table.add_row("together", f"{sum(cost.megabytes.values()):.1f} MB")
    return table
