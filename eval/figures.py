"""The figures of a run: each measure over all questions, by half, by kind and by municipality."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from eval.measures import CALIBRATION, JUDGED, LATENCY, PROOF, QUALITY, RETRIEVAL, Measure
from eval.statistics import bootstrap_interval, mean

if TYPE_CHECKING:
    from eval.runs import Item, Run

MEASURES: tuple[Measure, ...] = (*QUALITY, *PROOF, *CALIBRATION, *RETRIEVAL, *JUDGED, *LATENCY)
WHERE_TAKEN = {measure.name for measure in (*RETRIEVAL, *JUDGED)}  # no figure in a run that took none

GROUPS: dict[str, Callable[[Item], str]] = {
    "all": lambda item: "all",
    "half": lambda item: item.half,
    "kind": lambda item: item.question.kind,
    "municipality": lambda item: item.question.municipality,
}


@dataclass(frozen=True)
class Figure:
    """A measure over ``n`` questions with its 95 % bootstrap interval; None where it applies to none."""

    value: float | None
    low: float | None
    high: float | None
    n: int


Row = dict[str, Figure]  # measure to figure
SystemFigures = dict[str, dict[str, Row]]  # grouping ("all", "half", "kind", …) to group to row


def figure(measure: Measure, values: Sequence[float]) -> Figure:
    """``measure`` over the values of some questions."""
    value = measure.aggregate(values)
    if value is None or not values:
        return Figure(None, None, None, 0)

    def aggregate(sample: Sequence[float]) -> float:
        return measure.aggregate(sample) or 0.0

    is_mean = type(measure).aggregate is Measure.aggregate  # much quicker
    low, high = bootstrap_interval(values, mean if is_mean else aggregate)
    return Figure(value, low, high, len(values))


def measures_of(items: Iterable[Item]) -> list[Measure]:
    """``MEASURES`` without those of retrieval and judge that no item has a value of."""
    taken = {name for item in items for name in item.values}
    return [measure for measure in MEASURES if measure.name in taken or measure.name not in WHERE_TAKEN]


def figure_rows(run: Run) -> Iterator[tuple[Measure, list[Figure]]]:
    """Each measure that applies to some system, with its figure over all questions for every system."""
    for measure in measures_of(run.items):
        found = [run.figures[name]["all"]["all"][measure.name] for name in run.systems]
        if any(each.n for each in found):
            yield measure, found


def system_figures(items: Iterable[Item], measures: Sequence[Measure]) -> SystemFigures:
    """The figures of one system's items."""
    items = list(items)
    return {
        grouping: {
            group: {
                measure.name: figure(
                    measure,
                    [i.values[measure.name] for i in items if key(i) == group and measure.name in i.values],
                )
                for measure in measures
            }
            for group in dict.fromkeys(key(item) for item in items)
        }
        for grouping, key in GROUPS.items()
    }


def figures(run: Run) -> dict[str, SystemFigures]:
    """The figures of every system that was asked, in order."""
    measures = measures_of(run.items)
    return {name: system_figures(run.of(name), measures) for name in run.systems}


def figures_json(run: Run) -> dict[str, Any]:
    """What ``figures.json`` holds."""
    return {
        name: {
            grouping: {group: {m: asdict(f) for m, f in row.items()} for group, row in groups.items()}
            for grouping, groups in of_system.items()
        }
        for name, of_system in run.figures.items()
    }


def score(item: Item) -> float:
    """How good one answer is, between -1 and 1, to put the worst questions first.

    Answerable: the mean of evidence recall and citation precision, 0 when it was not answered.
    Unanswerable: 1 when it was refused. A citation from another municipality, a quote that is not
    verbatim or an error takes 1 off.
    """
    values = item.values
    if item.question.answerable:
        good = (values.get("evidence recall", 0.0) + values.get("citation precision", 0.0)) / 2
    else:
        good = values.get("refused", 0.0)
    broken = item.error is not None or values.get("leaks", 0.0) > 0 or values.get("unverbatim", 0.0) > 0
    return good - broken
