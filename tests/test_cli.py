"""The commands as they are typed, each in a process of its own."""

from __future__ import annotations

import ctypes
import json
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.answer import Answer
from assistant.settings import PROJECT, Settings

QUESTION = "Hva forventes av ledere?"
KNOWN = "baerum, elverum, midt-telemark, modum, sandefjord"
ASK = ("ask", "-m", "modum", "--json")

Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


@pytest.fixture
def env(indexed_settings: Settings) -> dict[str, str]:
    """Variables for the index of the five policies."""
    return {**os.environ, "ASSISTANT_INDEX": str(indexed_settings.index), "COLUMNS": "200"}


@pytest.fixture
def run(env: dict[str, str]) -> Run:
    """Runs a command to its end; keyword arguments are variables."""

    def run(*command: str | bytes, before: Callable[[], None] | None = None, **variables: object) -> Done:
        done = subprocess.run(
            [sys.executable, "-m", "assistant.cli", *command],
            cwd=PROJECT,
            env=env | {name: str(value) for name, value in variables.items()},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            preexec_fn=before,
        )
        assert "Traceback" not in done.stderr, done.stderr
        return done

    return run


def sentence(done: Done) -> str:
    """What a command that failed says, on standard error alone."""
    assert done.stdout == ""
    return " ".join(done.stderr.split())


@pytest.fixture
def corpus_of_one(tmp_path: Path, corpus: Path) -> Path:
    """A corpus of Modum's policy alone."""
    ignore = shutil.ignore_patterns("*.questions.toml")  # thousands of questions make a test slow
    shutil.copytree(corpus / "modum", tmp_path / "corpus" / "modum", ignore=ignore)
    return tmp_path / "corpus"


# --- ask --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def printed(indexed_settings: Settings) -> str:
    """What ``ask --json`` prints."""
    return subprocess.run(
        [sys.executable, "-m", "assistant.cli", *ASK, QUESTION],
        cwd=PROJECT,
        env={**os.environ, "ASSISTANT_INDEX": str(indexed_settings.index)},
        capture_output=True,
        encoding="utf-8",
        check=True,
    ).stdout


def test_ask_json_prints_one_line_with_one_object(printed: str) -> None:
    assert printed.count("\n") == 1
    assert printed.endswith("\n")
    assert isinstance(json.loads(printed), dict)


def test_ask_json_has_the_keys_of_the_contract(printed: str) -> None:
    assert list(json.loads(printed)) == [
        "status", "answer", "language", "statements", "citations", "closest", "understood", "answered_by",
        "timing_ms",
    ]  # fmt: skip


def test_the_parts_of_an_answer_have_the_keys_of_the_contract(printed: str) -> None:
    answer = json.loads(printed)
    assert list(answer["statements"][0]) == ["text", "citations"]
    assert list(answer["citations"][0]) == [
        "n", "municipality", "document", "title", "section", "page", "quote", "start", "end", "adopted",
        "valid_to",
    ]  # fmt: skip
    assert list(answer["timing_ms"]) == ["understand", "retrieve", "answer", "verify", "total"]


def test_ask_json_prints_an_answer_that_is_verbatim(printed: str, corpus: Path) -> None:
    answer = Answer.model_validate_json(printed)
    text = (corpus / "modum" / "arbeidsgiverpolitikk.txt").read_text(encoding="utf-8")
    assert answer.status == "answered"
    assert all(c.quote == text[c.start : c.end] for c in answer.citations)


def test_ask_prints_the_answer_and_its_numbered_sources(run: Run, printed: str) -> None:
    done = run("ask", "-m", "modum", QUESTION)
    first = json.loads(printed)["citations"][0]
    words = " ".join(done.stdout.split())
    assert done.returncode == 0
    assert f"[1] {first['title']}" in words
    assert f"«{' '.join(first['quote'].split())}»" in words


def test_an_unknown_municipality_is_told_the_known_ones(run: Run) -> None:
    done = run("ask", "-m", "oslo", QUESTION)
    assert done.returncode == 2
    assert KNOWN in sentence(done)


BAD_QUESTIONS: dict[str, tuple[str | bytes, str]] = {
    "empty": ("", "Skriv et spørsmål først."),
    "control characters": ("Hva er \x07 lønn?", "tegn som ikke kan leses"),
    "not UTF-8": ("Hva er lønn?".encode("latin-1"), "tegn som ikke kan leses"),
    "100 kB": ("lønn " * 20_000, "Spørsmålet er på 100000 tegn. Det kan være på høyst 2000."),
}


@pytest.mark.parametrize("how", BAD_QUESTIONS)
def test_a_question_that_cannot_be_asked_is_told_why(run: Run, how: str) -> None:
    question, why = BAD_QUESTIONS[how]
    done = run(*ASK, question)
    assert done.returncode == 2
    assert why in sentence(done)


def test_a_question_without_municipality_is_shown_how_to_ask(run: Run) -> None:
    done = run("ask", QUESTION)
    assert done.returncode == 2
    assert 'assistant ask -m MUNICIPALITY "question"' in sentence(done)


def test_without_an_index_the_command_that_makes_one_is_named(run: Run, tmp_path: Path) -> None:
    done = run(*ASK, QUESTION, ASSISTANT_INDEX=tmp_path / "none")
    assert done.returncode == 3
    assert "Run: assistant ingest" in sentence(done)


def test_an_embedding_model_that_is_not_there_is_named(run: Run) -> None:
    done = run(*ASK, QUESTION, ASSISTANT_EMBEDDING="/nowhere/model")
    assert done.returncode == 3
    assert "No embedding model at /nowhere/model. Set ASSISTANT_EMBEDDING" in sentence(done)


# --- ask --batch ------------------------------------------------------------------------------------


def test_a_batch_writes_its_answers_and_tells_of_bad_rows(run: Run, tmp_path: Path) -> None:
    source, target = tmp_path / "in [1].csv", tmp_path / "out [1].jsonl"
    source.write_text(f"id;municipality;question\n1;modum;{QUESTION}\n2;oslo;lønn?\n", encoding="utf-8")
    done = run("ask", "--batch", str(source), "--out", str(target))
    records = [json.loads(line) for line in target.read_text(encoding="utf-8").splitlines()]
    assert done.returncode == 0
    assert [record["id"] for record in records] == ["1", "2"]
    assert f"{target} written. 1 rows could not be answered; see their error." in sentence(done)


def test_a_batch_file_that_cannot_be_used_is_told_why(run: Run, tmp_path: Path) -> None:
    done = run("ask", "--batch", str(tmp_path / "none.csv"), "--out", str(tmp_path / "out.csv"))
    assert done.returncode == 2
    assert "none.csv cannot be read (No such file or directory)" in sentence(done)


def test_a_batch_without_out_is_told_so(run: Run) -> None:
    done = run("ask", "--batch", "in.csv")
    assert done.returncode == 2
    assert "--batch takes --out FILE" in sentence(done)


# --- ingest -----------------------------------------------------------------------------------------


COLUMNS = ["municipality", "document", "passages", "questions", "outcome", "note"]


def test_ingest_prints_a_row_for_each_document(run: Run, corpus_of_one: Path, tmp_path: Path) -> None:
    done = run("ingest", ASSISTANT_CORPUS=corpus_of_one, ASSISTANT_INDEX=tmp_path / "index")
    header, row = (line for line in done.stdout.splitlines() if "municipality" in line or "modum" in line)
    assert done.returncode == 0
    assert header.replace("┃", " ").split() == COLUMNS
    assert row.replace("│", " ").split()[:2] == ["modum", "arbeidsgiverpolitikk"]
    assert "added" in row


def test_ingest_says_when_the_index_is_up_to_date(run: Run, corpus: Path) -> None:
    done = run("ingest", str(corpus))
    assert done.returncode == 0
    assert "The index is up to date." in done.stdout


def test_ingest_tells_what_it_refused_word_for_word_and_fails(
    run: Run, corpus_of_one: Path, tmp_path: Path
) -> None:
    folder = corpus_of_one / "rart [[navn]] [b]"
    folder.mkdir()
    (folder / "regler.txt").write_text("Ansatte har rett til ferie.")
    (folder / "regler.toml").write_text("[[period]]\nheading = 'x'")
    done = run("ingest", str(corpus_of_one), ASSISTANT_INDEX=tmp_path / "index", COLUMNS="400")
    assert done.returncode == 2
    assert "refused" in done.stdout
    assert f"{folder / 'regler.toml'}: each [[period]] needs the heading" in done.stdout


def test_ingest_cuts_no_reason_short_on_a_narrow_terminal(
    run: Run, corpus_of_one: Path, tmp_path: Path
) -> None:
    (corpus_of_one / "modum" / "arbeidsgiverpolitikk.txt").write_bytes(b"\xff")
    done = run("ingest", str(corpus_of_one), ASSISTANT_INDEX=tmp_path / "index", COLUMNS="80")
    assert done.returncode == 2
    assert "…" not in done.stdout


def test_ingest_of_a_path_that_is_not_there_says_so(run: Run) -> None:
    done = run("ingest", "/nowhere/corpus")
    assert done.returncode == 2
    assert "/nowhere/corpus: there is no such file or folder." in sentence(done)


# --- an index that may only be read -----------------------------------------------------------------


def obey_permissions() -> None:
    """Make the process that is about to start obey file permissions, though it is root's."""
    drop_bounding_capability, dac_override = 24, 1
    if ctypes.CDLL(None).prctl(drop_bounding_capability, dac_override, 0, 0, 0) != 0:
        raise OSError("prctl")


@pytest.fixture
def read_only(indexed_settings: Settings, tmp_path: Path) -> Iterator[Path]:
    """A copy of the index that nobody may write to."""
    if os.geteuid() == 0:
        if not sys.platform.startswith("linux"):
            pytest.skip("root may write everywhere, and only Linux lets it give that up")
        tmp_path.chmod(0o555)
        probe = subprocess.run(
            [sys.executable, "-c", f"import os; print(os.access({str(tmp_path)!r}, os.W_OK))"],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=obey_permissions,
        )
        tmp_path.chmod(0o755)
        if probe.stdout.strip() != "False":
            pytest.skip("root may write everywhere, and cannot give that up here")
    index = tmp_path / "index"
    shutil.copytree(indexed_settings.index, index)
    everything = [index, *index.rglob("*")]
    for path in everything:
        path.chmod(0o555 if path.is_dir() else 0o444)
    yield index
    for path in everything:
        path.chmod(0o755 if path.is_dir() else 0o644)


@pytest.fixture
def run_as_reader(run: Run, read_only: Path) -> Run:
    """Like ``run``, on the index that may only be read and without root's right to write to it."""

    def reader(*command: str) -> Done:
        before = obey_permissions if os.geteuid() == 0 else None
        return run(*command, before=before, ASSISTANT_INDEX=read_only)

    return reader


def test_ask_works_with_an_index_that_may_only_be_read(run_as_reader: Run) -> None:
    done = run_as_reader(*ASK, QUESTION)
    assert done.returncode == 0, done.stderr
    assert Answer.model_validate_json(done.stdout).status == "answered"


def test_ingest_into_an_index_that_may_only_be_read_says_what_to_do(
    run_as_reader: Run, corpus_of_one: Path
) -> None:
    file = corpus_of_one / "modum" / "ny.txt"
    file.write_text("Ansatte har rett til ferie.")
    done = run_as_reader("ingest", str(file))
    assert done.returncode == 3
    assert (
        "cannot be written (Permission denied). Give write access to it, or set ASSISTANT_INDEX"
        in sentence(done)
    )


def test_ingest_with_nothing_new_works_with_an_index_that_may_only_be_read(
    run_as_reader: Run, corpus: Path
) -> None:
    done = run_as_reader("ingest", str(corpus))
    assert done.returncode == 0
    assert "The index is up to date." in done.stdout


# --- serve and settings -----------------------------------------------------------------------------


def test_serve_on_a_port_in_use_says_so(run: Run) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.returncode == 3
    assert f"Cannot listen on 127.0.0.1:{port} (Address already in use)" in sentence(done)
    assert "choose another port" in sentence(done)


def test_a_setting_that_cannot_be_used_is_named(run: Run) -> None:
    done = run("settings", ASSISTANT_PORT="abc")
    assert done.returncode == 2
    assert "ASSISTANT_PORT" in sentence(done)
    assert "'abc'" in sentence(done)


def test_settings_lists_every_setting_with_its_value(run: Run) -> None:
    done = run("settings", ASSISTANT_INDEX="/nowhere/[/index]", ASSISTANT_PORT="8123")
    assert done.returncode == 0
    for name in Settings.model_fields:
        assert f"ASSISTANT_{name.upper()} " in done.stdout
    assert "/nowhere/[/index]" in done.stdout
    assert "8123" in done.stdout


def test_without_a_command_the_commands_are_listed(run: Run) -> None:
    done = run()
    for command in ("ingest", "ask", "serve", "settings", "benchmark"):
        assert f"\u2502 {command} " in done.stdout


def test_settings_lists_the_judges_variables_and_never_the_key(run: Run) -> None:
    done = run("settings", ASSISTANT_LLM_API_KEY="a-secret-key")
    assert "ASSISTANT_LLM_BASE_URL" in done.stdout
    assert "a-secret-key" not in done.stdout
