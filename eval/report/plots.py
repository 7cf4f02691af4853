"""Small plots as inline SVG: no library, no script. Colours and shapes are classes ``s0``, ``s1``, …

Every plot has a text for those who do not see it, and uses a shape as well as a colour for each system.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from markupsafe import Markup, escape

from eval.figures import Figure
from eval.measures.calibration import Bin

WIDTH = 640
LEFT, RIGHT = 56, 16
BINS = 36


def interval(figures: Sequence[Figure]) -> Markup:
    """Shares on a line from 0 to 1, one below the other, each with its interval."""
    width, step = 150, 13
    height = step * len(figures) + 3
    parts = [f'<path class="grid" d="M5 0V{height}M75 0V{height}M145 0V{height}"/>']
    for row, figure in enumerate(figures):
        if figure.value is None or figure.low is None or figure.high is None:
            continue
        x, low, high = (5 + 140 * min(1, max(0, v)) for v in (figure.value, figure.low, figure.high))
        y = 8 + step * row
        parts.append(f'<path class="whisker s{row}" d="M{low:.1f} {y}H{high:.1f}"/>')
        parts.append(shape(row, x, y))
    return _svg(width, height, parts, "", "interval")


def histogram(series: Mapping[str, Sequence[float]]) -> Markup:
    """Milliseconds a question on a logarithmic axis, a band a system, with median and 95th percentile."""
    series = {name: values for name, values in series.items() if values}
    if not series:
        return Markup("")
    every = [max(value, 0.01) for values in series.values() for value in values]
    low, high = math.floor(math.log10(min(every))), math.ceil(math.log10(max(every)))
    high = max(high, low + 1)
    band, top = 84, 8
    height = top + band * len(series) + 30
    parts = _log_axis(low, high, top - 6, height - 30, "milliseconds")
    for row, (name, values) in enumerate(series.items()):
        base = top + band * (row + 1) - 10
        counts = [0] * BINS
        for value in values:
            place = (math.log10(max(value, 0.01)) - low) / (high - low)
            counts[min(BINS - 1, int(place * BINS))] += 1
        bar = (WIDTH - LEFT - RIGHT) / BINS
        for number, count in enumerate(counts):
            if count:
                size = 44 * count / max(counts)
                x = LEFT + number * bar
                parts.append(
                    f'<rect class="fill s{row}" x="{x:.1f}" y="{base - size:.1f}" '
                    f'width="{bar - 1:.1f}" height="{size:.1f}"><title>{count}</title></rect>'
                )
        ordered = sorted(values)
        for label, percentile, side in (("p50", 50, "end"), ("p95", 95, "start")):
            value = ordered[math.ceil(percentile * len(ordered) / 100) - 1]
            x = _log_x(value, low, high)
            parts.append(f'<path class="mark" d="M{x:.1f} {base}V{base - 52}"/>')
            x += 4 if side == "start" else -4
            parts.append(
                f'<text class="small" x="{x:.1f}" y="{base - 46}" text-anchor="{side}">'
                f"{label} {value:.3g} ms</text>"
            )
        parts.append(f'<path class="axis" d="M{LEFT} {base}H{WIDTH - RIGHT}"/>')
        if len(series) > 1:
            parts.append(f'<text class="name" x="{LEFT}" y="{base - 58}">{escape(name)}</text>')
    return _svg(WIDTH, height, parts, "Histogram of milliseconds a question")


def cost_quality(points: Mapping[str, tuple[float, Figure]], quality: str) -> Markup:
    """Median milliseconds (logarithmic) against a share with its interval, a point a system."""
    times = [time for time, _ in points.values()]
    low, high = math.floor(math.log10(min(times))), math.ceil(math.log10(max(times)))
    high = max(high, low + 1)
    height, top, bottom = 304, 20, 268
    parts = _log_axis(low, high, top, bottom, "median milliseconds a question")
    parts += _share_axis(top, bottom, quality)
    for row, (name, (time, figure)) in enumerate(points.items()):
        if figure.value is None or figure.low is None or figure.high is None:
            continue
        x = _log_x(time, low, high)
        y, y_low, y_high = (bottom - (bottom - top) * v for v in (figure.value, figure.low, figure.high))
        parts.append(f'<path class="whisker s{row}" d="M{x:.1f} {y_low:.1f}V{y_high:.1f}"/>')
        parts.append(shape(row, x, y, 6))
        end = x > WIDTH * 0.6
        parts.append(
            f'<text class="name" x="{x - 10 if end else x + 10:.1f}" y="{y + 4:.1f}" '
            f'text-anchor="{"end" if end else "start"}">{escape(name)}</text>'
        )
    return _svg(WIDTH, height, parts, f"{quality} against time")


def reliability(diagram: Sequence[Bin]) -> Markup:
    """Mean probability that a question is answerable against the share that was.

    On the diagonal a probability means what it says; a larger dot stands for more questions.
    """
    size, left, top = 300, 46, 12
    side = size - left - top
    bottom = top + side
    parts = [f'<path class="diagonal" d="M{left} {bottom}L{left + side} {top}"/>']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        x, y = left + side * tick, bottom - side * tick
        parts.append(f'<path class="grid" d="M{x:.1f} {top}V{bottom}M{left} {y:.1f}H{left + side}"/>')
        parts.append(
            f'<text class="small" text-anchor="middle" x="{x:.1f}" y="{bottom + 14}">{tick:g}</text>'
        )
        parts.append(f'<text class="small" text-anchor="end" x="{left - 6}" y="{y + 4:.1f}">{tick:g}</text>')
    bins = [
        (b.probability, b.answerable, b.count)
        for b in diagram
        if b.probability is not None and b.answerable is not None
    ]
    most = max((n for _, _, n in bins), default=1)
    places = [(left + side * p, bottom - side * s, n) for p, s, n in bins]
    parts.append(f'<polyline class="line s0" points="{" ".join(f"{x:.1f},{y:.1f}" for x, y, _ in places)}"/>')
    for (x, y, n), (p, s, _) in zip(places, bins, strict=True):
        title = f"<title>{n} questions: probability {p:.2f}, answerable {s:.2f}</title>"
        r = 3 + 6 * math.sqrt(n / most)
        parts.append(f'<circle class="dot s0" cx="{x:.1f}" cy="{y:.1f}" r="{r:.1f}">{title}</circle>')
    parts.append(
        f'<text class="small" text-anchor="middle" x="{left + side / 2}" y="{bottom + 30}">probability</text>'
    )
    return _svg(size, bottom + 36, parts, "Reliability diagram", "square")


def shape(series: int, x: float, y: float, r: float = 4) -> str:
    """The mark of a system: circle, square, diamond, triangle, and round again."""
    css = f"dot s{series}"
    if series % 4 == 0:
        return f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{r}"/>'
    if series % 4 == 1:
        return f'<rect class="{css}" x="{x - r:.1f}" y="{y - r:.1f}" width="{2 * r}" height="{2 * r}"/>'
    if series % 4 == 2:
        r *= 1.3
        return f'<path class="{css}" d="M{x:.1f} {y - r:.1f}l{r} {r}l{-r} {r}l{-r} {-r}z"/>'
    return f'<path class="{css}" d="M{x:.1f} {y - r:.1f}l{r} {2 * r}h{-2 * r}z"/>'


def key(series: int) -> Markup:
    """The mark alone, for beside a system's name."""
    return _svg(12, 12, [shape(series, 6, 6)], "", "key")


def _log_x(value: float, low: int, high: int) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * (math.log10(max(value, 0.01)) - low) / (high - low)


def _log_axis(low: int, high: int, top: float, bottom: float, label: str) -> list[str]:
    parts = []
    for power in range(low, high + 1):
        x = _log_x(10.0**power, low, high)
        parts.append(f'<path class="grid" d="M{x:.1f} {top}V{bottom}"/>')
        parts.append(
            f'<text class="small" text-anchor="middle" x="{x:.1f}" y="{bottom + 14}">{10.0**power:g}</text>'
        )
    middle = (LEFT + WIDTH - RIGHT) / 2
    return [*parts, f'<text class="small" text-anchor="middle" x="{middle}" y="{bottom + 28}">{label}</text>']


def _share_axis(top: float, bottom: float, label: str) -> list[str]:
    parts = [f'<text class="small" x="{LEFT}" y="{top - 6}">{escape(label)}</text>']
    for tick in (0, 0.25, 0.5, 0.75, 1):
        y = bottom - (bottom - top) * tick
        parts.append(f'<path class="grid" d="M{LEFT} {y:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text class="small" text-anchor="end" x="{LEFT - 6}" y="{y + 4:.1f}">{tick:g}</text>')
    return parts


def _svg(width: float, height: float, parts: Sequence[str], label: str, css: str = "plot") -> Markup:
    said = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    return Markup(f'<svg class="{css}" viewBox="0 0 {width} {height}" {said}>{"".join(parts)}</svg>')
