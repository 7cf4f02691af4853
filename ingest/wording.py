"""How a question is worded, and whether policies answer questions worded so.

A linear classifier over the words and pairs of words of a question (bag of bigrams, L2-regularised logistic
regression: Wang & Manning 2012), learnt when documents are indexed: questions that the banks answer against
those that they say are not answered and those that policies leave to other documents. "Hvor mange dager",
"hvem godkjenner", "hvorfor ble … avskaffet" ask for what policies seldom hold; "hva forventes" does not.
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

from ingest.analysis import word_terms, words

REGULARISATION = 10.0  # C of the logistic regression; found on the development half of eval/
LEAST_QUESTIONS = 2  # a word or pair that fewer have tells nothing
LEAST_OF_A_KIND = 300  # questions; from fewer only their topics could be learnt
OPENING = 2  # words that open a question count once more as such


@dataclass(frozen=True)
class WordingModel:
    """The weight of each feature; ``rarity`` is its inverse document frequency. Empty: nothing was learnt."""

    weights: Mapping[str, float]
    rarity: Mapping[str, float]
    bias: float

    @classmethod
    def learn(
        cls, positive: Sequence[str], negative: Sequence[str], least: int = LEAST_OF_A_KIND
    ) -> WordingModel:
        """Learn to give texts like ``positive`` a score above 0, each kind as a whole counting the same.

        The empty model when there are fewer than ``least`` of one.
        """
        if min(len(positive), len(negative)) < least:
            return cls({}, {}, 0.0)
        from sklearn.feature_extraction.text import TfidfVectorizer
        from sklearn.linear_model import LogisticRegression

        cut = TfidfVectorizer(analyzer=wording_features, min_df=LEAST_QUESTIONS, sublinear_tf=True)
        rows = cut.fit_transform([*positive, *negative])
        labels = [1] * len(positive) + [0] * len(negative)
        model = LogisticRegression(
            C=REGULARISATION, solver="liblinear", dual=True, class_weight="balanced", random_state=0
        )
        model.fit(rows, labels)
        names = cut.get_feature_names_out()
        weights = {name: round(float(w), 4) for name, w in zip(names, model.coef_[0], strict=True)}
        rarity = {name: round(float(i), 4) for name, i in zip(names, cut.idf_, strict=True)}
        return cls(weights, rarity, float(model.intercept_[0]))

    @classmethod
    def load(cls, file: Path) -> WordingModel:
        """Read what ``save`` wrote."""
        raw = json.loads(file.read_text(encoding="utf-8"))
        rarity = {name: pair[1] for name, pair in raw["features"].items()}
        return cls({name: pair[0] for name, pair in raw["features"].items()}, rarity, raw["bias"])

    def pruned(self, least: float = 0.02) -> WordingModel:
        """The same model without features that weigh less than ``least``, which only lengthen a text."""
        return replace(self, weights={n: w if abs(w) >= least else 0.0 for n, w in self.weights.items()})

    def save(self, file: Path) -> None:
        """Write the model to ``file`` (.json)."""
        features = {name: [weight, self.rarity[name]] for name, weight in self.weights.items()}
        raw = {"bias": self.bias, "features": features}
        file.write_text(json.dumps(raw, ensure_ascii=False), encoding="utf-8")

    def score(self, question: str) -> float:
        """Log odds of a text worded so (for questions: that policies answer it); 0 when no word is known."""
        counts = Counter(name for name in wording_features(question) if name in self.weights)
        values = {name: (1 + math.log(count)) * self.rarity[name] for name, count in counts.items()}
        length = math.sqrt(sum(value * value for value in values.values()))
        if not length:
            return 0.0
        return self.bias + sum(self.weights[name] * value for name, value in values.items()) / length


@lru_cache(maxsize=100_000)
def wording_features(question: str) -> tuple[str, ...]:
    """Stems of all words, pairs of neighbours, and the opening; numbers are all the same."""
    stems = ["#" if word.isdigit() else word_terms(word)[0] for word in words(question)]
    return (*stems, *(f"{a}_{b}" for a, b in pairwise(stems)), "^" + "_".join(stems[:OPENING]))
