"""The gate: no figure of the development half may fall by more than its interval allows.

``python -m eval.gate`` measures and compares with the committed ``baselines.json``;
``python -m eval.gate --write`` measures and commits to the new figures. ``make test`` does the former.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from assistant.chain import PolicyAssistant
from assistant.errors import BadSettings
from assistant.settings import load_settings
from eval.documents import Document, read_documents
from eval.figures import Figure, figure
from eval.measures import CALIBRATION, PROOF, QUALITY, Measure, iter_values, leaks, unverbatim
from eval.outcomes import ask_all
from eval.questions import EvalQuestion, load_questions
from eval.retrieval import FUSED, RetrievalMissing, retrieval
from eval.statistics import bootstrap_interval, mean
from ingest.pipeline import ingest

BASELINES = Path(__file__).parent / "baselines.json"
HALF = "development"
MEASURES: tuple[Measure, ...] = (*QUALITY, *PROOF, *CALIBRATION)  # no latency: machines differ
ZERO = (leaks.name, unverbatim.name)
LOWER_IS_BETTER = {measure.name for measure in MEASURES if measure.better == "lower"}
ROUNDED = 6  # decimals in baselines.json


@dataclass(frozen=True)
class GateFigures:
    """Name of each measure to its figure, and the SHA-256 of the questions they are of."""

    questions: str
    count: int
    figures: dict[str, Figure]


def measure_all(
    assistant: PolicyAssistant, questions: Sequence[EvalQuestion], documents: Sequence[Document]
) -> GateFigures:
    """Ask everything and take every gated figure: quality, proof, calibration, retrieval."""
    values: dict[str, list[float]] = {measure.name: [] for measure in MEASURES}
    for each in iter_values(MEASURES, ask_all(assistant, questions), documents):
        values[each.measure].append(each.value)
    figures = {measure.name: figure(measure, values[measure.name]) for measure in MEASURES}
    for name, ranked in retrieval(assistant, questions)[FUSED].items():
        figures[name] = Figure(mean(ranked), *bootstrap_interval(ranked), len(ranked))
    return GateFigures(fingerprint(questions), len(questions), figures)


def check(now: GateFigures, baseline: GateFigures | None = None) -> list[str]:
    """What has got worse, a sentence each; an empty list when all is well.

    A figure has fallen when it lies outside the 95 % interval of its baseline, on the worse side; leaks
    and unverbatim must be 0 whatever the baseline says. Figures over other questions than the baseline's,
    a figure that is gone and one that has no baseline are faults too: nothing goes ungated unnoticed.
    ``baseline`` is what is committed when left out; raises FileNotFoundError when nothing is.
    """
    baseline = baseline or read_baselines()
    faults = [_not_zero(name, now.figures.get(name)) for name in ZERO]
    if now.questions != baseline.questions:
        faults.append(
            f"The baseline is of other questions ({baseline.count}, now {now.count}): "
            "look at what changed, then run python -m eval.gate --write."
        )
    for name in dict.fromkeys([*baseline.figures, *now.figures]):
        if name not in ZERO:
            faults.append(_worse(name, now.figures.get(name), baseline.figures.get(name)))
    return [fault for fault in faults if fault]


def read_baselines(path: Path = BASELINES) -> GateFigures:
    """What was committed. Raises FileNotFoundError."""
    raw = json.loads(path.read_text(encoding="utf-8"))
    return GateFigures(raw["questions"], raw["count"], {k: Figure(**f) for k, f in raw["figures"].items()})


def write_baselines(measured: GateFigures, path: Path = BASELINES) -> None:
    """Commit to ``measured``. Raises ValueError when it has leaks or unverbatim quotes."""
    if faults := [fault for name in ZERO if (fault := _not_zero(name, measured.figures.get(name)))]:
        raise ValueError(" ".join(faults))
    rounded = {
        name: {key: round(x, ROUNDED) if isinstance(x, float) else x for key, x in asdict(each).items()}
        for name, each in measured.figures.items()
    }
    content = {"questions": measured.questions, "count": measured.count, "figures": rounded}
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def fingerprint(questions: Iterable[EvalQuestion]) -> str:
    """SHA-256 of the questions with their gold, whatever order they come in."""
    return hashlib.sha256("\n".join(sorted(map(repr, questions))).encode()).hexdigest()


def main(argv: Sequence[str] | None = None) -> int:
    """The command line; returns the exit status, 1 when something has got worse."""
    parser = argparse.ArgumentParser(prog="python -m eval.gate", description=str(__doc__).split("\n\n")[0])
    parser.add_argument("--write", action="store_true", help="make the figures measured now the baseline")
    options = parser.parse_args(argv)
    try:
        measured = _measure_fresh()
        for name, each in measured.figures.items():
            print(f"{name:20} {_shown(each)}")
        if options.write:
            write_baselines(measured)
            print(f"{BASELINES} written.")
            return 0
        faults = check(measured)
    except (BadSettings, RetrievalMissing, FileNotFoundError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(faults) or "Nothing has fallen.", file=sys.stderr if faults else sys.stdout)
    return bool(faults)


def _measure_fresh() -> GateFigures:
    """The figures of the development half, the corpus indexed anew in a temporary folder."""
    with tempfile.TemporaryDirectory(prefix="gate-") as folder:
        settings = load_settings().model_copy(update={"index": Path(folder) / "index"})
        ingest([settings.corpus], settings.index, settings.embedding)
        assistant = PolicyAssistant.open(settings)
        return measure_all(assistant, load_questions(HALF), read_documents(settings.corpus))


def _not_zero(name: str, now: Figure | None) -> str:
    if now is None or now.value is None:
        return f"{name} was not measured; it must be 0."
    return f"{name} is {now.value:g}; it must be 0." if now.value else ""


def _worse(name: str, now: Figure | None, then: Figure | None) -> str:
    """The sentence for one figure; "" when it is no worse than its interval allows."""
    if then is None:
        return f"{name} has no baseline: run python -m eval.gate --write."
    if then.value is None or then.low is None or then.high is None:
        return ""
    if now is None or now.value is None:
        return f"{name} was not measured; the baseline is {_shown(then)}."
    tolerance = 10**-ROUNDED
    if name in LOWER_IS_BETTER:
        if now.value > then.high + tolerance:
            return f"{name} has risen to {now.value:.3f}, above the interval of {_shown(then)}."
    elif now.value < then.low - tolerance:
        return f"{name} has fallen to {now.value:.3f}, below the interval of {_shown(then)}."
    return ""


def _shown(each: Figure) -> str:
    if each.value is None:
        return "–"
    return f"{each.value:.3f} ({each.low:.3f} to {each.high:.3f}, {each.n} questions)"


if __name__ == "__main__":
    sys.exit(main())
