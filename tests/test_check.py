"""The committed sets are sound, and the check finds what is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Turn
from eval.check import check_sets, counts, main, read_halves
from eval.documents import TextDocument, read_documents
from eval.questions import QUESTIONS, EvalQuestion

DOCUMENTS = [TextDocument("plan", "modum", "Alfa beta gamma. Delta epsilon.")]
SECRET = "zebra"  # stands in every text of the question, and so must stand in no fault of the test half


def question(id_: str = "modum-d01", **changes: object) -> EvalQuestion:
    base = EvalQuestion(
        id=id_,
        municipality="modum",
        language="nb",
        kind="fact",
        status="answered",
        question=f"hva er {SECRET} {id_}",
        required=("Alfa beta",),
    )
    return replace(base, **changes)  # type: ignore[arg-type]


def faults_of(*questions: EvalQuestion, half: str = "development") -> list[str]:
    """What the check says of single questions, beside there being too few."""
    found = check_sets({half: questions}, DOCUMENTS)
    return [each for each in found if each.startswith(("modum-", "Modum"))]


def test_the_committed_sets_have_no_fault(corpus: Path) -> None:
    halves, faults = read_halves()
    assert faults + check_sets(halves, read_documents(corpus)) == []


def test_the_check_prints_counts_and_tells_by_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    code = main()
    printed = capsys.readouterr().out
    assert "other_municipality" in printed
    assert ("No faults." in printed) == (code == 0)


def test_a_sound_question_has_no_fault() -> None:
    assert faults_of(question()) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"id": "modum-t01"}, "the id is not modum-dNN"),
        ({"id": "elverum-d01"}, "the id is not modum-dNN"),
        ({"municipality": "oslo", "id": "oslo-d01"}, "its municipality has no documents"),
        ({"question": " ? "}, "there is no question"),
        ({"kind": SECRET}, "its kind is none of fact, list"),
        ({"kind": "unanswered"}, "a question of its kind has status not_in_policy"),
        ({"kind": "english"}, "its language should be en"),
        ({"kind": "nynorsk"}, "its language should be nn"),
        ({"kind": "follow_up"}, "a follow-up has a history"),
        ({"required": ()}, "it has required quotes exactly when its status is answered"),
        ({"kind": "smalltalk", "status": "smalltalk"}, "it has required quotes exactly when"),
        ({"required": (f"Alfa {SECRET}",)}, "a quote does not stand in its municipality's documents"),
        ({"acceptable": (f"{SECRET}",)}, "a quote does not stand in its municipality's documents"),
        ({"acceptable": ("–",)}, "a quote has no letters or digits"),
        ({"must_mention": (SECRET,)}, "a must_mention stands in no required quote"),
        ({"must_mention": ("delta",), "acceptable": ("Delta epsilon",)}, "a must_mention stands in no"),
    ],
)
def test_a_planted_fault_is_found_and_the_test_half_is_not_quoted(
    changes: dict[str, object], fault: str
) -> None:
    planted = question(**{"id_": "modum-d07", **changes})  # type: ignore[arg-type]
    found = check_sets({"development": [planted]}, DOCUMENTS)
    assert any(each.startswith(f"{planted.id}: {fault}") for each in found)
    assert not any(SECRET in each for each in check_sets({"test": [planted]}, DOCUMENTS))


def test_an_id_used_in_both_halves_is_a_fault() -> None:
    halves = {"development": [question()], "test": [question(question="noe annet")]}
    assert "modum-d01: the id is used 2 times" in check_sets(halves, DOCUMENTS)


def test_the_same_question_twice_is_a_fault_whatever_its_punctuation() -> None:
    first, second = question(question="Hva er alfa?"), question("modum-d02", question="hva  er alfa")
    assert faults_of(first, second) == ["modum-d02: asks the same as modum-d01"]
    later = replace(second, history=(Turn(role="user", content="beta"),))
    assert faults_of(first, later) == []


def test_the_same_words_in_both_halves_are_a_fault() -> None:
    halves = {
        "development": [question(question="Hva er alfa?")],
        "test": [question("modum-t01", question="hva er ALFA")],
    }
    found = [each for each in check_sets(halves, DOCUMENTS) if each.startswith("modum-")]
    assert found == ["modum-t01: the same words are a question of another half"]


def test_too_few_questions_and_missing_kinds_are_faults() -> None:
    found = check_sets({"development": [question()]}, DOCUMENTS)
    assert "1 questions; there must be at least 300" in found
    assert "modum: 1 questions; there must be at least 60" in found
    assert "development: no question of kind injection" in found
    assert "development: no question of kind fact" not in found


def test_a_broken_or_misplaced_file_is_a_fault_without_its_text(tmp_path: Path) -> None:
    line = (QUESTIONS / "development" / "modum.jsonl").read_text(encoding="utf-8").split("\n")[0]
    for half, name, text in (
        ("development", "elverum", line),
        ("test", "modum", line.replace('"kind"', '"sort"')),
        ("test", "baerum", f'{{"question": "{SECRET}"'),
        ("test", "elverum", ""),
    ):
        (tmp_path / half).mkdir(exist_ok=True)
        (tmp_path / half / f"{name}.jsonl").write_text(text, encoding="utf-8")
    halves, faults = read_halves(tmp_path)
    assert counts(halves) == {("modum", "development", "fact"): 1}
    assert [each.split(": ")[0] for each in faults] == [
        "modum-d01", "test/baerum.jsonl:1", "test/elverum.jsonl", "test/modum.jsonl:1",
    ]  # fmt: skip
    assert not any(SECRET in each or "slagord" in each for each in faults)
