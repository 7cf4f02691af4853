"""The report of a run: one HTML file that opens without a server or network.

It holds its own style, plots and the few lines of script that filter the questions, and its content
policy forbids loading anything. Of the test half it shows figures only: who has seen a question can no
longer be surprised by it.
"""

from __future__ import annotations

import base64
from hashlib import sha256
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from eval.difference import Moved, beside_first, difference
from eval.figures import MEASURES, figure, score
from eval.measures import JUDGED, LATENCY, QUALITY
from eval.measures.calibration import expected_calibration_error, reliability_bins
from eval.outcomes import Outcome
from eval.report import plots, text
from eval.report.questions import worst
from eval.runs import Item, Run

HERE = Path(__file__).parent
MOST_MOVED = 25  # questions listed as better, and as worse


def write_report(run: Run, file: Path, against: Run | None = None) -> None:
    """Write the report of ``run``, with what changed since ``against``, to ``file``."""
    file.write_text(render(run, against), encoding="utf-8")


def render(run: Run, against: Run | None = None) -> str:
    """The report as HTML."""
    style, script = (
        Markup((HERE / name).read_text(encoding="utf-8")) for name in ("report.css", "report.js")
    )
    compared = difference(against, run) if against else None
    return (
        _environment()
        .get_template("report.html")
        .render(
            run=run,
            figures=run.figures,
            measures=[m for m in MEASURES if _applies(run, m.name)],
            shares=[m for m in (*QUALITY, *JUDGED) if m.unit == "share" and _applies(run, m.name)],
            halves=list(dict.fromkeys(item.half for item in run.items)),
            kinds=sorted({item.question.kind for item in run.items}),
            municipalities=sorted({item.question.municipality for item in run.items}),
            wrong=text.wrong(run),
            latency=plots.histogram({name: _milliseconds(run.of(name)) for name in run.systems}),
            cost=_cost(run),
            reliability=_reliability(run),
            worst={name: worst(run, name) for name in run.systems},
            beside=beside_first(run),
            difference=compared,
            against=against,
            style=style,
            script=script,
            script_hash=base64.b64encode(sha256(script.encode()).digest()).decode(),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("eval", "report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals |= {"interval": plots.interval, "key": plots.key, "shown_moved": shown_moved}
    environment.filters |= text.FILTERS | {"score": score}
    return environment


def shown_moved(moved: tuple[Moved, ...]) -> tuple[list[Moved], int, int]:
    """The questions to list, how many more could be, and how many belong to the test half."""
    open_ = [each for each in moved if each.after.half != "test"]
    return open_[:MOST_MOVED], max(0, len(open_) - MOST_MOVED), len(moved) - len(open_)


def _applies(run: Run, measure: str) -> bool:
    return any(measure in item.values for item in run.items)


def _milliseconds(items: list[Item]) -> list[float]:
    return [item.milliseconds for item in items if item.error is None]


def _cost(run: Run) -> Markup:
    """Time against evidence recall, when there are several systems to compare."""
    points = {}
    for name in run.systems:
        times = [i.values[LATENCY[0].name] for i in run.of(name) if LATENCY[0].name in i.values]
        if times:
            points[name] = (
                figure(LATENCY[0], times).value or 0.0,
                run.figures[name]["all"]["all"]["evidence recall"],
            )
    return plots.cost_quality(points, "evidence recall") if len(points) > 1 else Markup("")


def _reliability(run: Run) -> dict[str, tuple[Markup, float]]:
    """System to its diagram, for those whose answers carry a probability."""
    diagrams = {}
    for name in run.systems:
        outcomes = [
            Outcome(item.question, item.answer, item.milliseconds, item.probability)
            for item in run.of(name)
            if item.answer is not None and item.probability is not None
        ]
        if outcomes:
            bins = reliability_bins(outcomes)
            diagrams[name] = plots.reliability(bins), expected_calibration_error(bins) or 0.0
    return diagrams
