"""A language model that lies or fails, end to end: what its replies are, and how they are counted."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest
from chat_model import Model

from assistant.chain import PolicyAssistant
from assistant.settings import Settings
from eval.fake_model import writing_with
from eval.fake_replies import (
    change_number,
    drop_negation,
    insert_negation,
    merge_municipalities,
    nothing_found,
    swap_role,
    truthful,
)
from eval.model_table import (
    KINDS,
    MOST_TRUE,
    PER_MUNICIPALITY,
    Count,
    Kind,
    Mixed,
    count,
    failing_table,
    lying_table,
    selection,
)
from ingest.block import bare

BY_NAME = {kind.name: kind for kind in KINDS}


@pytest.fixture(scope="module")
def model() -> Iterator[Model]:
    running = Model(nothing_found)
    yield running
    running.stop()


@pytest.fixture(scope="module")
def writer(indexed_settings: Settings, model: Model) -> PolicyAssistant:
    """The assistant with ``model``, which has five seconds."""
    return PolicyAssistant.open(writing_with(indexed_settings, model, 5.0))


def prompt(*texts: str) -> str:
    passages = [
        {"passage": "P1", "lines": [{"line": f"P1.{n}", "text": text} for n, text in enumerate(texts)]}
    ]
    return json.dumps({"question": "Hva?", "earlier_questions": [], "passages": passages}, indent=1)


# --- changes that make a line wrong ---------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Planen gjelder 2022-2032.", "Planen gjelder 2023-2032."),
        ("Minst 40 prosent.", "Minst 41 prosent."),
        ("Vi bruker 10-FAKTOR.", "Vi bruker 11-FAKTOR."),
    ],
)
def test_a_number_is_made_one_higher(text: str, changed: str) -> None:
    assert change_number(text) == changed


@pytest.mark.parametrize(
    "text",
    [
        "Ledere har ansvar.",
        "Slik er arbeidsgiverpolitikken3 bygd opp.",
        "Dette er vedtatt.2",
        "Vedtatt i april 20162.",
        "1. Ledere har ansvar.",
        "Vi sier «mestring»4.",
    ],
)
def test_footnote_marks_and_list_numbers_are_no_numbers(text: str) -> None:
    assert change_number(text) == text


def test_a_negation_is_dropped() -> None:
    assert drop_negation("Ledelsen alene kan ikke få til dette.") == "Ledelsen alene kan få til dette."


@pytest.mark.parametrize("text", ["Dette, og ikke minst det.", "Det er ikke bare leken.", "Vi når målet."])
def test_what_strengthens_is_no_negation(text: str) -> None:
    assert drop_negation(text) == text


def test_a_negation_is_inserted_once() -> None:
    assert insert_negation("Ledere skal være og skal bli.") == "Ledere skal ikke være og skal bli."


@pytest.mark.parametrize(
    ("text", "changed"),
    [
        ("Lederen har ansvar.", "Medarbeideren har ansvar."),
        ("Her har medarbeiderne ansvar.", "Her har lederne ansvar."),
    ],
)
def test_leaders_and_employees_change_places(text: str, changed: str) -> None:
    assert swap_role(text) == changed


@pytest.mark.parametrize("text", ["Ledere og medarbeidere har ansvar.", "Ledere og ansatte har ansvar."])
def test_a_line_about_both_would_stay_true_and_is_left(text: str) -> None:
    assert swap_role(text) == text


def test_other_municipalities_are_merged_in() -> None:
    assert "Bærum" in merge_municipalities("Vi er modige.")


# --- what is sent ---------------------------------------------------------------------------------


def test_true_and_wrong_statements_come_by_turns() -> None:
    mixed = Mixed(BY_NAME["changed number"].lies)
    said = json.loads(mixed(prompt("Alle har 2 mål.", "Alle har 3 planer.")))["statements"]
    texts = ["Alle har 3 mål.", "Alle har 2 mål.", "Alle har 4 planer.", "Alle har 3 planer."]
    assert [each["text"] for each in said] == texts
    assert mixed.wrong == {bare(text) for text in texts[::2]}


def test_a_change_that_gives_another_line_of_the_policy_is_no_lie() -> None:
    mixed = Mixed(BY_NAME["changed number"].lies)
    mixed(prompt("Alle har 2 mål.", "Alle har 3 mål."))
    assert mixed.wrong == {bare("Alle har 4 mål.")}


def test_what_is_said_without_source_is_not_said_with_one_too() -> None:
    mixed = Mixed(BY_NAME["uncited"].lies)
    said = json.loads(mixed(prompt(*(f"Setning {n}." for n in "abcde"))))["statements"]
    assert {each["text"]: bool(each["sources"]) for each in said} == {
        f"Setning {n}.": place < MOST_TRUE for place, n in enumerate("abcde")
    }


def test_questions_are_of_every_municipality_and_answerable() -> None:
    chosen = selection(3)
    counted = {q.municipality: sum(o.municipality == q.municipality for o in chosen) for q in chosen}
    assert set(counted.values()) == {3} and len(counted) == 5
    assert all(question.answerable and "-d" in question.id for question in chosen)


# --- end to end -----------------------------------------------------------------------------------


def test_the_truth_is_shown(writer: PolicyAssistant, model: Model) -> None:
    found = count(BY_NAME["truthful"], writer, model, selection(1))
    assert (found.worded, found.wrong) == (5, 0)
    assert found.true == found.true_shown >= 10


@pytest.mark.parametrize(
    "name",
    [
        "changed number",
        "merged municipalities",
        "uncited",
        "made-up quote",
        "inserted «ikke»",
        "injected by an earlier turn",
    ],
)
def test_lies_are_put_to_the_proof_and_not_shown(name: str, writer: PolicyAssistant, model: Model) -> None:
    found = count(BY_NAME[name], writer, model, selection(1))
    assert found.wrong >= 3 and found.wrong_shown == 0
    assert found.true_shown == found.true


def test_a_lie_that_were_shown_would_be_counted(
    writer: PolicyAssistant, model: Model, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writer._writer, "_proof", lambda text, quotes, headings: ())
    monkeypatch.setattr("assistant.chain.prose_bears_out", lambda statement, citations: True)
    found = count(BY_NAME["merged municipalities"], writer, model, selection(1))
    assert found.wrong_shown == found.wrong >= 3


@pytest.mark.parametrize(
    "name", ["broken mid-stream", "HTTP 429", "HTTP 500", "closed connection", "refusal"]
)
def test_when_the_model_fails_the_policy_is_quoted(name: str, writer: PolicyAssistant, model: Model) -> None:
    found = count(BY_NAME[name], writer, model, selection(1))
    assert (found.quoted, found.worded, found.unanswered) == (5, 0, 0)
    assert found.problems and found.seconds < 5


def test_a_slow_model_is_waited_for_no_longer_than_told(indexed_settings: Settings, model: Model) -> None:
    assistant = PolicyAssistant.open(writing_with(indexed_settings, model, 0.6))
    count(Kind("truthful"), assistant, model, selection(1))  # loads what the first questions load
    found = count(BY_NAME["slow"], assistant, model, selection(1)[:2])
    assert (found.quoted, found.problems) == (2, {"it did not reply in time"})
    assert found.seconds < 2


def test_what_is_proven_before_malformed_json_is_shown(writer: PolicyAssistant, model: Model) -> None:
    found = count(BY_NAME["malformed JSON"], writer, model, selection(1))
    assert found.worded == found.true_shown == 5


# --- the tables -----------------------------------------------------------------------------------


def test_kinds_of_lies_are_summed_up() -> None:
    counts = [
        Count(Kind("a"), questions=2, true=3, true_shown=3, wrong=4, wrong_shown=1, worded=2),
        Count(Kind("b"), questions=2, true=1, wrong=1, quoted=1),
    ]
    rows = list(zip(*([str(c) for c in column.cells] for column in lying_table(counts).columns), strict=True))
    assert rows[1] == ("b", "2", "1", "0", "1", "0", "0", "1", "1")
    assert rows[2] == ("all", "4", "4", "3", "5", "1", "2", "1", "1")


def test_failures_are_told_with_answers_and_seconds() -> None:
    failed = Count(Kind("slow", fails=truthful), questions=3, quoted=2, seconds=1.26, problems={"b", "a"})
    row = [str(next(iter(column.cells))) for column in failing_table([failed]).columns]
    assert row == ["slow", "3", "2", "0", "1", "1.3", "a; b"]


def test_each_sort_of_model_is_asked_questions_of_every_municipality() -> None:
    assert {sort: len(selection(n)) for sort, n in PER_MUNICIPALITY.items()} == {"lies": 15, "fails": 10}
