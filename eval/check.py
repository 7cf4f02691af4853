"""Checks the committed sets: ``python -m eval.check`` prints counts and faults, and exits with 1 on a fault.

A fault in the test half names the question's id and never its text.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from rich import box
from rich.console import Console
from rich.table import Table

from assistant.settings import load_settings
from eval.documents import Document, read_documents
from eval.questions import QUESTIONS, EvalQuestion, QuestionFileError, load_questions
from eval.spans import normalised, occurrences

HALVES = {"development": "d", "test": "t"}  # folder, and the letter its ids have
KINDS = Path(__file__).parent / "data" / "kinds.toml"

Halves = Mapping[str, Sequence[EvalQuestion]]


def read_halves(folder: Path = QUESTIONS) -> tuple[dict[str, list[EvalQuestion]], list[str]]:
    """The questions of each half, and one fault for each file that cannot be read or is misplaced."""
    halves: dict[str, list[EvalQuestion]] = {half: [] for half in HALVES}
    faults = []
    for half in HALVES:
        files = sorted((folder / half).glob("*.jsonl"))
        if not files:
            faults.append(f"{half}: there is no question file")
        for file in files:
            try:
                questions = load_questions(file)
            except QuestionFileError as error:
                faults.append(str(error).removeprefix(f"{folder}/"))
                continue
            except ValueError:
                faults.append(f"{half}/{file.name}: holds no question")
                continue
            halves[half] += questions
            faults += [
                f"{each.id}: stands in {half}/{file.name}, which is for {file.stem}"
                for each in questions
                if each.municipality != file.stem
            ]
    return halves, faults


def check_sets(halves: Halves, documents: Sequence[Document]) -> list[str]:
    """What is wrong with the sets, one sentence a fault; an empty list when all is well."""
    faults = []
    for half, questions in halves.items():
        for question in questions:
            for fault, detail in _question_faults(question, half, documents):
                faults.append(f"{question.id}: {fault}" + (detail if half != "test" else ""))
    every = [question for questions in halves.values() for question in questions]
    ids = Counter(question.id for question in every)
    faults += [f"{key}: the id is used {count} times" for key, count in ids.items() if count > 1]
    return [*faults, *_repeated(halves), *_too_few(halves)]


def counts(halves: Halves) -> Counter[tuple[str, str, str]]:
    """How many questions there are by municipality, half and kind."""
    return Counter((each.municipality, half, each.kind) for half in halves for each in halves[half])


def main() -> int:
    """Check the sets in ``eval/questions`` against the corpus of the settings; the exit code."""
    halves, faults = read_halves()
    faults += check_sets(halves, read_documents(load_settings().corpus))
    console = Console(highlight=False)
    console.width = max(console.width, 100)
    console.print(_counts_table(halves))
    for fault in faults:
        console.print(fault, markup=False, soft_wrap=True)
    console.print(f"{len(faults)} faults." if faults else "No faults.")
    return 1 if faults else 0


def _question_faults(
    question: EvalQuestion, half: str, documents: Sequence[Document]
) -> Iterator[tuple[str, str]]:
    """Faults of one question: what may always be said, and the text at fault."""
    if not re.fullmatch(rf"{re.escape(question.municipality)}-{HALVES[half]}\d\d+", question.id):
        yield f"the id is not {question.municipality}-{HALVES[half]}NN, as the {half} half's are", ""
    if not any(each.municipality == question.municipality for each in documents):
        yield "its municipality has no documents", f": {question.municipality}"
        return
    if not _words(question.question):
        yield "there is no question", ""
    status = _kinds()["kinds"].get(question.kind)
    if status is None:
        yield f"its kind is none of {', '.join(_kinds()['kinds'])}", f": {question.kind}"
    elif status != question.status:
        yield f"a question of its kind has status {status}", f", not {question.status}"
    for language, kind in (("en", "english"), ("nn", "nynorsk")):
        if question.kind == kind and question.language != language:
            yield f"its language should be {language}", f", not {question.language}"
    if question.kind == "follow_up" and not question.history:
        yield "a follow-up has a history", ""
    if question.answerable != bool(question.required):
        yield "it has required quotes exactly when its status is answered", ""
    for quote in (*question.required, *question.acceptable):
        if not normalised(quote).letters:
            yield "a quote has no letters or digits", f": {quote!r}"
        elif not occurrences(quote, question.municipality, documents):
            yield "a quote does not stand in its municipality's documents", f": {quote!r}"
    for word in question.must_mention:
        wanted = normalised(word).letters
        if not wanted or not any(wanted in normalised(quote).letters for quote in question.required):
            yield "a must_mention stands in no required quote", f": {word!r}"


def _repeated(halves: Halves) -> Iterator[str]:
    """A question asked twice.

    Within a half the same words may be put to several municipalities, or follow another history;
    between the halves no words may be shared at all.
    """
    asked: dict[str, set[str]] = {}
    for half, questions in halves.items():
        seen: dict[tuple[str, str, str], str] = {}
        for each in questions:
            history = " / ".join(_words(turn.content) for turn in each.history)
            words = _words(each.question)
            first = seen.setdefault((each.municipality, words, history), each.id)
            if first != each.id:
                yield f"{each.id}: asks the same as {first}"
            if any(words in texts for other, texts in asked.items() if other != half):
                yield f"{each.id}: the same words are a question of another half"
        asked[half] = {_words(each.question) for each in questions}


def _too_few(halves: Halves) -> Iterator[str]:
    every = [question for questions in halves.values() for question in questions]
    least = _kinds()["least"]
    if len(every) < least["all"]:
        yield f"{len(every)} questions; there must be at least {least['all']}"
    by_municipality = Counter(each.municipality for each in every)
    for municipality, count in sorted(by_municipality.items()):
        if count < least["municipality"]:
            yield f"{municipality}: {count} questions; there must be at least {least['municipality']}"
    for half, questions in halves.items():
        for kind in _kinds()["kinds"]:
            if not any(each.kind == kind for each in questions):
                yield f"{half}: no question of kind {kind}"


def _counts_table(halves: Halves) -> Table:
    """Kinds down, municipalities across; in a cell the number in each half."""
    number = counts(halves)
    places = sorted({place for place, _, _ in number})
    kinds = [*_kinds()["kinds"], *sorted({kind for _, _, kind in number} - set(_kinds()["kinds"]))]
    table = Table("kind", *places, "all", box=box.SIMPLE, caption=" + ".join(halves))
    for kind in kinds:
        table.add_row(kind, *_cells(number, halves, places, [kind]))
    table.add_section()
    table.add_row("all", *_cells(number, halves, places, kinds))
    return table


def _cells(
    number: Counter[tuple[str, str, str]], halves: Halves, places: Sequence[str], kinds: Sequence[str]
) -> Iterator[str]:
    """For each place, then for all of them: the questions of these kinds in each half."""
    for of in [*([place] for place in places), places]:
        sums = (sum(number[place, half, kind] for place in of for kind in kinds) for half in halves)
        yield " + ".join(map(str, sums))


@cache
def _kinds() -> dict[str, Any]:
    return tomllib.loads(KINDS.read_text(encoding="utf-8"))


def _words(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


if __name__ == "__main__":
    sys.exit(main())
