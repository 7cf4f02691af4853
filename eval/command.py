"""``assistant eval``: run, save, report, and say loudly what was missing."""

from __future__ import annotations

from contextlib import closing, nullcontext
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.llm import SETTING_UP
from assistant.settings import Settings, load_settings
from eval.candidates import BadChoice, candidates
from eval.chat_judge import ChatJudge, configured_judge
from eval.chosen import Choice
from eval.figures import figure_rows
from eval.judge import JudgeError
from eval.questions import QuestionFileError
from eval.report import text, write_report
from eval.runs import RUNS, Run, RunUnreadable, load_run, run_evaluation
from eval.sets import SetError
from eval.summary import summary

COMPLETE, INCOMPLETE, BAD_INPUT = 0, 1, 2  # exit codes


@dataclass(frozen=True)
class Options:
    """What the command line was given. ``out`` is the run's own folder; a new one in RUNS when left out.

    ``judge``: have the answers judged by the language model that the environment names.
    """

    choice: Choice
    systems: tuple[str, ...] = ("assistant",)
    configs: tuple[str, ...] = ()
    against: Path | None = None
    out: Path | None = None
    judge: bool = False


def evaluate(
    settings: Settings, options: Options, out: Console | None = None, err: Console | None = None
) -> int:
    """Run the evaluation, write its folder with report and summary, print the table.

    Returns COMPLETE, INCOMPLETE when a system, an answer or a verdict was missing, BAD_INPUT when nothing
    was run.
    """
    out, err = out or Console(soft_wrap=True), err or Console(stderr=True, soft_wrap=True)
    try:
        if options.out is not None and options.out.exists() and any(options.out.iterdir()):
            raise BadChoice(f"{options.out} is not empty; a run has a folder of its own.")
        against = load_run(options.against) if options.against else None
        asked = candidates(settings, options.systems, options.configs)
        with closing(_judge()) if options.judge else nullcontext() as judge:
            run = run_evaluation(settings, options.choice, asked, err.is_terminal, judge)
        folder = options.out or RUNS / run.name
        run.save(folder)
        write_report(run, folder / "report.html", against)
        (folder / "summary.md").write_text(summary(run, against), encoding="utf-8")
    except (BadChoice, JudgeError, QuestionFileError, SetError, RunUnreadable, OSError) as error:
        err.print(str(error), style="red", markup=False)
        return BAD_INPUT
    if run.systems:
        out.print(figures_table(run))
    out.print(f"Report: {folder / 'report.html'}", markup=False, highlight=False)
    for note in run.notes:
        err.print(f"Note: {note}", markup=False, highlight=False)
    wrong = text.wrong(run)
    if wrong:
        err.print("Something was missing; what has no answer counts as wrong:", style="bold red")
        for sentence in wrong:
            err.print(f"- {sentence}", style="red", markup=False, highlight=False)
    return COMPLETE if run.complete else INCOMPLETE


def _judge() -> ChatJudge:
    """The judge of the environment. Raises BadChoice without a model, JudgeError without its address."""
    judge = configured_judge(load_settings())
    if judge is None:
        raise BadChoice(f"--judge needs a language model: {SETTING_UP}")
    return judge


def figures_table(run: Run) -> Table:
    """A row a measure, a column a system, intervals beside the figures."""
    count = text.plural(len(run.items) // len(run.systems), "question")
    table = Table(title=f"{count} of {run.choice}", title_justify="left")
    table.add_column("measure")
    for name in run.systems:
        table.add_column(Text(name), justify="right")
    for measure, figures in figure_rows(run):
        cells = []
        for figure in figures:
            span = text.span(figure, measure.name)
            shown = Text(text.value(figure, measure.name))
            cells.append(shown.append(f"  {span}", style="dim") if span else shown)
        table.add_row(measure.name, *cells)
    return table
