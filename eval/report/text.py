"""Figures, dates and troubles as words, for the report, the summary and the console alike."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from eval.compare import Comparison
from eval.figures import MEASURES, Figure
from eval.runs import Item, Run

UNITS = {measure.name: measure.unit for measure in MEASURES}
BETTER = {measure.name: measure.better for measure in MEASURES}
DESCRIPTIONS = {measure.name: measure.description for measure in MEASURES}
NONE = "–"


def value(figure: Figure, measure: str) -> str:
    """``0.873``, ``3`` or ``12.4 ms``."""
    return NONE if figure.value is None else number(figure.value, measure)


def number(amount: float, measure: str) -> str:
    """An amount in the measure's unit."""
    unit = UNITS.get(measure, "share")
    if unit == "ms":
        return f"{amount:.1f} ms"
    return f"{amount:.0f}" if unit == "count" else f"{amount:.3f}"


def span(figure: Figure, measure: str) -> str:
    """The interval, ``0.820–0.914``; nothing for a count, or a slowest time: chance says little of those."""
    if figure.low is None or figure.high is None or UNITS.get(measure) == "count" or "max" in measure:
        return ""
    digits = 1 if UNITS.get(measure) == "ms" else 3
    return f"{figure.low:.{digits}f}–{figure.high:.{digits}f}"


def signed(amount: float) -> str:
    """``+0.031`` or ``−0.002``."""
    rounded = round(amount, 3)
    return f"{'−' if rounded < 0 else '+' if rounded > 0 else '±'}{abs(rounded):.3f}"


def verdict(comparison: Comparison, measure: str) -> str:
    """Whether a difference is one, and of which kind: by the paired test at 0.05."""
    if comparison.difference == comparison.low == comparison.high == 0:
        return "the same"
    if comparison.p_value >= 0.05:
        return "no clear difference"
    return "better" if (comparison.difference > 0) == (BETTER[measure] == "higher") else "worse"


def p_value(comparison: Comparison) -> str:
    """``p = 0.03`` or ``p < 0.001``."""
    p = comparison.p_value
    return "p < 0.001" if p < 0.001 else f"p = {p:.3f}" if p < 0.1 else f"p = {p:.2f}"


def when(started: str) -> str:
    """``2 March 2026, 14:05 UTC``."""
    moment = datetime.strptime(started, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    return f"{moment.day} {moment:%B %Y, %H:%M} UTC"


def wrong(run: Run) -> list[str]:
    """What went wrong, a sentence each, worst first; an empty list when nothing did.

    The test half's questions are counted by error, not named: a message may quote the question.
    """
    found = [f"{name} was not measured: {why}" for name, why in run.missing.items()]
    if not run.items:
        found.append("No question was asked.")
    alike: dict[tuple[str, bool, str], list[Item]] = {}
    for item in run.errors:
        key = item.system, item.half == "test", (item.error or "").partition(":")[0]
        alike.setdefault(key, []).append(item)
    for (system, hidden, error), items in alike.items():
        count = plural(len(items), "question")
        if hidden:
            found.append(f"{system}, test half: {count} without an answer, {error}")
        else:
            ids = ", ".join(item.question.id for item in items)
            found.append(f"{system}: {count} without an answer ({ids}), {items[0].error}")
    for system in run.systems:
        asked = 2 * sum(each.system == system for each in run.judgements)
        missing = [each.problem for each in run.verdicts_missing(system)]
        if missing:
            ((problem, _),) = Counter(missing).most_common(1)
            found.append(
                f"{system}: {len(missing)} of {plural(asked, 'verdict')} of the judge are missing, "
                f"most often since {problem}"
            )
    return found


def plural(count: int, noun: str) -> str:
    """``1 question``, ``2 questions``."""
    return f"{count} {noun}{'' if count == 1 else 's'}"


FILTERS: dict[str, Callable[..., Any]] = {
    "figure": value,
    "span": span,
    "signed": signed,
    "number": number,
    "verdict": verdict,
    "p_value": p_value,
    "when": when,
    "plural": plural,
    "close_lines": lambda text: re.sub(r"\s*\n\s*", "\n", text),
    "about": lambda name: DESCRIPTIONS.get(name, ""),
    "unit": lambda name: UNITS.get(name, "share"),
    "kind": lambda kind: kind.replace("_", " "),
    "grouped": lambda count: f"{count:,}".replace(",", " "),
}
