"""A municipality's first day: its own question bank left out, and how questions are then answered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer
from assistant.settings import Settings
from eval.left_out import left_out
from eval.left_out_table import ask_left_out, left_out_table
from eval.questions import EvalQuestion
from eval.runs import Item


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which temporary folders are made."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    return tmp_path


def test_its_own_bank_is_left_out_and_the_others_are_kept(indexed_settings: Settings) -> None:
    with left_out(indexed_settings, "modum") as assistant:
        answered = {
            key: sum(bool(q.answer) for q in index.questions) for key, index in assistant.indexes.items()
        }
    assert answered.pop("modum") == 0
    assert min(answered.values()) > 500


def test_nothing_is_left_behind(indexed_settings: Settings, temporary: Path) -> None:
    with left_out(indexed_settings, "modum"):
        assert list(temporary.glob("left-out-*"))
    assert not list(temporary.glob("left-out-*"))


def test_nothing_is_left_behind_when_asking_fails(indexed_settings: Settings, temporary: Path) -> None:
    with pytest.raises(KeyError), left_out(indexed_settings, "modum"):
        raise KeyError
    assert not list(temporary.glob("left-out-*"))


def test_questions_are_put_without_their_municipalitys_bank(indexed_settings: Settings) -> None:
    items = list(ask_left_out(indexed_settings, ["development"], choose=lambda q: q.id == "modum-d01"))
    assert [(item.half, item.question.id, item.values["leaks"]) for item in items] == [
        ("development", "modum-d01", 0.0)
    ]


QUESTION = EvalQuestion("modum-d01", "modum", "nb", "fact", "answered", "Hva?", required=("Noe.",))
ANSWER = Answer(status="answered", answer="Noe.", language="nb", understood="Hva?")


def item(half: str, municipality: str, recall: float) -> Item:
    values = {"evidence recall": recall, "answered": 1.0, "leaks": 0.0}
    return Item("left out", half, replace(QUESTION, municipality=municipality), ANSWER, 1.0, values=values)


def test_figures_stand_by_half_and_municipality_with_intervals() -> None:
    items = [item("development", "modum", 1.0), item("test", "modum", 0.0), item("test", "elverum", 0.0)]
    columns = [[str(cell) for cell in column.cells] for column in left_out_table(items).columns]
    assert columns[0] == ["all", "development half", "test half", "elverum", "modum"]
    assert columns[1] == ["3", "1", "2", "1", "2"]
    assert columns[2][1:] == ["1.00 (1.00–1.00)", "0.00 (0.00–0.00)", "0.00 (0.00–0.00)", "0.50 (0.00–1.00)"]


def test_a_measure_that_applies_to_no_question_has_no_figure() -> None:
    refused = left_out_table([item("test", "modum", 1.0)]).columns[5]
    assert (refused.header, {str(cell) for cell in refused.cells}) == ("refused", {"–"})
