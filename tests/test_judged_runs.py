"""Runs with a judge, over real HTTP, and with retrieval measured of the trace each answer came with."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from io import StringIO
from pathlib import Path

import pytest
from chat_model import Model
from rich.console import Console
from test_judge import honest
from typer.testing import CliRunner

from assistant.answer import Answer, Question
from assistant.chain import PolicyAssistant
from assistant.cli import app
from assistant.settings import Settings
from assistant.trace import Trace
from eval.candidates import Candidate, Opened, candidates
from eval.chat_judge import ChatJudge
from eval.chosen import Choice
from eval.command import BAD_INPUT, COMPLETE, INCOMPLETE, Options, evaluate
from eval.judge import COLUMNS, GIVE_UP, MISSING
from eval.report import render
from eval.retrieval import FUSED, MEASURES, retrieval
from eval.runs import Run, load_run, run_evaluation
from eval.statistics import mean
from eval.summary import summary

CHOICE = Choice("development", "fact", "modum")
FILES = {
    *("run.json", "documents.json", "figures.json", "answers-development.jsonl"),
    *("report.html", "summary.md"),
}


@pytest.fixture
def model() -> Iterator[Model]:
    running = Model(honest)
    yield running
    running.stop()


@pytest.fixture
def named(model: Model, monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment names the model."""
    monkeypatch.setenv("ASSISTANT_LLM", "judge-1")
    monkeypatch.setenv("ASSISTANT_LLM_BASE_URL", model.url)


@pytest.fixture
def unnamed(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ASSISTANT_LLM", "ASSISTANT_LLM_BASE_URL", "ASSISTANT_LLM_API_KEY"):
        monkeypatch.delenv(name, raising=False)


Judge = Callable[..., Run]


@pytest.fixture
def judged(indexed_settings: Settings, model: Model) -> Iterator[Judge]:
    judge = ChatJudge("judge-1", model.url, timeout_s=5)

    def run(*systems: str, choice: Choice = CHOICE) -> Run:
        asked = candidates(indexed_settings, systems or ("assistant",))
        return run_evaluation(indexed_settings, choice, asked, progress=False, judge=judge)

    yield run
    judge.close()


def command(settings: Settings, options: Options) -> tuple[int, str]:
    """The exit code of the command and all it printed."""
    shown = StringIO()
    console = Console(file=shown, width=200)
    return evaluate(settings, options, console, console), shown.getvalue()


def answered(run: Run, system: str = "assistant") -> int:
    return sum(i.answer is not None and i.answer.status == "answered" for i in run.of(system))


# --- the judge ----------------------------------------------------------------------------------------


def test_a_judged_run_has_both_columns_everywhere(
    indexed_settings: Settings, tmp_path: Path, named: None
) -> None:
    code, shown = command(indexed_settings, Options(CHOICE, out=tmp_path / "run", judge=True))
    assert code == COMPLETE
    folder = tmp_path / "run"
    assert {p.name for p in folder.iterdir()} == FILES | {"judgements-development.jsonl"}
    figures = json.loads((folder / "figures.json").read_text(encoding="utf-8"))["assistant"]
    for name in COLUMNS:
        assert f" {name} " in shown and f'<th scope="row">{name}<' in (folder / "report.html").read_text()
        assert f"| {name} | " in (folder / "summary.md").read_text(encoding="utf-8")
        assert figures["kind"]["fact"][name]["n"] > 0
    assert figures["all"]["all"]["answer relevance"]["value"] == 0.75
    assert figures["all"]["all"][MISSING]["value"] == 0


def test_a_run_without_judge_asks_none_and_has_no_trace_of_one(
    indexed_settings: Settings, tmp_path: Path, model: Model, named: None
) -> None:
    code, shown = command(indexed_settings, Options(CHOICE, out=tmp_path / "run"))
    assert (code, model.requests) == (COMPLETE, [])
    assert {p.name for p in (tmp_path / "run").iterdir()} == FILES
    written = "".join(
        (tmp_path / "run" / name).read_text(encoding="utf-8")
        for name in ("figures.json", "answers-development.jsonl", "report.html", "summary.md")
    )
    assert not any(name in written + shown for name in (*COLUMNS, MISSING))
    about = json.loads((tmp_path / "run" / "run.json").read_text(encoding="utf-8"))
    assert not any("judge" in name for name in (*about, *about["settings"], *about["hashes"]))


@pytest.mark.usefixtures("unnamed")
def test_without_a_model_the_variables_are_named_and_nothing_is_written(
    indexed_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    options = Options(CHOICE, out=tmp_path / "run", judge=True)
    code, shown = command(indexed_settings, options)
    assert code == BAD_INPUT and "ASSISTANT_LLM " in shown and "ASSISTANT_LLM_BASE_URL" in shown
    monkeypatch.setenv("ASSISTANT_LLM", "judge-1")
    code, shown = command(indexed_settings, options)
    assert code == BAD_INPUT and "ASSISTANT_LLM_BASE_URL is not" in shown
    assert not (tmp_path / "run").exists()


@pytest.mark.usefixtures("unnamed")
def test_the_command_line_takes_judge() -> None:
    found = CliRunner().invoke(app, ["eval", "--half", "development", "--judge"])
    assert found.exit_code == BAD_INPUT and "ASSISTANT_LLM" in found.output


def test_every_answer_given_is_judged_and_no_refusal(judged: Judge, model: Model) -> None:
    run = judged("assistant", "bm25", choice=replace(CHOICE, kind=None))
    assert 0 < answered(run) < len(run.of("assistant"))
    assert len(model.requests) == 2 * (answered(run) + answered(run, "bm25")) == 2 * len(run.judgements)
    for item in run.items:
        assert item.answer is not None
        assert ("faithfulness" in item.values) == (item.answer.status == "answered")
    assert "bm25 against assistant" in render(run)


def test_what_the_judge_saw_and_said_is_saved_and_loaded(judged: Judge, model: Model, tmp_path: Path) -> None:
    run = judged()
    run.save(tmp_path / "run")
    assert load_run(tmp_path / "run") == run
    prompts = {r["messages"][0]["content"] for r in model.requests}
    lines = (tmp_path / "run" / "judgements-development.jsonl").read_text(encoding="utf-8").splitlines()
    saved = [json.loads(line)["judged"] for line in lines]
    assert {each[name]["prompt"] for each in saved for name in ("faithfulness", "relevance")} == prompts
    assert {each["relevance"]["verdict"] for each in saved} == {0.75}
    assert run.settings["judge"] == "judge-1" and "judge's prompts" in run.hashes


def test_a_reply_that_is_no_text_is_saved_and_loaded_too(judged: Judge, model: Model, tmp_path: Path) -> None:
    model.reply = lambda _: "\ud800\n\u2028"
    run = judged()
    run.save(tmp_path / "run")
    assert load_run(tmp_path / "run") == run
    assert run.judgements[0].judged.relevance.reply == "\ud800\n\u2028"


@pytest.mark.parametrize("broken", ["Yes, all of it is supported.", 500, b"[" * 200_000])
def test_missing_verdicts_count_nought_are_counted_and_told(
    indexed_settings: Settings, tmp_path: Path, model: Model, named: None, broken: str | int | bytes
) -> None:
    model.reply = lambda prompt: honest(prompt) if "rating" in prompt else broken
    code, shown = command(indexed_settings, Options(CHOICE, out=tmp_path / "run", judge=True))
    run = load_run(tmp_path / "run")
    row, count = run.figures["assistant"]["all"]["all"], answered(run)
    assert code == INCOMPLETE and not run.complete
    assert (row["faithfulness"].value, row["faithfulness"].n) == (0, count)
    assert (row[MISSING].value, row["answer relevance"].value) == (count, 0.75)
    told = f"assistant: {count} of {2 * count} verdicts of the judge are missing"
    assert told in shown and told in render(run) and told in summary(run)


def test_a_judge_that_is_not_there_is_given_up_for_all_systems(judged: Judge, model: Model) -> None:
    model.reply = lambda _: 503
    run = judged("assistant", "bm25")
    assert len(model.requests) == 2 * GIVE_UP
    for name in run.systems:
        row = run.figures[name]["all"]["all"]
        assert row[MISSING].value == 2 * answered(run, name) > 0 == row["answer relevance"].value


def test_of_the_test_half_the_judge_leaves_figures_only(judged: Judge, model: Model) -> None:
    model.reply = lambda _: "no verdict"
    run = judged()
    sealed = replace(
        run,
        items=tuple(replace(item, half="test") for item in run.items),
        judgements=tuple(replace(each, half="test") for each in run.judgements),
    )
    pages = render(sealed) + summary(sealed)
    assert "faithfulness" in pages and "verdicts of the judge are missing" in pages
    assert not any(item.question.id in pages for item in run.items)


def test_a_judged_run_can_be_compared_with_one_that_is_not(judged: Judge, indexed_settings: Settings) -> None:
    after, before = judged(), run_evaluation(indexed_settings, CHOICE, progress=False)
    assert before.name.partition("-")[2] != after.name.partition("-")[2]
    assert "judge-1" in render(after, before) and "| faithfulness | – |" in summary(after, before)
    assert "faithfulness" in summary(before, after).split("## Against")[1]


# --- retrieval ----------------------------------------------------------------------------------------


@dataclass
class Counting:
    """The assistant, which counts what it is asked; some questions break it, all rankings may be lost."""

    assistant: PolicyAssistant
    broken: bool = False
    lost: bool = False
    asked: list[str] = field(default_factory=list)

    def ask(self, question: Question) -> Answer:
        raise AssertionError("a system that can be traced is traced")

    def trace(self, question: Question) -> Trace:
        self.asked.append(question.question)
        if self.broken:
            raise RuntimeError("disk full")
        trace = self.assistant.trace(question)
        return replace(trace, retrieved=[]) if self.lost else trace


def ranked(settings: Settings, system: Counting, choice: Choice = CHOICE) -> Run:
    candidate = Candidate("assistant", lambda folder: Opened(system))
    return run_evaluation(settings, choice, [candidate], progress=False)


def test_retrieval_is_measured_without_asking_twice(
    indexed_settings: Settings, policy_assistant: PolicyAssistant
) -> None:
    system = Counting(policy_assistant)
    run = ranked(indexed_settings, system, replace(CHOICE, kind=None))
    questions = [item.question for item in run.items]
    assert system.asked == [question.question for question in questions]
    expected = retrieval(policy_assistant, questions)[FUSED]
    row = run.figures["assistant"]["all"]["all"]
    for name in MEASURES:
        assert (row[name].value, row[name].n) == (pytest.approx(mean(expected[name])), len(expected[name]))
        assert row[name].n == sum(question.answerable for question in questions) < len(questions)


def test_finding_nothing_and_an_error_count_nought(
    indexed_settings: Settings, policy_assistant: PolicyAssistant
) -> None:
    for system in (Counting(policy_assistant, broken=True), Counting(policy_assistant, lost=True)):
        row = ranked(indexed_settings, system).figures["assistant"]["all"]["all"]
        assert {(row[name].value, row[name].n) for name in MEASURES} == {(0.0, len(system.asked))}


def test_retrieval_is_shown_of_the_assistant_and_its_variants_alone(
    indexed_settings: Settings, tmp_path: Path
) -> None:
    options = Options(CHOICE, ("assistant", "bm25"), ("rate_limit_per_minute=9",), out=tmp_path / "run")
    code, shown = command(indexed_settings, options)
    run = load_run(tmp_path / "run")
    assert code == COMPLETE and len(run.systems) == 3
    page, text = (
        (tmp_path / "run" / name).read_text(encoding="utf-8") for name in ("report.html", "summary.md")
    )
    for name in MEASURES:
        of = {system: run.figures[system]["all"]["all"][name] for system in run.systems}
        assert of["bm25"].n == 0 and of["assistant"] == of["assistant rate_limit_per_minute=9"]
        assert (of["assistant"].value or 0) > 0
        assert f" {name} " in shown and f'<th scope="row">{name}<' in page and f"| {name} | 0." in text
    alone = run_evaluation(indexed_settings, CHOICE, candidates(indexed_settings, ["bm25"]), progress=False)
    assert not any(name in summary(alone) + render(alone).split('id="made"')[0] for name in ("nDCG", "R@5"))


def test_without_ir_measures_a_note_says_so_once_and_the_run_is_complete(
    indexed_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "ir_measures", None)
    options = Options(CHOICE, configs=("rate_limit_per_minute=9",), out=tmp_path / "run")
    code, shown = command(indexed_settings, options)
    assert code == COMPLETE and shown.count("ir-measures, which is not installed. Try: pip install") == 1
    figures = load_run(tmp_path / "run").figures["assistant"]["all"]["all"]
    assert not set(MEASURES) & set(figures) and figures["evidence recall"].n > 0
    alone = run_evaluation(indexed_settings, CHOICE, candidates(indexed_settings, ["bm25"]), progress=False)
    assert alone.notes == ()
