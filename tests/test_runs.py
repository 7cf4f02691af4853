"""A run loses nothing: what could not be asked is counted, named, and saved with the rest."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from assistant.answer import Answer, Citation, Question, Statement
from assistant.cli import app
from assistant.settings import PROJECT, Settings
from eval.candidates import BadChoice, Candidate, Opened, candidates, parse_config
from eval.chosen import Choice
from eval.command import BAD_INPUT, COMPLETE, INCOMPLETE, Options, evaluate
from eval.documents import read_documents
from eval.questions import QuestionFileError, load_questions
from eval.runs import Run, RunUnreadable, load_run, run_evaluation
from eval.sets import SetError
from eval.summary import summary

TEXT = "Ledelse\n\nLedere skal lytte til alle.\n\nKurs\nAlle kan søke om kurs hvert år."
QUESTIONS = [
    {"id": "m1", "kind": "fact", "status": "answered", "question": "Hvem kan søke om kurs?"}
    | {"required": ["Alle kan søke om kurs"]},
    {"id": "m2", "kind": "fact", "status": "answered", "question": "Hva skal ledere?"}
    | {"required": ["Ledere skal lytte"]},
    {"id": "m3", "kind": "unanswered", "status": "not_in_policy", "question": "Når er sommerferien?"},
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    (tmp_path / "corpus" / "modum").mkdir(parents=True)
    (tmp_path / "corpus" / "modum" / "plan.txt").write_text(TEXT, encoding="utf-8")
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


@pytest.fixture
def choice(tmp_path: Path) -> Choice:
    lines = (json.dumps({"municipality": "modum", "language": "nb"} | each) for each in QUESTIONS)
    (tmp_path / "own.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return Choice(file=tmp_path / "own.jsonl")


def said(question: Question, quote: str | None) -> Answer:
    """An answer that cites ``quote``, or refuses."""
    if quote is None:
        return Answer(status="not_in_policy", answer="Nei.", language="nb", understood=question.question)
    start = TEXT.index(quote)
    citation = Citation(
        n=1,
        municipality="modum",
        document="plan",
        title="Plan",
        section=[],
        quote=quote,
        start=start,
        end=start + len(quote),
    )
    return Answer(
        status="answered",
        answer=f"{quote} [1]",
        language="nb",
        statements=[Statement(text=quote, citations=[1])],
        citations=[citation],
        understood=question.question,
    )


class Right:
    """Answers every question of this file rightly."""

    def ask(self, question: Question) -> Answer:
        quotes = {each["question"]: each.get("required", [None])[0] for each in QUESTIONS}
        return said(question, quotes[question.question])


class Raising(Right):
    """Breaks on some questions."""

    def __init__(self, *broken: str) -> None:
        self.broken = broken

    def ask(self, question: Question) -> Answer:
        if question.question.startswith(self.broken):
            raise RuntimeError("disk full")
        return super().ask(question)


def fake(name: str, system: Right) -> Candidate:
    return Candidate(name, lambda folder: Opened(system))


def absent(name: str) -> Candidate:
    def open_(folder: Path) -> Opened:
        raise ImportError("no module named nothing")

    return Candidate(name, open_)


Ask = Callable[..., Run]


@pytest.fixture
def ask(settings: Settings, choice: Choice) -> Ask:
    def run(*systems: Candidate) -> Run:
        return run_evaluation(settings, choice, systems, progress=False)

    return run


def test_a_question_that_raises_is_an_item_with_its_error(ask: Ask) -> None:
    run = ask(fake("fake", Raising("Hva")))
    assert len(run.items) == 3
    (item,) = run.errors
    assert item.question.id == "m2" and item.answer is None
    assert item.error is not None and item.error.startswith("RuntimeError: disk full (test_runs.py:")


def test_a_question_that_raises_counts_as_unanswered(ask: Ask) -> None:
    row = ask(fake("fake", Raising("Hva"))).figures["fake"]["all"]["all"]
    assert (row["answered"].value, row["answered"].n) == (0.5, 2)
    assert (row["evidence recall"].value, row["evidence recall"].n) == (0.5, 2)


def test_a_crash_is_no_refusal(ask: Ask) -> None:
    assert ask(fake("fake", Right())).figures["fake"]["all"]["all"]["refused"].value == 1.0
    assert ask(fake("fake", Raising("Når"))).figures["fake"]["all"]["all"]["refused"].value == 0.0


def test_a_run_without_a_fault_is_complete(ask: Ask) -> None:
    run = ask(fake("fake", Right()))
    assert run.complete and not run.errors and run.figures["fake"]["all"]["all"]["answered"].value == 1.0


def test_a_system_that_is_not_there_is_named_and_the_others_are_measured(ask: Ask) -> None:
    run = ask(absent("tutorial"), fake("fake", Right()))
    assert run.systems == ("fake",) and not run.complete
    assert "no module named nothing" in run.missing["tutorial"]
    assert "tutorial was not measured" in summary(run)


def test_a_system_without_any_other_makes_no_complete_run(ask: Ask) -> None:
    run = ask(absent("tutorial"))
    assert not run.complete and "No question was asked." in summary(run)


def test_figures_come_by_half_kind_and_municipality(ask: Ask) -> None:
    figures = ask(fake("fake", Raising("Hva"))).figures["fake"]
    assert set(figures) == {"all", "half", "kind", "municipality"}
    assert set(figures["kind"]) == {"fact", "unanswered"} and set(figures["half"]) == {"own"}
    assert figures["kind"]["unanswered"]["refused"].n == 1
    assert figures["kind"]["unanswered"]["answered"].value is None
    low, value, high = (getattr(figures["kind"]["fact"]["answered"], n) for n in ("low", "value", "high"))
    assert (low, value, high) == (0.0, 0.5, 1.0)


def test_saving_and_loading_gives_the_same_run(ask: Ask, tmp_path: Path) -> None:
    run = ask(fake("fake", Raising("Hva")), fake("other", Right()), absent("tutorial"))
    run.save(tmp_path / "run")
    assert load_run(tmp_path / "run") == run
    assert load_run(tmp_path / "run").name == run.name


def test_the_folder_holds_every_answer_and_the_figures(ask: Ask, tmp_path: Path) -> None:
    run = ask(fake("fake", Raising("Hva")))
    run.save(tmp_path / "run")
    lines = (tmp_path / "run" / "answers-own.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["question"]["id"] for line in lines] == ["m1", "m2", "m3"]
    figures = json.loads((tmp_path / "run" / "figures.json").read_text(encoding="utf-8"))
    assert figures["fake"]["all"]["all"]["answered"]["value"] == 0.5


def test_a_folder_that_holds_no_run_is_refused(tmp_path: Path) -> None:
    with pytest.raises(RunUnreadable, match="holds no run"):
        load_run(tmp_path)


def test_the_name_is_the_time_and_a_hash_that_changes_with_the_data(ask: Ask, settings: Settings) -> None:
    first, same = ask(fake("fake", Right())), ask(fake("fake", Right()))
    (settings.corpus / "modum" / "plan.txt").write_text(TEXT + " Nytt.", encoding="utf-8")
    other = ask(fake("fake", Right()))
    assert first.name.startswith(first.started.replace("-", "").replace(":", ""))
    assert first.name[-7:] == same.name[-7:] != other.name[-7:]


def test_a_run_knows_settings_versions_and_hashes(ask: Ask, settings: Settings) -> None:
    run = ask(fake("fake", Right()))
    assert run.settings["corpus"] == str(settings.corpus)
    assert {"python", "machine", "chromadb"} <= set(run.versions)
    assert {"document modum/plan", "questions, own", "embedding model", "code of assistant"} <= set(
        run.hashes
    )


def test_gold_that_is_not_in_the_documents_stops_the_run(ask: Ask, settings: Settings) -> None:
    (settings.corpus / "modum" / "plan.txt").write_text("Noe helt annet.", encoding="utf-8")
    with pytest.raises((QuestionFileError, SetError), match="m1: not in modum's documents"):
        ask(fake("fake", Right()))


def test_of_the_test_half_a_fault_names_the_id_alone(settings: Settings, tmp_path: Path) -> None:
    for document in read_documents(Settings().corpus):
        (settings.corpus / document.municipality).mkdir(exist_ok=True)
        (settings.corpus / document.municipality / f"{document.id}.txt").write_text("Tomt.", encoding="utf-8")
    with pytest.raises(QuestionFileError) as raised:
        run_evaluation(settings, Choice(half="test"), [fake("fake", Right())], progress=False)
    quotes = [quote for question in load_questions("test") for quote in question.required]
    assert not any(quote in str(raised.value) for quote in quotes)


# --- choices ---------------------------------------------------------------------------------------


def test_both_halves_are_asked_unless_one_is_chosen() -> None:
    assert {half for half, _ in Choice().load()} == {"development", "test"}
    assert {half for half, _ in Choice(half="development").load()} == {"development"}


def test_a_kind_and_a_municipality_narrow_the_choice() -> None:
    chosen = Choice(kind="typo", municipality="modum").load()
    assert chosen and {(q.kind, q.municipality) for _, q in chosen} == {("typo", "modum")}


@pytest.mark.parametrize("choice", [Choice(half="dev"), Choice(kind="nothing"), Choice(municipality="oslo")])
def test_a_choice_that_leaves_nothing_is_refused(choice: Choice) -> None:
    with pytest.raises(BadChoice):
        choice.load()


def test_a_municipality_without_a_question_is_noted(settings: Settings) -> None:
    (settings.corpus / "nesbyen").mkdir()
    (settings.corpus / "nesbyen" / "plan.txt").write_text(TEXT, encoding="utf-8")
    gaps = Choice(half="development").gaps(read_documents(settings.corpus))
    assert gaps == ["the development half holds no question of nesbyen"]


def test_a_config_changes_settings() -> None:
    assert parse_config("embedding=my-model, ASSISTANT_INDEX=.other") == {
        "embedding": "my-model",
        "index": ".other",
    }


@pytest.mark.parametrize("config", ["colour=red", "embedding", "corpus=elsewhere"])
def test_a_config_that_names_no_setting_is_refused(config: str) -> None:
    with pytest.raises(BadChoice, match="--config"):
        parse_config(config)


def test_a_config_with_a_wrong_value_is_refused() -> None:
    with pytest.raises(BadChoice, match="port"):
        candidates(Settings(), configs=["port=minus"])


def test_a_system_that_does_not_exist_is_refused() -> None:
    with pytest.raises(BadChoice, match="assistant, tutorial, bm25"):
        candidates(Settings(), ["oracle"])


# --- the real systems and the command ---------------------------------------------------------------


def test_the_assistant_and_a_variant_run_side_by_side(indexed_settings: Settings) -> None:
    systems = candidates(indexed_settings, ["assistant", "bm25"], ["max_question_chars=20"])
    choice = Choice(half="development", municipality="modum", kind="fact")
    run = run_evaluation(indexed_settings, choice, systems, progress=False)
    assert run.systems == ("assistant", "bm25", "assistant max_question_chars=20")
    assert {item.system for item in run.errors} == {"assistant max_question_chars=20"}
    assert run.figures["assistant"]["all"]["all"]["leaks"].value == 0
    assert run.notes == ()


def test_another_embedding_model_gets_an_index_of_its_own(indexed_settings: Settings) -> None:
    from ingest.embedding import BUILTIN_PATH

    before = sorted((indexed_settings.index / "generations").iterdir())
    systems = candidates(indexed_settings, [], [f"embedding={BUILTIN_PATH}"])
    run = run_evaluation(indexed_settings, Choice("development", "typo", "modum"), systems, progress=False)
    assert not run.missing and "indexed the corpus anew" in run.notes[0]
    assert sorted((indexed_settings.index / "generations").iterdir()) == before


def test_a_document_that_changed_since_it_was_indexed_is_noted(
    indexed_settings: Settings, tmp_path: Path
) -> None:
    for document in read_documents(indexed_settings.corpus):
        (tmp_path / document.municipality).mkdir()
        text = document.text + ("\nNytt avsnitt." if document.municipality == "modum" else "")
        (tmp_path / document.municipality / f"{document.id}.txt").write_text(text, encoding="utf-8")
    changed = indexed_settings.model_copy(update={"corpus": tmp_path})
    run = run_evaluation(changed, Choice("development", "typo", "modum"), progress=False)
    assert any("modum" in note and "changed since it was indexed" in note for note in run.notes)


def quiet() -> Console:
    return Console(quiet=True)


def test_the_command_writes_run_report_and_summary(indexed_settings: Settings, tmp_path: Path) -> None:
    options = Options(Choice("development", "typo", "modum"), out=tmp_path / "run")
    assert evaluate(indexed_settings, options, quiet(), quiet()) == COMPLETE
    assert {p.name for p in (tmp_path / "run").iterdir()} == {
        *("run.json", "documents.json", "figures.json", "answers-development.jsonl"),
        *("report.html", "summary.md"),
    }


def test_the_command_ends_with_another_code_when_something_was_missing(
    indexed_settings: Settings, tmp_path: Path
) -> None:
    options = Options(
        Choice("development", "typo", "modum"), (), ("max_question_chars=3",), out=tmp_path / "run"
    )
    err = Console(record=True, quiet=False, file=(tmp_path / "err").open("w", encoding="utf-8"), width=200)
    assert evaluate(indexed_settings, options, quiet(), err) == INCOMPLETE
    shown = err.export_text()
    assert "Something was missing" in shown and "QuestionTooLong" in shown


def test_a_wrong_option_is_told_and_nothing_is_written(indexed_settings: Settings, tmp_path: Path) -> None:
    for options in (
        Options(Choice(half="middle"), out=tmp_path / "run"),
        Options(Choice(), ("oracle",), out=tmp_path / "run"),
        Options(Choice(), against=tmp_path / "nowhere", out=tmp_path / "run"),
    ):
        assert evaluate(indexed_settings, options, quiet(), quiet()) == BAD_INPUT
    assert not (tmp_path / "run").exists()


def test_the_command_line_knows_eval_and_nothing_else_in_assistant_does() -> None:
    assert CliRunner().invoke(app, ["eval", "--half", "middle"]).exit_code == BAD_INPUT
    importing = [
        file.name
        for file in (PROJECT / "assistant").rglob("*.py")
        if re.search(r"^\s*(from|import) eval\b", file.read_text(encoding="utf-8"), re.MULTILINE)
    ]
    assert importing == ["cli.py"]


def test_a_folder_that_is_not_empty_is_left_alone(indexed_settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("keep", encoding="utf-8")
    assert evaluate(indexed_settings, Options(Choice(), out=tmp_path), quiet(), quiet()) == BAD_INPUT
    assert [p.name for p in tmp_path.iterdir()] == ["notes.txt"]


def test_the_summary_names_what_was_missing_before_the_figures(ask: Ask) -> None:
    text = summary(ask(fake("fake", Raising("Hva"))))
    assert text.index("disk full") < text.index("## Figures")
    assert "| evidence recall | 0.500 (0.000–1.000) |" in text and "| unanswered | 1 |" in text


def test_the_summary_of_the_test_half_counts_errors_without_quoting(ask: Ask) -> None:
    run = ask(fake("fake", Raising("Hva")))
    sealed = replace(run, items=tuple(replace(item, half="test") for item in run.items))
    text = summary(sealed)
    assert "fake, test half: 1 question without an answer, RuntimeError" in text
    assert "disk full" not in text and "m2" not in text
    assert asdict(sealed.choice)["file"] == run.choice.file
