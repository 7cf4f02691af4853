"""A run: what was asked of which systems, under which settings and data, and all that came back.

    run = run_evaluation(settings, Choice(half="development"))
    run.save(Path("eval/runs") / run.name)
    load_run(Path("eval/runs") / run.name) == run

Its folder::

    run.json                settings, versions, hashes, what was chosen, what was missing
    answers-<half>.jsonl    every question with its Answer, milliseconds and values, a line each
    documents.json          the texts the answers were measured against
    figures.json            the figures with their intervals
    judgements-<half>.jsonl what the judge was shown and replied, an answer a line; only where one was asked

A question whose asking raised is an Item without an answer. It counts as wrong in every share that
applies to it, also in ``refused``: a crash is no refusal. It has no latency.

Retrieval is measured of the trace that the answer came with, so no question is asked twice. A judge's
missing verdict counts 0, is counted in ``verdicts missing`` and makes the run incomplete.
"""

from __future__ import annotations

import json
import tempfile
import time
import traceback
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError
from tqdm import tqdm

from assistant.answer import Answer
from assistant.settings import Settings
from eval.candidates import Candidate, Opened, candidates
from eval.chosen import HALVES, Choice
from eval.documents import Document, TextDocument, read_documents
from eval.figures import MEASURES, SystemFigures, figures, figures_json
from eval.fingerprints import fingerprint, hashes, settings_shown, versions
from eval.judge import PROMPTS, Judge, Judged, Judgement, judge_outcomes
from eval.measures import RETRIEVAL
from eval.outcomes import Outcome, System, Traced, ask_traced
from eval.questions import EvalQuestion, QuestionFileError, check_questions
from eval.retrieval import RetrievalMissing, check_installed, retrieval_values

RUNS = Path(__file__).parent / "runs"
FORMAT = 1


class RunUnreadable(ValueError):
    """A folder that holds no run, or one written by another version; the message names the file."""


@dataclass(frozen=True)
class Item:
    """One question asked of one system. ``values``: measure to its value, where it applies.

    ``probability`` is what the system gave for the question being answerable, when it gave any.
    """

    system: str
    half: str
    question: EvalQuestion
    answer: Answer | None
    milliseconds: float
    probability: float | None = None
    error: str | None = None
    values: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class ItemJudged:
    """What the judge was shown, replied and found of one system's answer to one question."""

    system: str
    half: str
    judged: Judged


@dataclass(frozen=True)
class Run:
    """Everything there is to know about a run.

    missing: system that could not be opened to the reason
    notes:   what a reader of the figures must know, a sentence each
    hashes:  name of some data or code to its SHA-256, or to the name of an index generation
    judgements: of each answer given, when there was a judge; its model is among the settings
    """

    started: str
    seconds: float
    choice: Choice
    systems: tuple[str, ...]
    missing: Mapping[str, str]
    notes: tuple[str, ...]
    settings: Mapping[str, Any]
    changes: Mapping[str, Mapping[str, str]]
    versions: Mapping[str, str]
    hashes: Mapping[str, str]
    items: tuple[Item, ...]
    documents: tuple[TextDocument, ...]
    judgements: tuple[ItemJudged, ...] = ()

    @property
    def name(self) -> str:
        """UTC time and a short hash of settings, data and code: the same configuration, the same hash."""
        data = {key: value for key, value in self.hashes.items() if not key.endswith("index generation")}
        short = fingerprint([self.settings, self.changes, data, asdict(self.choice)])[:7]
        return f"{self.started.replace('-', '').replace(':', '')}-{short}"

    @property
    def errors(self) -> list[Item]:
        """The questions whose asking raised."""
        return [item for item in self.items if item.error is not None]

    @property
    def complete(self) -> bool:
        """Whether every system was there, every question got an answer, and a judge gave every verdict."""
        verdicts_missing = any(self.verdicts_missing(name) for name in self.systems)
        return bool(self.items) and not self.missing and not self.errors and not verdicts_missing

    def of(self, system: str) -> list[Item]:
        """The items of one system."""
        return [item for item in self.items if item.system == system]

    def verdicts_missing(self, system: str) -> list[Judgement]:
        """The judgements of one system's answers that came without a verdict."""
        return [gone for each in self.judgements if each.system == system for gone in each.judged.missing]

    @cached_property
    def figures(self) -> dict[str, SystemFigures]:
        """System to grouping to group to measure to Figure."""
        return figures(self)

    def save(self, folder: Path) -> None:
        """Write the run into ``folder``, which is made."""
        folder.mkdir(parents=True, exist_ok=True)
        about = {name: getattr(self, name) for name in _ABOUT} | {"choice": asdict(self.choice)}
        _write_json(folder / "run.json", {"format": FORMAT, **about})
        _write_json(folder / "documents.json", [asdict(document) for document in self.documents])
        _write_json(folder / "figures.json", figures_json(self))
        for half in dict.fromkeys(item.half for item in self.items):
            lines = (_ITEM.dump_json(i).decode() for i in self.items if i.half == half)
            (folder / f"answers-{half}.jsonl").write_text("\n".join(lines) + "\n", encoding="utf-8")
        for half in dict.fromkeys(each.half for each in self.judgements):
            _write_judgements(folder / f"judgements-{half}.jsonl", self.judgements, half)


_ABOUT = (
    *("started", "seconds", "systems", "missing", "notes"),
    *("settings", "changes", "versions", "hashes"),
)
_ITEM = TypeAdapter(Item)


def load_run(folder: Path) -> Run:
    """The run that ``Run.save`` wrote. Raises RunUnreadable."""
    try:
        about = json.loads((folder / "run.json").read_text(encoding="utf-8"))
        if about.pop("format") != FORMAT:
            raise ValueError("it was written by another version of this program")
        choice = about.pop("choice")
        choice["file"] = choice["file"] and Path(choice["file"])
        items = [
            _ITEM.validate_json(line)
            for half in HALVES
            if (file := folder / f"answers-{half}.jsonl").exists()
            for line in file.read_text(encoding="utf-8").split("\n")
            if line
        ]
        judgements = [
            each
            for half in HALVES
            if (file := folder / f"judgements-{half}.jsonl").exists()
            for each in _read_judgements(file)
        ]
        documents = json.loads((folder / "documents.json").read_text(encoding="utf-8"))
        return Run(
            **about | {"systems": tuple(about["systems"]), "notes": tuple(about["notes"])},
            choice=Choice(**choice),
            items=tuple(items),
            documents=tuple(TextDocument(**document) for document in documents),
            judgements=tuple(judgements),
        )
    except (OSError, ValueError, KeyError, TypeError, ValidationError) as error:
        raise RunUnreadable(f"{folder} holds no run that can be read: {error}") from error


def run_evaluation(
    settings: Settings,
    choice: Choice | None = None,
    systems: Sequence[Candidate] | None = None,
    progress: bool = True,
    judge: Judge | None = None,
) -> Run:
    """Ask every system every chosen question, one after the other, then ``judge`` of every answer given.

    ``systems`` is the assistant alone when left out. A system that cannot be opened is left out and
    named in ``missing``. Raises FileNotFoundError, QuestionFileError, SetError or BadChoice when the
    questions cannot be used: a gold quote that does not occur would make every figure wrong.
    """
    choice = choice or Choice()
    systems = candidates(settings) if systems is None else systems
    documents = read_documents(settings.corpus)
    notes = choice.gaps(documents)
    asked = choice.load(settings.corpus, notes.append)
    _check(asked, documents)
    start, started = time.perf_counter(), datetime.now(UTC)
    items: list[Item] = []
    missing: dict[str, str] = {}
    data = hashes(settings, documents, asked)
    for candidate in systems:
        with tempfile.TemporaryDirectory(prefix="eval-") as folder:
            try:
                opened: Opened = candidate.open(Path(folder))
            except Exception as error:  # whatever is wrong with it, the others are still measured
                missing[candidate.name] = _reason(error)
                continue
            notes += [f"{candidate.name}: {note}" for note in opened.notes]
            data |= {f"{candidate.name}: {key}": value for key, value in opened.fingerprints.items()}
            ranked = isinstance(opened.system, Traced) and _can_rank(notes)
            bar = tqdm(asked, desc=candidate.name, unit="question", disable=not progress)
            items += [
                _ask(candidate.name, opened.system, half, question, documents, ranked)
                for half, question in bar
            ]
    items.sort(key=lambda item: HALVES.index(item.half))
    shown = settings_shown(settings)
    judgements: list[ItemJudged] = []
    if judge is not None:
        model = str(getattr(judge, "model", type(judge).__name__))
        shown["judge"] = model
        data["judge's prompts"] = sha256(PROMPTS.read_bytes()).hexdigest()
        notes.append(f"faithfulness and answer relevance are the verdicts of the language model {model}")
        items, judgements = _judged(judge, items, progress)
    return Run(
        started=started.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=round(time.perf_counter() - start, 3),
        choice=choice,
        systems=tuple(candidate.name for candidate in systems if candidate.name not in missing),
        missing=missing,
        notes=tuple(notes),
        settings=shown,
        changes={candidate.name: dict(candidate.changes) for candidate in systems},
        versions=versions(),
        hashes=data,
        items=tuple(items),
        documents=tuple(documents),
        judgements=tuple(judgements),
    )


def _ask(
    name: str,
    system: System,
    half: str,
    question: EvalQuestion,
    documents: Sequence[Document],
    ranked: bool,
) -> Item:
    """Ask one question; an error becomes part of the item. ``ranked``: measure retrieval too."""
    start = time.perf_counter()
    try:
        outcome, trace = ask_traced(system, question)
    except Exception as error:  # counted and shown, never swallowed
        milliseconds = (time.perf_counter() - start) * 1000
        values = _values_of_error(question, ranked)
        return Item(name, half, question, None, milliseconds, None, _reason(error), values)
    found = {measure.name: measure.value(outcome, documents) for measure in MEASURES}
    values = {key: value for key, value in found.items() if value is not None}
    if ranked and trace is not None:
        values |= retrieval_values(question, trace)
    return Item(
        name, half, question, outcome.answer, outcome.milliseconds, outcome.probability, values=values
    )


def _values_of_error(question: EvalQuestion, ranked: bool) -> dict[str, float]:
    """0 in what an answer would have been credited for."""
    names = ["evidence recall", "answered"] if question.answerable else ["refused"]
    if ranked and question.answerable:
        names += [measure.name for measure in RETRIEVAL]
    return dict.fromkeys(names, 0.0)


def _can_rank(notes: list[str]) -> bool:
    """Whether retrieval can be measured; when not, a note says how to install what is missing."""
    try:
        check_installed()
    except RetrievalMissing as error:
        notes += [str(error)] if str(error) not in notes else []
        return False
    return True


def _judged(judge: Judge, items: Sequence[Item], progress: bool) -> tuple[list[Item], list[ItemJudged]]:
    """The items with the judge's scores among their values, and the judgements of those answered."""
    answered = {
        number: Outcome(item.question, item.answer, item.milliseconds, item.probability)
        for number, item in enumerate(items)
        if item.answer is not None and item.answer.status == "answered"
    }
    bar = tqdm(answered.values(), desc="judge", unit="answer", disable=not progress)
    scored, judgements = list(items), []
    for number, judged in zip(answered, judge_outcomes(judge, bar), strict=True):
        item = items[number]
        scored[number] = replace(item, values={**item.values, **judged.values})
        judgements.append(ItemJudged(item.system, item.half, judged))
    return scored, judgements


def _reason(error: Exception) -> str:
    """The error and where it was raised, in one line."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f" ({Path(frames[-1].filename).name}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {' '.join(str(error).split())[:400]}{where}"


def _check(asked: Sequence[tuple[str, EvalQuestion]], documents: Sequence[Document]) -> None:
    """Raise QuestionFileError with every fault; of the test half only the ids are named."""
    hidden = {question.id for half, question in asked if half == "test"}
    faults = []
    for fault in check_questions([question for _, question in asked], documents):
        key = fault.partition(":")[0]
        faults.append(f"{key}: gold does not fit the documents" if key in hidden else fault)
    if faults:
        listed = "\n".join(f"  {fault}" for fault in dict.fromkeys(faults))
        raise QuestionFileError(f"The questions do not fit the documents, so nothing was asked:\n{listed}")


def _write_judgements(path: Path, judgements: Sequence[ItemJudged], half: str) -> None:
    """A line a judged answer. A reply can hold half a surrogate pair, which is written as its escape."""
    lines = (json.dumps(asdict(each), ensure_ascii=False) + "\n" for each in judgements if each.half == half)
    path.write_text("".join(lines), encoding="utf-8", errors="backslashreplace")


def _read_judgements(path: Path) -> list[ItemJudged]:
    found = []
    for line in path.read_text(encoding="utf-8").split("\n"):
        if line:
            raw = json.loads(line)
            judged = raw.pop("judged")
            both = (Judgement(**judged.pop(name)) for name in ("faithfulness", "relevance"))
            found.append(ItemJudged(**raw, judged=Judged(judged["question"], *both)))
    return found


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=1, default=str) + "\n", encoding="utf-8")
