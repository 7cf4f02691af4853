"""The ranker: what is known of each span, how that is weighed and learnt, and what each part is worth."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import assistant.features
import assistant.ranker
import eval.ablation
from assistant.features import (
    LIKENESS,
    Features,
    Found,
    Scores,
    by_questions,
    find,
    scaled,
    spread,
    votes,
)
from assistant.ranker import WITH_QUESTIONS, WITHOUT_QUESTIONS, Weights, ranker_weights, score, weigh
from assistant.settings import PROJECT
from eval.ablation import ALL, FUSION_CONSTANT, ROWS, Row, data_megabytes, measure, reciprocal_ranks
from eval.examples import Example
from eval.questions import EvalQuestion
from eval.spans import Character
from eval.train_ranker import _softmax_loss, fit
from ingest.embedding import BUILTIN, Embedder, load_embedder
from ingest.index import Index, open_index
from ingest.municipality import MunicipalityIndex
from ingest.pipeline import ingest

HOME = "Ansatte kan arbeide hjemmefra inntil to dager i uken etter avtale med nærmeste leder."
TRAVEL = "Kommunen dekker utgifter til reiser som arbeidsgiver har pålagt den ansatte."
BANKED = f"Hjemmekontor\n\n{HOME}\n\nReiser\n\n{TRAVEL}\n"
PLAIN = """Kurs

Kommunen skal gi alle ansatte mulighet til å lære nytt gjennom kurs og hospitering.

Lønn

Lønn fastsettes i samtale mellom leder og den ansatte hvert år.
"""
BANK = f"""
[[answer]]
quote = ["{HOME}"]
by = "test"
approved = true
nb = '''
går det an med kontor hjemme
må jeg møte på kontoret hver dag
'''

[[answer]]
quote = ["{TRAVEL}"]
by = "test"
approved = true
nb = '''
hvem betaler togbilletten min
'''
"""
QUESTION = "går det an med kontor hjemme"


@pytest.fixture(scope="module")
def embedder() -> Embedder:
    return load_embedder(BUILTIN)


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, embedder: Embedder) -> Index:
    """Nyby has a document with a question bank and one without; Stilleby has one without."""
    folder = tmp_path_factory.mktemp("ranked")
    texts = {"nyby/arbeid": BANKED, "nyby/utvikling": PLAIN, "stilleby/utvikling": PLAIN}
    for name, text in texts.items():
        file = folder / "corpus" / f"{name}.txt"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    (folder / "corpus" / "nyby" / "arbeid.questions.toml").write_text(BANK, encoding="utf-8")
    ingest([folder / "corpus"], folder / "index", BUILTIN)
    return open_index(folder / "index", embedder.fingerprint)


@pytest.fixture(scope="module")
def nyby(index: Index) -> MunicipalityIndex:
    return index.municipalities["nyby"]


@pytest.fixture(scope="module")
def stilleby(index: Index) -> MunicipalityIndex:
    return index.municipalities["stilleby"]


@pytest.fixture(scope="module")
def found(nyby: MunicipalityIndex, embedder: Embedder) -> Found:
    return find(QUESTION, nyby, embedder)


def array(*numbers: float) -> Scores:
    return np.array(numbers, dtype=np.float32)


def place(index: MunicipalityIndex, text: str) -> int:
    return [ref.span.text for ref in index.spans].index(text)


def characters(start: int, end: int) -> set[Character]:
    return {Character("nyby", "arbeid", offset) for offset in range(start, end)}


def example(
    features: Mapping[str, Sequence[float]],
    grades: Sequence[int],
    id: str = "q",
    municipality: str = "nyby",
    kind: str = "fact",
) -> Example:
    """A question with a span of ten characters for each grade; each span that answers is a required quote."""
    question = EvalQuestion(id, municipality, "nb", kind, "answered", "Hva?")
    spans = [characters(10 * n, 10 * n + 10) for n in range(len(grades))]
    quotes = [[span] for span, grade in zip(spans, grades, strict=True) if grade == 2]
    given = {name: array(*of_name) for name, of_name in features.items()}
    return Example(question, given, np.array(grades, np.int8), quotes, spans)


# --- learning ---------------------------------------------------------------------------------------

NAMES = ("tells", "noise", "against")


def learnable() -> list[Example]:
    """``noise`` says in one half of the questions the opposite of what it says in the other."""
    draws = np.random.default_rng(7)
    made = []
    for _ in range(20):
        grades = draws.permutation([2, 0, 0, 0])
        tells = 0.6 * (grades == 2) + 0.4 * draws.random(4)
        noise, against = draws.random(4), (grades == 0) * draws.random(4)
        for said in (noise, 1 - noise):
            features = {"tells": tells, "noise": said, "against": against}
            made.append(example({name: list(of_name) for name, of_name in features.items()}, list(grades)))
    return made


@pytest.fixture(scope="module")
def weights() -> dict[str, float]:
    return fit(learnable(), NAMES)


def test_the_feature_that_tells_answers_from_others_gets_the_weight(weights: Weights) -> None:
    assert weights["tells"] > 0.95


def test_noise_and_what_speaks_against_answers_get_no_weight(weights: Weights) -> None:
    assert weights["noise"] == pytest.approx(0, abs=0.01)
    assert weights["against"] == 0


def test_weights_are_for_the_features_asked_for_and_sum_to_one(weights: Weights) -> None:
    assert tuple(weights) == NAMES
    assert min(weights.values()) >= 0
    assert sum(weights.values()) == pytest.approx(1, abs=1e-3)


def test_two_features_that_tell_share_the_weight() -> None:
    made = [example({"first": [1, 0, 1], "second": [1, 1, 0]}, [2, 0, 0])]
    assert fit(made, ("first", "second")) == pytest.approx({"first": 0.5, "second": 0.5}, abs=1e-3)


def test_learning_twice_gives_the_same(weights: Weights) -> None:
    assert fit(learnable(), NAMES) == weights


def test_spans_that_are_acceptable_but_not_required_teach_nothing() -> None:
    made = [example({"first": [1, 0, 1, 1], "second": [1, 1, 0, 0]}, [2, 0, 0, 1])]
    assert fit(made, ("first", "second")) == pytest.approx({"first": 0.5, "second": 0.5}, abs=1e-3)


def test_a_question_without_an_answering_span_teaches_nothing(weights: Weights) -> None:
    silent = example({"tells": [0, 1], "noise": [1, 0], "against": [1, 0]}, [0, 1])
    assert fit([*learnable(), silent], NAMES) == weights


@pytest.mark.parametrize("answers", [[True, False, False, False], [True, False, True, False], [True] * 4])
def test_the_gradient_of_the_loss_agrees_with_finite_differences(answers: list[bool]) -> None:
    scores = np.array([0.3, 1.2, -0.5, 2.0])
    step = 1e-6
    slopes = [
        (
            _softmax_loss(scores + nudge, np.array(answers))[0]
            - _softmax_loss(scores - nudge, np.array(answers))[0]
        )
        / (2 * step)
        for nudge in step * np.eye(4)
    ]
    np.testing.assert_allclose(_softmax_loss(scores, np.array(answers))[1], slopes, atol=1e-8)


def test_the_loss_is_minus_the_log_of_the_answers_share() -> None:
    loss, _ = _softmax_loss(np.log([3.0, 1.0, 4.0]), np.array([True, False, True]))
    assert loss == pytest.approx(-(np.log(3 / 4) + np.log(4 / 5)) / 2)


# --- weighing ---------------------------------------------------------------------------------------


def test_a_score_is_the_weighted_mean() -> None:
    features = {"a": array(1, 0, 0.5), "b": array(0, 1, 0.5)}
    np.testing.assert_allclose(weigh(features, {"a": 3, "b": 1}), [0.75, 0.25, 0.5])


def test_a_score_is_one_at_most() -> None:
    features = {name: array(1, 0.5) for name in ranker_weights(WITH_QUESTIONS)}
    np.testing.assert_allclose(weigh(features, ranker_weights(WITH_QUESTIONS)), [1, 0.5], rtol=1e-6)


def test_a_feature_without_weight_is_not_looked_at() -> None:
    np.testing.assert_allclose(weigh({"a": array(1, 0), "b": array(9, 9)}, {"a": 0.2}), [1, 0])


@pytest.fixture
def telling_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """Weights that show in a score which of the two sets it was made by."""
    told = {WITH_QUESTIONS: {"banked": 1.0}, WITHOUT_QUESTIONS: {"plain": 1.0}}
    monkeypatch.setattr(assistant.ranker, "ranker_weights", told.__getitem__)


@pytest.mark.usefixtures("telling_weights")
def test_each_document_is_weighed_by_the_weights_that_suit_it(nyby: MunicipalityIndex) -> None:
    size = len(nyby.spans)
    features = {"banked": np.full(size, 0.9, np.float32), "plain": np.full(size, 0.1, np.float32)}
    by_document = {
        ref.passage.document: float(value)
        for ref, value in zip(nyby.spans, score(features, nyby), strict=True)
    }
    assert by_document == pytest.approx({"arbeid": 0.9, "utvikling": 0.1})


@pytest.mark.usefixtures("telling_weights")
def test_without_any_bank_the_weights_for_banks_are_not_used(stilleby: MunicipalityIndex) -> None:
    plain = np.linspace(0, 1, len(stilleby.spans), dtype=np.float32)
    np.testing.assert_array_equal(score({"plain": plain}, stilleby), plain)


def test_the_committed_weights_name_exactly_the_features_there_are(found: Found) -> None:
    names = set(found.features)
    assert set(ranker_weights(WITH_QUESTIONS)) == names
    assert set(ranker_weights(WITHOUT_QUESTIONS)) == {n for n in names if not n.startswith("asked_")} < names


@pytest.mark.parametrize("name", [WITH_QUESTIONS, WITHOUT_QUESTIONS])
def test_the_committed_weights_are_shares_of_one(name: str) -> None:
    assert min(ranker_weights(name).values()) >= 0
    assert sum(ranker_weights(name).values()) == pytest.approx(1, abs=1e-3)


# --- features ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", [QUESTION, "kurs", "hvem betaler togbilletten min", "xyzzy", "?"])
@pytest.mark.parametrize("municipality", ["nyby", "stilleby"])
def test_every_feature_is_a_number_from_0_to_1_for_each_span(
    index: Index, embedder: Embedder, municipality: str, text: str
) -> None:
    of = index.municipalities[municipality]
    for name, scores in find(text, of, embedder).features.items():
        assert scores.shape == (len(of.spans),), name
        assert scores.min() >= 0 and scores.max() <= 1, name


def test_a_question_of_the_bank_finds_its_span_by_every_measure(
    found: Found, nyby: MunicipalityIndex
) -> None:
    home = place(nyby, HOME)
    for name in ("asked_words", "asked_grams", "asked_dense", "asked_votes"):
        assert int(found.features[name].argmax()) == home, name
    assert found.suggested[0][0] == (home,)


def test_spans_of_a_document_without_a_bank_have_no_likeness(found: Found, nyby: MunicipalityIndex) -> None:
    for name in ("asked_words", "asked_grams", "asked_dense", "asked_votes"):
        assert not found.features[name][~nyby.has_questions].any(), name
        assert found.features[name][nyby.has_questions].any(), name


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ([2, 1, 0], [1, 0.5, 0]),
        ([3, 3], [1, 1]),
        ([2, -1], [1, 0]),
        ([0, 0], [0, 0]),
        ([-1, -2], [0, 0]),
        ([], []),
    ],
)
def test_scaled_puts_the_best_at_one(scores: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(scaled(array(*scores)), array(*expected))


@pytest.mark.parametrize(
    ("similarities", "expected"),
    [
        ([0.9, 0.5, 0.7], [1, 0, 0.5]),
        ([0.9, None, 0.5], [1, 0, 0]),
        ([0.4, 0.4], [0, 0]),
        ([0.4, None], [0, 0]),
        ([None, None], [0, 0]),
        ([-0.2, -0.6], [1, 0]),
        ([], []),
    ],
)
def test_spread_puts_the_best_at_one_and_the_last_found_at_zero(
    similarities: list[float | None], expected: list[float]
) -> None:
    np.testing.assert_allclose(spread(similarities), array(*expected), rtol=1e-6)


def likeness_of(*numbers: float) -> Features:
    """The bank's questions as like the question as ``numbers``, by every measure."""
    return {name: array(*numbers) for name in LIKENESS}


def test_votes_are_shares_of_the_answers_and_sum_to_one(nyby: MunicipalityIndex) -> None:
    home, travel = (place(nyby, HOME),), (place(nyby, TRAVEL),)
    cast = votes(likeness_of(1, 1, 0.5), nyby)
    assert sum(cast.values()) == pytest.approx(1)
    assert cast == pytest.approx({home: 2 / (2 + 0.5**4), travel: 0.5**4 / (2 + 0.5**4)})


def test_only_the_likest_questions_vote(nyby: MunicipalityIndex, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(assistant.features, "VOTERS", 1)
    assert votes(likeness_of(0.5, 0.5, 0.9), nyby) == {(place(nyby, TRAVEL),): 1.0}


def test_nobody_votes_when_nothing_is_like_the_question(
    nyby: MunicipalityIndex, stilleby: MunicipalityIndex
) -> None:
    assert votes(likeness_of(0, 0, 0), nyby) == {}
    assert votes(likeness_of(), stilleby) == {}


def test_a_span_is_as_like_as_the_likest_of_its_questions(nyby: MunicipalityIndex) -> None:
    for likeness in ((0.2, 0.7, 0.4), (0.7, 0.2, 0.4)):
        carried = by_questions({"asked_words": array(*likeness)}, {}, nyby)["asked_words"]
        expected = np.zeros(len(nyby.spans), np.float32)
        expected[[place(nyby, HOME), place(nyby, TRAVEL)]] = (0.7, 0.4)
        np.testing.assert_array_equal(carried, expected)


def test_votes_for_answers_that_share_a_span_add_up(nyby: MunicipalityIndex) -> None:
    home, travel = place(nyby, HOME), place(nyby, TRAVEL)
    carried = by_questions({}, {(home,): 0.5, (home, travel): 0.3}, nyby)["asked_votes"]
    assert (carried[home], carried[travel]) == (1, pytest.approx(0.3 / 0.8))


# --- recall -----------------------------------------------------------------------------------------


def quoting(*quotes: Sequence[set[Character]], spans: int = 8) -> Example:
    """An example with ``spans`` spans of ten characters and these quotes, each with its occurrences."""
    return replace(example({}, [0] * spans), quotes=quotes)


@pytest.mark.parametrize(("length", "recall"), [(20, 1.0), (21, 0.0)])
def test_half_of_a_quote_is_enough_and_less_is_not(length: int, recall: float) -> None:
    assert quoting([characters(0, length)]).recall(array(1, 0, 0, 0, 0, 0, 0, 0)) == recall


def test_a_span_of_score_zero_does_not_count() -> None:
    only = quoting([characters(0, 10)], spans=1)
    assert (only.recall(array(0)), only.recall(array(0.01))) == (0, 1)


def test_recall_is_the_share_of_quotes_covered_by_as_many_spans_as_are_asked_for() -> None:
    made = quoting([characters(0, 10)], [characters(40, 50)], [characters(50, 60)])
    falling = array(8, 7, 6, 5, 4, 3, 2, 1)
    assert [made.recall(falling, best) for best in (1, 5, 6)] == pytest.approx([1 / 3, 2 / 3, 1])
    assert made.recall(falling) == made.recall(falling, best=5)


def test_any_occurrence_of_a_quote_will_do() -> None:
    twice = quoting([characters(0, 10), characters(70, 80)])
    assert twice.recall(array(0, 0, 0, 0, 0, 0, 0, 1)) == 1
    assert twice.recall(array(0, 1, 0, 0, 0, 0, 0, 0)) == 0


# --- ablation ---------------------------------------------------------------------------------------


def test_reciprocal_ranks_add_up_and_zero_is_no_rank() -> None:
    first, second, third = (1 / (FUSION_CONSTANT + rank) for rank in (1, 2, 3))
    fused = reciprocal_ranks([array(0.9, 0.5, 0.1, 0), array(0, 1, 0.2, 0)])
    np.testing.assert_allclose(fused, [first, second + first, third + second, 0], rtol=1e-6)


MADE = {
    half: [
        example(
            {"tells": [0, 1], "asked_words": [1, 0]},
            [0, 2],
            f"{municipality}-{half}-{kind}",
            municipality,
            kind,
        )
        for municipality in ("modum", "nyby", "stilleby")
        for kind in ("fact", "list")
    ]
    for half in ("development", "test")
}


def test_weights_are_learnt_on_the_development_half_of_the_other_municipalities(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    everyone = {id(each.features): each for of_half in MADE.values() for each in of_half}
    taught: list[tuple[Example, set[str]]] = []

    def learnt(made: Sequence[Example], names: Sequence[str]) -> dict[str, float]:
        assert names == ("tells",)
        return {each.question.id: 1.0 for each in made}

    def weighed(features: Features, weights: Mapping[str, float]) -> Scores:
        taught.append((everyone[id(features)], set(weights)))
        return features["tells"]

    monkeypatch.setattr(eval.ablation, "fit", learnt)
    monkeypatch.setattr(eval.ablation, "weigh", weighed)
    measure([Row("any", ("tells",))], MADE)
    assert {each.question.id for each, _ in taught} == {each.question.id for each in everyone.values()}
    for each, by in taught:
        others = {"modum", "nyby", "stilleby"} - {each.question.municipality}
        assert by == {f"{other}-development-{kind}" for other in others for kind in ("fact", "list")}


def test_a_row_is_measured_by_its_own_features_for_each_half_and_kind() -> None:
    rows = [
        Row("good", ("tells",)),
        Row("fused", ("tells",), learnt=False),
        Row("wrong", ("asked_words",), learnt=False),
    ]
    expected = {half: {"all": (1.0, 6), "fact": (1.0, 3), "list": (1.0, 3)} for half in MADE}
    wrong = {
        half: {kind: (0.0, count) for kind, (_, count) in kinds.items()} for half, kinds in expected.items()
    }
    assert measure(rows, MADE) == {"good": expected, "fused": expected, "wrong": wrong}


def test_rows_left_out_know_no_question_of_a_bank() -> None:
    left_out = [row for row in ROWS if row.name.startswith("left out")]
    assert left_out
    assert not [(row.name, n) for row in left_out for n in row.features if n.startswith("asked_")]


def test_rows_have_names_of_their_own_and_features_that_there_are(found: Found) -> None:
    assert len({row.name for row in ROWS}) == len(ROWS)
    assert set(ALL) == set(found.features)
    assert all(set(row.features) <= set(ALL) and len(set(row.features)) == len(row.features) for row in ROWS)


def test_the_cost_counts_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sizes = {
        "ingest/model/weights": 3_000_000,
        "ingest/model/deep/card": 500_000,
        "ingest/data/thesaurus/a.toml": 20_000,
        "ingest/data/elsewhere/a.toml": 30_000,
        "ingest/training/texts/a.jsonl": 40_000,
        "corpus/nyby/arbeid.questions.toml": 50_000,
        "corpus/nyby/arbeid.txt": 60_000,
    }
    for name, size in sizes.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(b" " * size)
    monkeypatch.setattr(eval.ablation, "PROJECT", tmp_path)
    assert data_megabytes(tmp_path / "corpus") == pytest.approx(
        {
            "embedding model": 3.5,
            "thesaurus": 0.02,
            "questions settled elsewhere": 0.03,
            "question banks": 0.05,
            "training text": 0.04,
        }
    )


def test_what_was_learnt_or_written_takes_less_than_60_megabytes() -> None:
    sizes = data_megabytes(PROJECT / "corpus")
    assert all(size > 0 for size in sizes.values()), sizes
    assert sum(sizes.values()) < 60


def test_an_evaluation_that_there_is_not_is_told() -> None:
    command = [sys.executable, "-m", "assistant.cli", "eval", "nonsense"]
    done = subprocess.run(
        command, cwd=PROJECT, capture_output=True, encoding="utf-8", timeout=60, check=False
    )
    assert (done.returncode, done.stdout) == (2, "")
    told = "There is no evaluation of 'nonsense'; there are answers, retrieval, left-out, attacks,"
    assert told in " ".join(done.stderr.split())
