"""How fast, how large and how good: the assistant beside the plain tutorial chain and plain BM25.

Each system runs in a process of its own, so that one's memory does not count for the other, on the
same questions: ``python -m eval.benchmark``. One system alone, in this process, its figures as JSON:
``python -m eval.benchmark --system tutorial --json``.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from assistant.errors import BadSettings
from assistant.settings import PROJECT, Settings, load_settings
from eval.baseline import BaselineMissing
from eval.documents import read_documents
from eval.measures import LATENCY, QUALITY, aggregate, aggregate_by_kind, iter_values
from eval.outcomes import System, ask_all
from eval.questions import EvalQuestion, QuestionFileError, load_questions

SYSTEMS = ("assistant", "tutorial", "bm25")
COLD_STARTS = 3

Figures = dict[str, float | None]
T = TypeVar("T")


class BenchmarkError(RuntimeError):
    """A system broke while it was measured; the message holds the end of what it printed."""


@dataclass(frozen=True)
class SystemFigures:
    """The figures of one system; None where one does not apply.

    build_seconds:   from documents to an index, in a fresh process: imports and the model's loading
                     are part of it
    rebuild_seconds: the same again in the same process, nothing changed
    cold_seconds:    ``assistant ask`` as a command, from nothing to the printed answer, the median
    peak_mib:        the most memory the process held, index build included, in MiB
    latency:         name of the latency measure to milliseconds
    quality:         name of the quality measure to its aggregate
    by_kind:         kind of question to the same
    missing:         why the system could not be measured, and then nothing else is set
    """

    system: str
    build_seconds: float | None = None
    rebuild_seconds: float | None = None
    cold_seconds: float | None = None
    peak_mib: float | None = None
    latency: Figures = field(default_factory=dict)
    quality: Figures = field(default_factory=dict)
    by_kind: dict[str, Figures] = field(default_factory=dict)
    missing: str | None = None


@dataclass(frozen=True)
class BenchmarkReport:
    """The figures of all systems, and on what machine and questions they were taken.

    ``kinds`` is the number of questions of each kind; ``repeat`` how often each was asked for the
    latency.
    """

    machine: str
    python: str
    cores: int
    half: str
    kinds: dict[str, int]
    repeat: int
    systems: list[SystemFigures]


def run(
    settings: Settings, half: str = "development", repeat: int = 1, systems: Sequence[str] = SYSTEMS
) -> BenchmarkReport:
    """Measure the systems, one after the other, each in its own process.

    The questions are those of ``half``, each asked ``repeat`` times. A system whose packages are not
    installed is reported as missing. Raises BenchmarkError when one breaks.
    """
    questions = load_questions(half)
    return BenchmarkReport(
        machine=f"{platform.system()} {platform.machine()}",
        python=platform.python_version(),
        cores=len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1,
        half=half,
        kinds=dict(sorted(Counter(question.kind for question in questions).items())),
        repeat=repeat,
        systems=[_measure_apart(system, settings, half, repeat) for system in systems],
    )


def measure(system: str, settings: Settings, half: str = "development", repeat: int = 1) -> SystemFigures:
    """Measure one system in this process, its index in a temporary folder.

    Raises BaselineMissing when a baseline's packages are not installed.
    """
    questions = load_questions(half)
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:
        fresh = settings.model_copy(update={"index": Path(folder) / "index"})
        build_seconds, open_system = _seconds(lambda: _build(system, fresh))
        rebuild_seconds = _seconds(lambda: _build(system, fresh))[0] if system == "assistant" else None
        asked = open_system()
        for question in {question.municipality: question for question in questions}.values():
            asked.ask(question.as_asked())  # warm-up
        passes = [list(ask_all(asked, questions)) for _ in range(repeat)]
        peak = peak_memory()
        cold = _cold_start(fresh, questions[0]) if system == "assistant" else None
        documents = read_documents(settings.corpus)
        values = list(iter_values(QUALITY, passes[0], documents))
        every = [outcome for outcomes in passes for outcome in outcomes]
        return SystemFigures(
            system=system,
            build_seconds=build_seconds,
            rebuild_seconds=rebuild_seconds,
            cold_seconds=cold,
            peak_mib=peak / 2**20,
            latency=aggregate(LATENCY, iter_values(LATENCY, every, documents)),
            quality=aggregate(QUALITY, values),
            by_kind=aggregate_by_kind(QUALITY, values),
        )


def peak_memory() -> int:
    """The most memory this process has held since its program started, in bytes.

    Linux keeps ``ru_maxrss`` across ``exec``, so that a child begins with its parent's peak; ``VmHWM``
    begins anew and is read where there is one.
    """
    with contextlib.suppress(OSError):
        for line in Path("/proc/self/status").read_text(encoding="ascii", errors="replace").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def tables(report: BenchmarkReport) -> list[Table]:
    """Speed and size, quality, evidence recall by kind, refusals by kind; a column a system."""
    measured = [figures for figures in report.systems if figures.missing is None]
    count = sum(report.kinds.values())
    where = f"{report.machine}, Python {report.python}, {report.cores} cores"

    speed = _table(f"Speed and size: {count} questions, asked {report.repeat} ×", measured)
    speed.caption = where
    speed.add_row("index build, from nothing", *(_shown(each.build_seconds, "{:.2f} s") for each in measured))
    speed.add_row("index build, unchanged", *(_shown(each.rebuild_seconds, "{:.2f} s") for each in measured))
    for name in (measure.name for measure in LATENCY):
        speed.add_row(f"question, {name}", *(_shown(each.latency[name], "{:.1f} ms") for each in measured))
    speed.add_row("assistant ask, cold start", *(_shown(each.cold_seconds, "{:.2f} s") for each in measured))
    speed.add_row("peak memory", *(_shown(each.peak_mib, "{:.0f} MiB") for each in measured))

    quality = _table(f"Quality: {count} questions ({report.half})", measured)
    for measure in QUALITY:
        form = "{:.3f}" if measure.unit == "share" else "{:.0f}"
        quality.add_row(measure.name, *(_shown(each.quality[measure.name], form) for each in measured))

    return [speed, quality, *(_by_kind(report, measured, name) for name in ("evidence recall", "refused"))]


def show(report: BenchmarkReport, console: Console) -> None:
    """Print the tables, and why a system is missing from them."""
    for table in tables(report):
        console.print(table)
    for figures in report.systems:
        if figures.missing is not None:
            console.print(f"{figures.system} was not measured: {figures.missing}", markup=False)


def benchmark(
    settings: Settings,
    half: str = "development",
    out: Path | None = None,
    repeat: int = 1,
    systems: Sequence[str] = SYSTEMS,
) -> BenchmarkReport:
    """``run``, print the tables, and write the figures to ``out`` as JSON when it is given."""
    report = run(settings, half, repeat, systems)
    show(report, Console())
    if out is not None:
        out.parent.mkdir(parents=True, exist_ok=True)
        out.write_text(json.dumps(asdict(report), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    return report


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status."""
    parser = argparse.ArgumentParser(
        prog="python -m eval.benchmark", description=f"{__doc__}".split("\n\n")[0]
    )
    parser.add_argument("--half", default="development", help="half, folder or file of questions")
    parser.add_argument("--repeat", type=int, default=1, help="times each question is asked, for the latency")
    parser.add_argument("--system", choices=SYSTEMS, action="append", help="only this one; can be repeated")
    parser.add_argument("--json", action="store_true", help="measure in this process, print figures as JSON")
    parser.add_argument("--out", type=Path, help="file for the figures, as JSON")
    options = parser.parse_args(argv)
    if options.repeat < 1:
        parser.error("--repeat must be at least 1")
    if options.json and len(options.system or ()) != 1:
        parser.error("--json measures one system: name it with --system")
    try:
        if options.json:
            print(json.dumps(asdict(_measure_here(options.system[0], options.half, options.repeat))))
        else:
            benchmark(load_settings(), options.half, options.out, options.repeat, options.system or SYSTEMS)
    except (BenchmarkError, BadSettings, QuestionFileError, FileNotFoundError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _measure_here(system: str, half: str, repeat: int) -> SystemFigures:
    """``measure`` in this process; what libraries print goes to stderr, and a missing package is told."""
    with contextlib.redirect_stdout(sys.stderr):
        try:
            return measure(system, load_settings(), half, repeat)
        except BaselineMissing as error:
            return SystemFigures(system, missing=str(error))


def _build(system: str, settings: Settings) -> Callable[[], System]:
    """Build the system's index; what comes back opens the system on it."""
    if system == "assistant":
        from assistant.chain import PolicyAssistant
        from ingest.pipeline import ingest

        ingest([settings.corpus], settings.index, settings.embedding)
        return lambda: PolicyAssistant.open(settings)
    documents = read_documents(settings.corpus)
    if system == "tutorial":
        from eval.tutorial import TutorialChain

        chain = TutorialChain.from_documents(documents)
        return lambda: chain
    from eval.bm25_baseline import Bm25Baseline

    baseline = Bm25Baseline(documents)
    return lambda: baseline


def _measure_apart(system: str, settings: Settings, half: str, repeat: int) -> SystemFigures:
    """``measure`` in a process of its own."""
    command = [sys.executable, "-m", "eval.benchmark", "--json"]
    command += ["--system", system, "--half", half, "--repeat", str(repeat)]
    done = _command(command, settings)
    return SystemFigures(**json.loads(done.splitlines()[-1]))


def _cold_start(settings: Settings, question: EvalQuestion) -> float:
    """Median seconds of ``assistant ask`` as a command, process start and imports included."""
    command = [sys.executable, "-m", "assistant.cli", "ask", "-m", question.municipality, question.question]
    return statistics.median(_seconds(lambda: _command(command, settings))[0] for _ in range(COLD_STARTS))


def _command(command: Sequence[str], settings: Settings) -> str:
    """What the command prints, run under ``settings``; BenchmarkError when it fails."""
    environment = dict(os.environ)
    for name, value in settings.model_dump(mode="json").items():
        environment.pop(f"ASSISTANT_{name.upper()}", None)
        if value is not None:
            environment[f"ASSISTANT_{name.upper()}"] = value if isinstance(value, str) else json.dumps(value)
    environment["PYTHONPATH"] = os.pathsep.join(filter(None, [str(PROJECT), environment.get("PYTHONPATH")]))
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise BenchmarkError(f"{' '.join(command)} failed:\n{done.stderr[-2000:]}")
    return done.stdout


def _seconds(work: Callable[[], T]) -> tuple[float, T]:
    """How long ``work`` took, and what it gave."""
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _table(title: str, measured: Sequence[SystemFigures]) -> Table:
    """An empty table with a column a system."""
    table = Table(title=title, title_justify="left")
    table.add_column()
    for figures in measured:
        table.add_column(figures.system, justify="right")
    return table


def _by_kind(report: BenchmarkReport, measured: Sequence[SystemFigures], name: str) -> Table:
    """One measure, a row a kind of question that it applies to."""
    table = _table(f"{name.capitalize()} by kind (number of questions)", measured)
    for kind, count in report.kinds.items():
        cells = [figures.by_kind[kind][name] for figures in measured]
        if any(cell is not None for cell in cells):
            table.add_row(f"{kind} ({count})", *(_shown(cell, "{:.3f}") for cell in cells))
    return table


def _shown(figure: float | None, form: str) -> str:
    return "–" if figure is None else form.format(figure)


if __name__ == "__main__":
    sys.exit(main())
