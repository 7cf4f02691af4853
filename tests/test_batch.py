"""Questions from a file, answers to a file."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from assistant.answer import Answer, Question
from assistant.batch import COLUMNS, CSV_OUT, answer_batch
from assistant.chain import PolicyAssistant
from assistant.errors import BatchError

LEADERS = {"municipality": "modum", "question": "Hva forventes av ledere?"}
PAY = {"municipality": "sandefjord", "question": "Hva er målet med lønnspolitikken?"}
HISTORY = [
    {"role": "user", "content": "Hva står det om sykefravær?"},
    {"role": "assistant", "content": "Dette står i arbeidsgiverpolitikken."},
]

Batch = Callable[[str | bytes, str, str], int]


@pytest.fixture
def batch(policy_assistant: PolicyAssistant, tmp_path: Path) -> Batch:
    """Answers ``content`` as a file with the first name into the second; returns how many rows failed."""

    def run(content: str | bytes, source: str, target: str) -> int:
        raw = content.encode() if isinstance(content, str) else content
        (tmp_path / source).write_bytes(raw)
        return answer_batch(policy_assistant, tmp_path / source, tmp_path / target)

    return run


@pytest.fixture
def answered(batch: Batch, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    """The records that come out for a file's content."""

    def run(content: str | bytes, source: str = "in.jsonl") -> list[dict[str, Any]]:
        batch(content, source, "out.jsonl")
        return [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().split("\n")[:-1]]

    return run


Answered = Callable[..., list[dict[str, Any]]]


def jsonl(*records: object) -> str:
    return "".join(json.dumps(record) + "\n" for record in records)


def table(*rows: Sequence[str], delimiter: str = ",") -> str:
    return "".join(delimiter.join(f'"{cell}"' for cell in row) + "\r\n" for row in rows)


def csv_records(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8", newline="") as handle:
        return list(csv.DictReader(handle))


# --- rows in, rows out ------------------------------------------------------------------------------


def test_answers_come_in_the_order_of_the_questions(answered: Answered) -> None:
    rows = [{"id": n, **(LEADERS if n % 2 else PAY)} for n in (7, 2, 9, 4)]
    assert [record["id"] for record in answered(jsonl(*rows))] == [7, 2, 9, 4]


def test_each_record_is_an_answer_with_its_id(answered: Answered) -> None:
    (record,) = answered(jsonl({"id": "a", **LEADERS}))
    assert record.pop("id") == "a"
    assert Answer.model_validate(record).status == "answered"
    assert set(record) == set(Answer.model_fields)


def test_an_answer_is_the_one_a_single_question_gets(
    answered: Answered, policy_assistant: PolicyAssistant
) -> None:
    (record,) = answered(jsonl({"id": 1, **LEADERS}))
    single = policy_assistant.ask(Question(**LEADERS)).model_dump()
    for own in (record, single):
        own.pop("timing_ms")
    assert record == {"id": 1, **single}


@pytest.mark.parametrize("id_", ["a", 7, 1.5, None, True, ["a", 1], {"sak": "2024/17"}, "", "æ \u2028\n😀"])
def test_any_json_value_is_kept_as_id(answered: Answered, id_: object) -> None:
    (record,) = answered(jsonl({"id": id_, **LEADERS}))
    assert record["id"] == id_


def test_half_a_surrogate_pair_as_id_is_kept(answered: Answered) -> None:
    records = answered('{"id": "\\ud800", "municipality": "modum", "question": "lønn?"}\n')
    assert [record["id"] for record in records] == ["\ud800"]


def test_a_row_may_carry_history(answered: Answered) -> None:
    follow_up = {"id": 1, "municipality": "modum", "question": "Hvem har ansvar for det?"}
    (alone,) = answered(jsonl(follow_up))
    (after,) = answered(jsonl({**follow_up, "history": HISTORY}))
    assert "sykefravær" not in alone["understood"]
    assert "sykefravær" in after["understood"]


@pytest.mark.parametrize("history", [[], None, ()])
def test_an_empty_history_is_none(answered: Answered, history: object) -> None:
    (record,) = answered(jsonl({"id": 1, **LEADERS, "history": history}))
    assert record["status"] == "answered"


def test_empty_lines_are_skipped(answered: Answered) -> None:
    records = answered("\n" + jsonl({"id": 1, **LEADERS}) + "  \n\n" + jsonl({"id": 2, **PAY}))
    assert [record["id"] for record in records] == [1, 2]


def test_a_byte_order_mark_and_windows_line_ends_do_not_matter(answered: Answered) -> None:
    content = "\ufeff" + jsonl({"id": 1, **LEADERS}, {"id": 2, **PAY}).replace("\n", "\r\n")
    assert [record["status"] for record in answered(content)] == ["answered", "answered"]


@pytest.mark.parametrize("character", ["\u2028", "\u2029", "\x85"])
def test_a_line_separator_inside_a_question_does_not_end_the_row(answered: Answered, character: str) -> None:
    question = f"Hva forventes{character}av ledere?"
    row = json.dumps({"id": 1, "municipality": "modum", "question": question}, ensure_ascii=False)
    assert character in row
    assert [record["id"] for record in answered(row + "\n")] == [1]


def test_an_empty_file_gives_an_empty_file(answered: Answered) -> None:
    assert answered("") == []


# --- CSV --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_a_csv_file_may_use_comma_or_semicolon_and_a_byte_order_mark(
    answered: Answered, delimiter: str, mark: str
) -> None:
    rows = table(COLUMNS, ["b", *LEADERS.values()], ["a", *PAY.values()], delimiter=delimiter)
    records = answered(mark + rows, "in.csv")
    assert [(record["id"], record["status"]) for record in records] == [("b", "answered"), ("a", "answered")]


def test_csv_columns_may_come_in_any_order_with_others_beside(answered: Answered) -> None:
    content = "spor,question,id,municipality\nHR,Hva forventes av ledere?,7,modum\n"
    (record,) = answered(content, "in.csv")
    assert (record["id"], record["status"]) == ("7", "answered")


def test_a_csv_row_may_carry_history(answered: Answered) -> None:
    history = json.dumps(HISTORY, ensure_ascii=False).replace('"', '""')
    header = [*COLUMNS, "history"]
    content = table(header, ["1", "modum", "Hvem har ansvar for det?", history], ["2", *LEADERS.values(), ""])
    first, second = answered(content, "in.csv")
    assert "sykefravær" in first["understood"]
    assert second["status"] == "answered"


def test_a_csv_question_may_span_lines(answered: Answered) -> None:
    content = table(COLUMNS, ["1", "modum", "Hva forventes\r\nav ledere?"], ["2", *PAY.values()])
    assert [record["id"] for record in answered(content, "in.csv")] == ["1", "2"]


@pytest.mark.parametrize("character", ["\u2028", "\x85", "\x1e"])
def test_only_line_ends_end_a_csv_row(answered: Answered, character: str) -> None:
    content = f"id,municipality,question\n1,modum,Hva forventes{character}av ledere?\n2,modum,lønn?\n"
    assert [record["id"] for record in answered(content, "in.csv")] == ["1", "2"]


def test_answers_can_be_written_as_csv(batch: Batch, tmp_path: Path) -> None:
    batch(jsonl({"id": "b", **LEADERS}, {"id": "a", **PAY}), "in.jsonl", "out.csv")
    records = csv_records(tmp_path / "out.csv")
    assert [record["id"] for record in records] == ["b", "a"]
    assert tuple(records[0]) == CSV_OUT


def test_lists_in_a_csv_answer_are_json(
    batch: Batch, tmp_path: Path, policy_assistant: PolicyAssistant
) -> None:
    batch(jsonl({"id": 1, **LEADERS}), "in.jsonl", "out.csv")
    (record,) = csv_records(tmp_path / "out.csv")
    expected = policy_assistant.ask(Question(**LEADERS))
    assert json.loads(record["citations"]) == [c.model_dump() for c in expected.citations]
    assert record["answer"] == expected.answer
    assert record["error"] == ""


def test_a_failed_row_in_csv_has_its_error(batch: Batch, tmp_path: Path) -> None:
    assert (
        batch(jsonl({"id": 1, **LEADERS}, {"id": 2, **LEADERS, "municipality": "oslo"}), "in.jsonl", "o.csv")
        == 1
    )
    first, second = csv_records(tmp_path / "o.csv")
    assert first["error"] == ""
    assert "oslo" in second["error"]
    assert second["status"] == ""


# --- rows that cannot be answered -------------------------------------------------------------------

BAD_ROWS = {
    "not JSON": ("{nei", "line 2 is not JSON"),
    "nested too deep": ("[" * 100_000, "line 2 is not JSON"),
    "not an object": ("[1, 2]", "line 2: a row must be an object"),
    "null": ("null", "line 2: a row must be an object"),
    "no question": ('{"id": 2, "municipality": "modum"}', "line 2: missing or badly formed: question"),
    "no municipality": ('{"id": 2, "question": "lønn?"}', "missing or badly formed: municipality"),
    "a number as question": ('{"id": 2, "municipality": "modum", "question": 7}', "badly formed: question"),
    "empty question": ('{"id": 2, "municipality": "modum", "question": " "}', "Skriv et spørsmål"),
    "unknown municipality": (
        '{"id": 2, "municipality": "oslo", "question": "lønn?"}',
        "baerum, elverum, midt-telemark, modum, sandefjord",
    ),
    "bad history": (
        '{"id": 2, "municipality": "modum", "question": "lønn?", "history": [{"role": "sjef"}]}',
        "missing or badly formed: history",
    ),
    "history that is no list": (
        '{"id": 2, "municipality": "modum", "question": "lønn?", "history": "ja"}',
        "missing or badly formed: history",
    ),
    "too long": (json.dumps({"id": 2, "municipality": "modum", "question": "a" * 200_000}), "200000 tegn"),
    "half a surrogate pair": (
        '{"id": 2, "municipality": "modum", "question": "\\ud800"}',
        "tegn som ikke kan leses",
    ),
}


@pytest.mark.parametrize("how", BAD_ROWS)
def test_a_bad_row_is_reported_in_its_row_and_the_rest_answered(answered: Answered, how: str) -> None:
    bad, why = BAD_ROWS[how]
    first, second, third = answered(jsonl({"id": 1, **LEADERS}) + bad + "\n" + jsonl({"id": 3, **PAY}))
    assert (first["status"], third["status"]) == ("answered", "answered")
    assert set(second) == {"id", "error"}
    assert why in second["error"]


def test_a_bad_row_keeps_its_id(answered: Answered) -> None:
    (record,) = answered('{"id": "sak 7", "municipality": "modum"}\n')
    assert record["id"] == "sak 7"


BAD_CSV_ROWS = {
    "missing value": ("2,modum", "missing or badly formed: question"),
    "empty question": ("2,modum,", "Skriv et spørsmål"),
    "unknown municipality": ("2,oslo,lønn?", "oslo"),
    "bad history": ("2,modum,lønn?,ja", "history must be a JSON list"),
    "history that is no list of turns": ('2,modum,lønn?,"{""a"": 1}"', "history"),
    "history nested too deep": ("2,modum,lønn?," + "[" * 100_000, "history must be a JSON list"),
    "too long": ("2,modum," + "a" * 200_000, "200000 tegn"),
}


@pytest.mark.parametrize("how", BAD_CSV_ROWS)
def test_a_bad_csv_row_is_reported_in_its_row_and_the_rest_answered(answered: Answered, how: str) -> None:
    bad, why = BAD_CSV_ROWS[how]
    content = f"id,municipality,question,history\n1,modum,Hva forventes av ledere?,\n{bad}\n3,modum,lønn?,\n"
    first, second, third = answered(content, "in.csv")
    assert [first["id"], second["id"], third["id"]] == ["1", "2", "3"]
    assert "error" not in first
    assert why in second["error"]
    assert "error" not in third


def test_failed_rows_are_counted(batch: Batch) -> None:
    content = jsonl({"id": 1, **LEADERS}, {"id": 2}, {"id": 3, "municipality": "oslo", "question": "a"})
    assert batch(content, "in.jsonl", "out.jsonl") == 2


# --- files that cannot be used ----------------------------------------------------------------------


def test_a_question_file_of_another_kind_is_refused(batch: Batch) -> None:
    with pytest.raises(BatchError, match=r"in\.xlsx: questions must be in a \.jsonl or \.csv file"):
        batch("", "in.xlsx", "out.jsonl")


def test_an_answer_file_of_another_kind_is_refused(batch: Batch) -> None:
    with pytest.raises(BatchError, match=r"out\.txt: answers can be written as \.jsonl or \.csv"):
        batch("", "in.jsonl", "out.txt")


def test_file_endings_may_be_in_capitals(batch: Batch) -> None:
    assert batch(table(COLUMNS, ["1", *LEADERS.values()]), "IN.CSV", "OUT.JSONL") == 0


@pytest.mark.parametrize("column", COLUMNS)
def test_a_missing_csv_column_is_named(batch: Batch, column: str) -> None:
    header = ",".join(name for name in COLUMNS if name != column)
    with pytest.raises(BatchError, match=rf"lacks the column {column}\. It needs id, municipality, question"):
        batch(header + "\n1,2\n", "in.csv", "out.jsonl")


def test_an_empty_csv_file_lacks_its_columns(batch: Batch) -> None:
    with pytest.raises(BatchError, match="lacks the column id, municipality, question"):
        batch("", "in.csv", "out.jsonl")


def test_a_missing_question_file_is_said(policy_assistant: PolicyAssistant, tmp_path: Path) -> None:
    with pytest.raises(BatchError, match=r"none\.csv cannot be read \(No such file or directory\)"):
        answer_batch(policy_assistant, tmp_path / "none.csv", tmp_path / "out.csv")


@pytest.mark.parametrize("suffix", ["jsonl", "csv"])
def test_a_question_file_that_is_not_utf8_is_said(batch: Batch, suffix: str) -> None:
    with pytest.raises(BatchError, match=r"is not UTF-8 \(byte 1\)\. Save it as UTF-8"):
        batch("lønn".encode("latin-1"), f"in.{suffix}", "out.jsonl")


def test_an_answer_file_in_a_missing_folder_is_said(batch: Batch) -> None:
    with pytest.raises(BatchError, match=r"cannot be written \(No such file or directory\)"):
        batch(jsonl({"id": 1, **LEADERS}), "in.jsonl", "ingensteds/out.jsonl")


# --- the answer file is whole or not there ----------------------------------------------------------


class Failing:
    """Answers one question and breaks at the second."""

    def __init__(self, assistant: PolicyAssistant) -> None:
        self.assistant, self.asked = assistant, 0

    def ask(self, question: Question) -> Answer:
        self.asked += 1
        if self.asked > 1:
            raise KeyboardInterrupt
        return self.assistant.ask(question)


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.iterdir()}


def test_nothing_else_is_left_beside_the_answers(batch: Batch, tmp_path: Path) -> None:
    batch(jsonl({"id": 1, **LEADERS}), "in.jsonl", "out.jsonl")
    assert names(tmp_path) == {"in.jsonl", "out.jsonl"}


def test_an_interrupted_batch_leaves_the_answers_from_before(
    policy_assistant: PolicyAssistant, tmp_path: Path
) -> None:
    (tmp_path / "in.jsonl").write_text(jsonl({"id": 1, **LEADERS}, {"id": 2, **PAY}))
    (tmp_path / "out.jsonl").write_text("from before")
    with pytest.raises(KeyboardInterrupt):
        answer_batch(Failing(policy_assistant), tmp_path / "in.jsonl", tmp_path / "out.jsonl")
    assert (tmp_path / "out.jsonl").read_text() == "from before"
    assert names(tmp_path) == {"in.jsonl", "out.jsonl"}


def test_a_folder_in_place_of_the_answer_file_is_said_and_nothing_left(batch: Batch, tmp_path: Path) -> None:
    (tmp_path / "out.csv").mkdir()
    with pytest.raises(BatchError, match=r"out\.csv cannot be written"):
        batch(jsonl({"id": 1, **LEADERS}), "in.jsonl", "out.csv")
    assert names(tmp_path) == {"in.jsonl", "out.csv"}


def test_answers_may_replace_the_questions(batch: Batch, tmp_path: Path) -> None:
    batch(jsonl({"id": 1, **LEADERS}), "same.jsonl", "same.jsonl")
    assert json.loads((tmp_path / "same.jsonl").read_text())["status"] == "answered"
