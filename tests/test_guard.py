"""Nothing of the test half stands anywhere else, and a planted copy is found."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest

from assistant.answer import Turn
from assistant.settings import PROJECT
from eval.documents import read_documents
from eval.guard import TEST_HALF, find_copies, guarded_files
from eval.questions import EvalQuestion, load_questions

CORPUS = ["Medarbeidere som evner å se helhet og tar i bruk sine ferdigheter."]
FILE = Path("assistant/data/bank.toml")
ASKED = "Får fyrvokteren på Færder gratis fiskeboller til frokost?"


def question(text: str, *history: Turn) -> EvalQuestion:
    return EvalQuestion("modum-t01", "modum", "nb", "fact", "answered", text, history)


def lines(asked: str, planted: str, *history: Turn) -> list[int]:
    return [each.line for each in find_copies([question(asked, *history)], [(FILE, planted)], CORPUS)]


def test_nothing_of_the_test_half_stands_anywhere_else(corpus: Path) -> None:
    documents = [each.text for each in read_documents(corpus)]
    found = find_copies(load_questions("test"), guarded_files(PROJECT), documents)
    assert [str(each) for each in found] == []  # ids, files and lines: never the words


@pytest.mark.parametrize(
    "planted",
    [
        ASKED,
        f'bank = ["noe annet",\n  "{ASKED.upper()}"]',
        "# får fyrvokteren\n# på færder gratis\n# fiskeboller til frokost",
        "og fyrvokteren på Færder gratis fiskeboller til",  # six words of it
        json.dumps({"question": ASKED}),  # å as \u00e5
        'ASKED = "Får fyrvokteren på "\n"Færder gratis fiskeboller"',
        "Fa\u030ar fyrvokteren på Færder gratis fiskeboller",
        "a\\nFår fyrvokteren på Færder gratis fiskeboller",
    ],
)
def test_a_planted_copy_is_found(planted: str) -> None:
    assert len(lines(ASKED, planted)) == 1


def test_a_copy_tells_id_file_and_line_but_not_the_words() -> None:
    (copy,) = find_copies([question(ASKED)], [(FILE, f"en\nto\n{ASKED}\n{ASKED}")], CORPUS)
    assert str(copy) == f"modum-t01: words of this test question stand in {FILE}, line 3"


def test_five_words_are_no_copy_but_a_whole_short_question_is() -> None:
    assert lines(ASKED, "på Færder gratis fiskeboller til") == []
    assert lines("gratis fiskeboller til frokost", "x gratis fiskeboller til frokost y") == [1]


def test_one_or_two_words_are_vocabulary() -> None:
    assert lines("gratis fiskeboller?", "gratis fiskeboller?") == []


def test_the_documents_own_words_are_anybodys() -> None:
    assert lines("medarbeidere som evner å se helhet", "Medarbeidere som evner å se helhet") == []


def test_function_words_in_a_row_are_anybodys_unless_the_question_is_nothing_else() -> None:
    words = "er det ikke for at vi skal"
    assert lines(f"{words} spise fiskeboller om morgenen", words) == []
    assert lines(words, words) == [1]


def test_what_the_user_said_before_is_guarded_too() -> None:
    assert lines("og da?", ASKED, Turn(role="user", content=ASKED)) == [1]


@pytest.fixture(params=["git", "no git"])
def tree(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A small tree with a file of each sort, under git and not."""
    for name in ("code.py", "new.md", f"{TEST_HALF}/modum.jsonl", "build/made.py", ".cache/kept.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(ASKED, encoding="utf-8")
    (tmp_path / "model.bin").write_bytes(b"\xff\x00")
    if request.param == "git":
        (tmp_path / ".gitignore").write_text("build/\n.cache/\n")
        for command in (["init", "-q"], ["add", "code.py", ".gitignore"]):
            subprocess.run(["git", "-C", str(tmp_path), *command], check=True)
    return tmp_path


def test_text_files_outside_the_test_half_are_guarded(tree: Path) -> None:
    files = {str(path) for path, _ in guarded_files(tree)}
    assert files - {".gitignore"} == {"code.py", "new.md"}
