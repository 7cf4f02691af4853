"""``assistant eval left-out``: every question put to an assistant without its municipality's bank."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence

from rich.console import Console
from rich.table import Table
from rich.text import Text

from assistant.settings import Settings
from eval.documents import read_documents
from eval.figures import GROUPS, Figure, Row, system_figures
from eval.left_out import left_out
from eval.measures import QUALITY, Measure
from eval.outcomes import ask
from eval.questions import EvalQuestion, load_questions
from eval.runs import Item

GROUPINGS = ("all", "half", "municipality")


def ask_left_out(
    settings: Settings,
    halves: Sequence[str],
    progress: Callable[[str], None] = lambda _: None,
    choose: Callable[[EvalQuestion], bool] = lambda _: True,
) -> Iterator[Item]:
    """Every question of ``halves`` that ``choose`` picks, answered and measured, a municipality at a time."""
    documents = read_documents(settings.corpus)
    asked = [(half, question) for half in halves for question in load_questions(half) if choose(question)]
    for municipality in sorted({question.municipality for _, question in asked}):
        progress(f"indexing the corpus without the question bank of {municipality}")
        with left_out(settings, municipality) as assistant:
            for half, question in asked:
                if question.municipality == municipality:
                    outcome = ask(assistant, question)
                    found = {measure.name: measure.value(outcome, documents) for measure in QUALITY}
                    values = {name: value for name, value in found.items() if value is not None}
                    yield Item(
                        "left out", half, question, outcome.answer, outcome.milliseconds, values=values
                    )


def left_out_table(items: Iterable[Item]) -> Table:
    """A row a group of questions, a column a measure, with 95 % intervals."""
    items = list(items)
    table = Table(title="Without the municipality's own question bank", title_justify="left")
    table.add_column("questions")
    table.add_column("", justify="right")
    for measure in QUALITY:
        table.add_column(measure.name, justify="right", no_wrap=True)
    found = system_figures(items, QUALITY)
    for grouping in GROUPINGS:
        for group, row in sorted(found[grouping].items()):
            label = f"{group} half" if grouping == "half" else group
            table.add_row(label, str(_count(items, grouping, group)), *_cells(row))
        table.add_section()
    return table


def print_left_out(
    settings: Settings, halves: Sequence[str], out: Console, progress: Callable[[str], None]
) -> None:
    """Ask and print the table. Raises what reading questions and indexing raise."""
    out.print(left_out_table(ask_left_out(settings, halves, progress)))


def _count(items: Sequence[Item], grouping: str, group: str) -> int:
    return sum(GROUPS[grouping](item) == group for item in items)


def _cells(row: Row) -> list[Text]:
    return [_cell(row[measure.name], measure) for measure in QUALITY]


def _cell(figure: Figure, measure: Measure) -> Text:
    if figure.value is None or figure.low is None or figure.high is None:
        return Text("–")
    if measure.unit == "count":
        return Text(f"{figure.value:.0f}")
    return Text(f"{figure.value:.2f}").append(f" ({figure.low:.2f}–{figure.high:.2f})", style="dim")
