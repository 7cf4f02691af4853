"""What changed between two runs, or between two systems of one run: figures, questions, surroundings."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from eval.compare import Comparison, compare
from eval.figures import Figure, figure, measures_of, score
from eval.runs import Item, Run

MOVED = 0.01  # smallest change of a question's score that is called better or worse


@dataclass(frozen=True)
class Row:
    """A measure over the questions that both sides were asked; ``comparison`` where it is paired."""

    measure: str
    before: Figure
    after: Figure
    comparison: Comparison | None


@dataclass(frozen=True)
class Moved:
    """A question that both sides were asked."""

    before: Item
    after: Item

    @property
    def by(self) -> float:
        """By how much its score rose."""
        return score(self.after) - score(self.before)


@dataclass(frozen=True)
class Pair:
    """Two systems on the same questions. ``better`` and ``worse``: the ones that moved most first.

    ``unmatched`` counts the questions that only one side was asked, or in other words.
    """

    before: str
    after: str
    rows: tuple[Row, ...]
    better: tuple[Moved, ...]
    worse: tuple[Moved, ...]
    questions: int
    unmatched: int


@dataclass(frozen=True)
class Difference:
    """Two runs beside each other. ``changed``: what differs in settings, versions and hashes."""

    before: str
    pairs: tuple[Pair, ...]
    changed: tuple[tuple[str, str, str], ...]
    unpaired: tuple[str, ...]


def difference(before: Run, after: Run) -> Difference:
    """``after`` against ``before``: systems of the same name, or the only ones there are."""
    names = [(name, name) for name in after.systems if name in before.systems]
    if not names and len(before.systems) == len(after.systems) == 1:
        names = [(before.systems[0], after.systems[0])]
    paired = {name for pair in names for name in pair}
    unpaired = dict.fromkeys(name for name in (*before.systems, *after.systems) if name not in paired)
    return Difference(
        before=before.name,
        pairs=tuple(pair(before.of(old), after.of(new)) for old, new in names),
        changed=tuple(_changed(before, after)),
        unpaired=tuple(unpaired),
    )


def beside_first(run: Run) -> list[Pair]:
    """Every further system of a run against its first, on the same questions."""
    first, *others = run.systems or ("",)
    return [pair(run.of(first), run.of(other)) for other in others]


def pair(before: Sequence[Item], after: Sequence[Item]) -> Pair:
    """The two sides on the questions they share: same half, id and wording."""
    old = {(item.half, item.question.id): item for item in before}
    both = [
        Moved(old[key], item)
        for item in after
        if (key := (item.half, item.question.id)) in old and old[key].question == item.question
    ]
    ordered = sorted(both, key=lambda moved: -abs(moved.by))
    return Pair(
        before=before[0].system if before else "",
        after=after[0].system if after else "",
        rows=tuple(_rows(both)),
        better=tuple(moved for moved in ordered if moved.by >= MOVED),
        worse=tuple(moved for moved in ordered if moved.by <= -MOVED),
        questions=len(both),
        unmatched=len(before) + len(after) - 2 * len(both),
    )


def _rows(both: Sequence[Moved]) -> list[Row]:
    """Each measure over the shared questions.

    The test is over the questions the measure applies to on both sides. Percentiles have none.
    """
    rows = []
    for measure in measures_of(item for moved in both for item in (moved.before, moved.after)):
        name = measure.name
        old = [moved.before.values[name] for moved in both if name in moved.before.values]
        new = [moved.after.values[name] for moved in both if name in moved.after.values]
        shared = [m for m in both if name in m.before.values and name in m.after.values]
        comparison = None
        if shared and measure.unit != "ms":
            comparison = compare(
                [m.before.values[name] for m in shared], [m.after.values[name] for m in shared]
            )
        rows.append(Row(name, figure(measure, old), figure(measure, new), comparison))
    return rows


def _changed(before: Run, after: Run) -> list[tuple[str, str, str]]:
    """Name, value before and value after of all that differs; "–" where there was none."""
    changed = [("chosen", str(before.choice), str(after.choice))]
    for old, new in (
        (before.settings, after.settings),
        (before.versions, after.versions),
        (before.hashes, after.hashes),
    ):
        for name in dict.fromkeys([*old, *new]):
            changed.append((name, str(old.get(name, "–")), str(new.get(name, "–"))))
    return [row for row in changed if row[1] != row[2]]
