"""Learn the ranker's weights: ``python -m eval.train_ranker [--write]``.

A linear model over the features of ``assistant.features``, learnt on the development half alone: for each
question, every span that answers is to score above all that do not (softmax over the spans, as in ListNet,
Cao et al. 2007). A weight is never negative: each feature speaks for a span, and a model that is read
should not have to explain why a match counts against it.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from assistant.phrases import DATA
from assistant.ranker import WITH_QUESTIONS, WITHOUT_QUESTIONS, weigh
from assistant.settings import load_settings
from eval.examples import Example, examples
from eval.questions import load_questions
from ingest.embedding import load_embedder
from ingest.index import open_index
from ingest.pipeline import ingest

HALF = "development"
FILE = DATA / "ranker.toml"
RIDGE = 0.002  # how strongly weights are held near zero
REQUIRED = 2

Floats = NDArray[np.float64]


def fit(made: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
    """Weights of ``names`` by which the spans of required quotes come first, each question counting the same.

    Spans that are acceptable but not required are left out. The weights are scaled to a sum of 1, which
    changes no order. Raises ValueError when there is nothing to learn from.
    """
    rows = [_rows(example, names) for example in made]
    rows = [(features, answers) for features, answers in rows if answers.any()]

    def loss(weights: Floats) -> tuple[float, Floats]:
        value, slope = RIDGE * float(weights @ weights), 2 * RIDGE * weights
        for features, answers in rows:
            cost, gradient = _softmax_loss(features @ weights, answers)
            value += cost / len(rows)
            slope = slope + features.T @ gradient / len(rows)
        return value, slope

    bounds = [(0.0, None)] * len(names)
    found = minimize(loss, np.ones(len(names)), jac=True, bounds=bounds, method="L-BFGS-B").x
    if not rows or not found.sum():
        raise ValueError(f"nothing to learn from: {len(rows)} questions, and no feature of {names} tells")
    return {name: round(float(weight), 4) for name, weight in zip(names, found / found.sum(), strict=True)}


def _rows(example: Example, names: Sequence[str]) -> tuple[Floats, NDArray[np.bool_]]:
    """(spans, features) of the spans that count, and which of them answer."""
    counts = (example.grades == 0) | (example.grades >= REQUIRED)
    features = np.stack([example.features[name] for name in names], axis=1).astype(np.float64)
    return features[counts], example.grades[counts] >= REQUIRED


def _softmax_loss(scores: Floats, answers: NDArray[np.bool_]) -> tuple[float, Floats]:
    """Mean of -log of each answer's softmax share against all that do not answer, and its gradient."""
    power = np.exp(scores - scores.max())
    others = power[~answers].sum()
    share = power[answers] / (power[answers] + others)
    gradient = np.zeros_like(scores)
    gradient[answers] = -(1 - share) / answers.sum()
    gradient[~answers] = power[~answers] * np.mean(1 / (power[answers] + others))
    return float(-np.log(share).mean()), gradient


def learn(made: Sequence[Example]) -> dict[str, dict[str, float]]:
    """Both sets of weights: for municipalities with a question bank and for those without."""
    names = list(made[0].features)
    return {
        WITH_QUESTIONS: fit(made, names),
        WITHOUT_QUESTIONS: fit(made, [n for n in names if not n.startswith("asked_")]),
    }


def write_weights(weights: dict[str, dict[str, float]], file: Path = FILE) -> None:
    """Write ``data/ranker.toml``."""
    lines = ["# The ranker's weights, learnt by: python -m eval.train_ranker --write", ""]
    for name, of_name in weights.items():
        lines += [f"[{name}]", *(f"{feature} = {weight}" for feature, weight in of_name.items()), ""]
    file.write_text("\n".join(lines), encoding="utf-8")


def main() -> None:
    """Learn, print what was learnt and how well it ranks, and write it when asked to."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--write", action="store_true", help=f"write the weights to {FILE.name}")
    arguments = parser.parse_args()
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        ingest([settings.corpus], Path(folder), settings.embedding, thesaurus=settings.thesaurus)
        embedder = load_embedder(settings.embedding)
        index = open_index(Path(folder), embedder.fingerprint)
        made = examples(load_questions(HALF), index.municipalities, embedder)
    learnt = learn(made)
    for name, weights in learnt.items():
        recall = np.mean([example.recall(weigh(example.features, weights)) for example in made])
        print(f"{name}: recall in the five best {recall:.3f} on what it was learnt from")
        for feature, weight in sorted(weights.items(), key=lambda item: -item[1]):
            print(f"  {weight:.3f}  {feature}")
    if arguments.write:
        write_weights(learnt)
        print(f"written to {FILE.name}")


if __name__ == "__main__":
    main()
