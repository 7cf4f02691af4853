"""The summary of a run as Markdown, for the page of a CI job."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from eval.difference import Difference, difference
from eval.figures import figure_rows, measures_of
from eval.measures import JUDGED, QUALITY
from eval.report import text
from eval.runs import Run

BY_KIND = tuple(measure.name for measure in (*QUALITY, *JUDGED) if measure.unit == "share")


def summary(run: Run, against: Run | None = None) -> str:
    """Figures with their intervals, by kind, what was missing first; with ``against`` what changed."""
    questions = text.plural(len(run.items) // (len(run.systems) or 1), "question")
    parts = [f"# Evaluation: {questions} of {run.choice}", *_missing(run)]
    if run.systems:
        parts += ["## Figures", _figures(run)]
    if against is not None:
        parts += _difference(difference(against, run))
    if run.systems:
        parts += [f"## By kind: {run.systems[0]}", _by_kind(run)]
    parts += [
        f"Run `{run.name}`, {text.when(run.started)}, {run.seconds:.0f} s. Intervals: 95 %, bootstrap over "
        "the questions. The report in the run's folder shows the worst questions of the development half."
    ]
    return "\n\n".join(parts) + "\n"


def _missing(run: Run) -> list[str]:
    wrong = text.wrong(run)
    parts = []
    if wrong:
        parts += [
            "> [!CAUTION]\n> **Something was missing.** What has no answer counts as wrong.",
            _bullets(wrong),
        ]
    if run.notes:
        parts += ["Worth knowing:", _bullets(run.notes)]
    return parts


def _figures(run: Run) -> str:
    lines = []
    for measure, figures in figure_rows(run):
        cells = []
        for figure in figures:
            span = text.span(figure, measure.name)
            cells.append(text.value(figure, measure.name) + (f" ({span})" if span else ""))
        lines.append([measure.name, *cells])
    return _table(["measure", *run.systems], lines)


def _by_kind(run: Run) -> str:
    groups = run.figures[run.systems[0]]["kind"]
    taken = {measure.name for measure in measures_of(run.items)}
    columns = [name for name in BY_KIND if name in taken]
    lines = []
    for kind in sorted(groups):
        count = sum(item.question.kind == kind for item in run.of(run.systems[0]))
        cells = (text.value(groups[kind][name], name) for name in columns)
        lines.append([kind.replace("_", " "), str(count), *cells])
    return _table(["kind", "questions", *columns], lines)


def _difference(found: Difference) -> list[str]:
    parts = [f"## Against `{found.before}`"]
    for pair in found.pairs:
        rows = [
            [
                row.measure,
                text.value(row.before, row.measure),
                text.value(row.after, row.measure),
                f"{text.signed(row.comparison.difference)} ({text.p_value(row.comparison)})"
                if row.comparison
                else "",
            ]
            for row in pair.rows
            if row.before.n or row.after.n
        ]
        counts = (
            f"{len(pair.better)} better, {len(pair.worse)} worse of {text.plural(pair.questions, 'question')}"
        )
        parts += [f"{pair.after}: {counts}.", _table(["measure", "before", "now", "difference"], rows)]
    if found.unpaired:
        parts.append(f"In one of the runs only: {', '.join(found.unpaired)}.")
    changed = [name for name, *_ in found.changed]
    parts.append(f"Differs: {', '.join(changed) or 'nothing'}.")
    return parts


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    ruler = ["---", *["---:"] * (len(head) - 1)]
    return "\n".join(f"| {' | '.join(_cell(c) for c in row)} |" for row in (head, ruler, *rows))


def _cell(content: str) -> str:
    return content.replace("|", "\\|").replace("\n", " ")


def _bullets(sentences: Iterable[str]) -> str:
    return "\n".join(f"- {_cell(sentence)}" for sentence in sentences)
