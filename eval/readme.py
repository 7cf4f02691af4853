"""The figures in the README, made by one command: ``make figures`` (``python -m eval.readme``).

Runs the evaluation of all systems over both halves, and the benchmark, and writes what came out between
the two marks in README.md.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from pathlib import Path

from assistant.settings import PROJECT, load_settings
from eval import benchmark
from eval.candidates import candidates
from eval.figures import Figure
from eval.measures import QUALITY
from eval.runs import Run, run_evaluation

BEGIN, END = "<!-- figures: written by `make figures` -->", "<!-- end of figures -->"
COLUMNS = (("assistant", "development"), ("assistant", "test"), ("tutorial", "test"), ("bm25", "test"))


def quality_table(run: Run) -> str:
    """A row a measure; the assistant on both halves, the reference systems on the test half."""
    head = [f"{system}, {half}" for system, half in COLUMNS]
    rows = [["measure", *head], ["---", *["---:"] * len(head)]]
    for measure in QUALITY:
        figures = [run.figures[system]["half"][half][measure.name] for system, half in COLUMNS]
        rows.append([measure.name, *(_shown(figure, measure.unit) for figure in figures)])
    return _markdown(rows)


def kinds_table(run: Run) -> str:
    """Evidence recall of the assistant by kind of question, over both halves."""
    rows = [
        ["kind of question", "questions", "evidence recall", "citation precision"],
        ["---", *["---:"] * 3],
    ]
    for kind, row in sorted(run.figures["assistant"]["kind"].items()):
        recall, precision = row["evidence recall"], row["citation precision"]
        if recall.n:
            rows.append([kind, str(recall.n), _shown(recall, "share"), _shown(precision, "share")])
    return _markdown(rows)


def speed_table(report: benchmark.BenchmarkReport) -> str:
    """Time and memory of each system, on the machine that this runs on."""
    rows = [["", *(each.system for each in report.systems)], ["---", *["---:"] * len(report.systems)]]
    shown: dict[str, list[float | None]] = {
        "index of the five policies, s": [each.build_seconds for each in report.systems],
        "the same again, unchanged, s": [each.rebuild_seconds for each in report.systems],
        "question p50, ms": [each.latency.get("latency p50") for each in report.systems],
        "question p95, ms": [each.latency.get("latency p95") for each in report.systems],
        "`assistant ask` from nothing, s": [each.cold_seconds for each in report.systems],
        "peak memory, MiB": [each.peak_mib for each in report.systems],
    }
    for name, found in shown.items():
        rows.append([name, *("–" if v is None else f"{v:.0f}" if v >= 100 else f"{v:.1f}" for v in found)])
    return _markdown(rows)


def section(run: Run, report: benchmark.BenchmarkReport) -> str:
    """The README's section on figures."""
    asked = Counter(item.half for item in run.of("assistant"))
    return "\n\n".join(
        [
            f"Measured by `make figures` on {asked['test']} questions of the test half and "
            f"{asked['development']} of the development half,\nin brackets 95 % intervals. "
            "The assistant was made with an eye on the development half alone.\n"
            "*tutorial* is the plain LangChain chain (1000-character chunks, MiniLM, Chroma, top 4), *bm25* "
            "plain BM25.",
            quality_table(run),
            "By kind of question, the assistant, both halves:",
            kinds_table(run),
            f"Time and memory ({report.machine}, {report.cores} cores, Python {report.python}):",
            speed_table(report),
        ]
    )


def write_section(readme: Path, text: str) -> None:
    """Replace what stands between the marks; ValueError when they are not there."""
    pattern = re.compile(f"{re.escape(BEGIN)}.*?{re.escape(END)}", re.DOTALL)
    before = readme.read_text(encoding="utf-8")
    if not pattern.search(before):
        raise ValueError(f"{readme} lacks the marks {BEGIN} and {END}.")
    readme.write_text(pattern.sub(lambda _: f"{BEGIN}\n{text}\n{END}", before), encoding="utf-8")


def main() -> int:
    """Measure and write; 1 when something was missing, and then nothing is written."""
    settings = load_settings()
    run = run_evaluation(settings, systems=candidates(settings, benchmark.SYSTEMS, ()))
    report = benchmark.run(settings)
    missing = [*run.missing.values(), *(each.missing for each in report.systems if each.missing)]
    if missing or not run.complete:
        print("Not written, something was missing:", *missing, *run.errors, sep="\n", file=sys.stderr)
        return 1
    write_section(PROJECT / "README.md", section(run, report))
    return 0


def _shown(figure: Figure, unit: str) -> str:
    if figure.value is None:
        return "–"
    if unit == "count":
        return f"{figure.value:.0f}"
    return f"{figure.value:.2f} ({figure.low:.2f}–{figure.high:.2f})"


def _markdown(rows: list[list[str]]) -> str:
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


if __name__ == "__main__":
    sys.exit(main())
