"""Guards the test half: nothing of it may stand in the question bank, the training text or the code."""

from __future__ import annotations

import re
import subprocess
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from eval.questions import EvalQuestion
from ingest.analysis import stopwords

TEST_HALF = Path("eval/questions/test")
SHINGLE = 6  # words in a row that are taken to be copied
CONTENT = 2  # of them that are more than function words: "er det sånn det skal" is everybody's
SHORTEST = 3  # words: one or two ("kurs?") are vocabulary and cannot be told from a copy
_SKIPPED = {"__pycache__", "node_modules", "build", "dist"}
_WORD = re.compile(r"[^\W_]+")
_ESCAPE = re.compile(r"\\u([0-9a-fA-F]{4})")
_BREAK = re.compile(r"\\[nrt]")


class Copy(NamedTuple):
    """A place where words of a test question stand. It tells the id, never the words."""

    id: str
    file: Path
    line: int

    def __str__(self) -> str:
        return f"{self.id}: words of this test question stand in {self.file}, line {self.line}"


def find_copies(
    questions: Iterable[EvalQuestion], files: Iterable[tuple[Path, str]], documents: Sequence[str]
) -> list[Copy]:
    """Where the files' texts hold words of the questions; a question and file once, at the first place.

    Compared are words in a row, case and punctuation removed: ``SHINGLE`` of them from a question or
    what the user said before it, or the whole when that is shorter. Words that also stand so in the
    texts ``documents`` are anybody's, and so is a shingle with fewer than ``CONTENT`` words that are no
    function words, when another of the question tells more. Below ``SHORTEST`` words nothing is looked for.
    """
    wanted: dict[tuple[str, ...], set[str]] = {}
    for question in questions:
        said = [turn.content for turn in question.history if turn.role == "user"]
        for text in (question.question, *said):
            words = [word for word, _ in _words(_plain(text))]
            if len(words) >= SHORTEST:
                shingles = list(_shingles(words, min(SHINGLE, len(words))))
                telling = [each for each in shingles if len(set(each) - stopwords()) >= CONTENT]
                for shingle in telling or [tuple(words)]:
                    wanted.setdefault(shingle, set()).add(question.id)
    lengths = sorted({len(shingle) for shingle in wanted})
    for document in documents:
        words = [word for word, _ in _words(_plain(document))]
        for length in lengths:
            for shingle in _shingles(words, length):
                wanted.pop(shingle, None)
    found: dict[tuple[str, Path], Copy] = {}
    for file, text in files:
        text = _plain(text)
        placed = _words(text)
        words = [word for word, _ in placed]
        for length in lengths:
            for number, shingle in enumerate(_shingles(words, length)):
                for id_ in wanted.get(shingle, ()):
                    line = text.count("\n", 0, placed[number][1]) + 1
                    found.setdefault((id_, file), Copy(id_, file, line))
    return list(found.values())


def guarded_files(root: Path) -> Iterator[tuple[Path, str]]:
    """Each text file of the tree outside the test half: its path below ``root`` and its text.

    The files are those git tracks or would add; without git, all but hidden and built ones. A file that
    is not UTF-8 holds no text.
    """
    for path in _listed(root):
        if path.is_relative_to(TEST_HALF) or not (root / path).is_file():
            continue
        data = (root / path).read_bytes()
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if "\0" not in text:
            yield path, text


def _listed(root: Path) -> list[Path]:
    command = ["git", "-C", str(root), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8")
    except (OSError, subprocess.CalledProcessError):
        paths = (path.relative_to(root) for path in root.rglob("*"))
        return sorted(path for path in paths if not any(_skipped(part) for part in path.parts))
    return sorted({Path(name) for name in listed.split("\0") if name})


def _skipped(part: str) -> bool:
    return part in _SKIPPED or part.startswith(".") or part.endswith(".egg-info")


def _plain(text: str) -> str:
    """Composed characters; escapes as in JSON and code undone. Line breaks stay where they are."""
    text = _ESCAPE.sub(lambda escape: chr(max(32, int(escape[1], 16))), text)
    return unicodedata.normalize("NFKC", _BREAK.sub(" ", text))


def _words(text: str) -> list[tuple[str, int]]:
    """The words of a plain text in lower case, and where each begins."""
    return [(match[0].casefold(), match.start()) for match in _WORD.finditer(text)]


def _shingles(words: Sequence[str], length: int) -> Iterator[tuple[str, ...]]:
    return (tuple(words[start : start + length]) for start in range(len(words) - length + 1))
