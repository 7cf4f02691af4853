"""The command line: ``assistant ingest | ask | eval | serve | settings | benchmark``.

The one module that knows ingest, assistant and eval.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer
from rich.console import Console
from rich.table import Column, Table
from rich.text import Text

from assistant.settings import PROJECT, Settings, load_settings

if TYPE_CHECKING:
    from assistant.answer import Answer
    from ingest.pipeline import IngestReport

# Libraries below must never reach out by themselves.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
os.environ.setdefault("ANONYMIZED_TELEMETRY", "False")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")

WRITING_SECONDS = 120.0  # a passage's question bank is a long reply that nobody waits for
BAD_INPUT, CANNOT_RUN = 2, 3  # exit codes: what was asked for is wrong / something is missing or broken

app = typer.Typer(no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False, help=__doc__)
out = Console(soft_wrap=True)
err = Console(stderr=True, soft_wrap=True)


@app.command()
def ingest(
    paths: Annotated[
        list[Path] | None, typer.Argument(help="Documents or folders; corpus/ when left out.")
    ] = None,
    write_questions: Annotated[
        bool,
        typer.Option(
            "--write-questions",
            help="First have the model that ASSISTANT_LLM names write their question banks.",
        ),
    ] = False,
) -> None:
    """Index documents. Only what is new or changed is worked on."""
    settings = _settings()
    if write_questions:
        _write_questions(settings, paths or [settings.corpus])
    with _errors():
        report = _index(settings, paths)
    out.print(_report_table(report))
    if not report.written:
        out.print("The index is up to date.")
    if report.refused:
        raise typer.Exit(BAD_INPUT)


@app.command()
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    municipality: Annotated[
        str | None, typer.Option("-m", "--municipality", help="Whose documents to ask.")
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the Answer object.")] = False,
    batch: Annotated[Path | None, typer.Option(help="Questions in a .jsonl or .csv file.")] = None,
    out_file: Annotated[Path | None, typer.Option("--out", help="Where the batch's answers go.")] = None,
) -> None:
    """Answer a question, or a file of questions, from a municipality's own documents."""
    from assistant.answer import Question
    from assistant.chain import PolicyAssistant

    settings = _settings()
    if batch is not None:
        if question is not None or municipality is not None or out_file is None:
            _stop(BAD_INPUT, "--batch takes --out FILE, and neither a question nor -m.")
        from assistant.batch import answer_batch

        with _errors():
            failed = answer_batch(PolicyAssistant.open(settings), batch, out_file)
        err.print(
            f"{out_file} written."
            + (f" {failed} rows could not be answered; see their error." if failed else ""),
            markup=False,
        )
        return
    if question is None or municipality is None:
        _stop(BAD_INPUT, 'Ask like this: assistant ask -m MUNICIPALITY "question"')
    with _errors():
        answer = PolicyAssistant.open(settings).ask(Question(municipality=municipality, question=question))
    if json:
        print(answer.model_dump_json())
    else:
        _print_answer(answer)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
    index: Annotated[
        bool, typer.Option("--index/--no-index", help="Bring the index up to date first.")
    ] = False,
) -> None:
    """Run the server with the page at /, the HR page at /hr and the HTTP API."""
    import uvicorn

    from assistant.llm import ChatModel, LLMError, configured_model

    settings = _settings()
    host, port = host or settings.host, port or settings.port
    _check_port(host, port)
    try:
        writes = settings.llm_writes and configured_model(settings, ChatModel) is not None
    except LLMError as error:
        _stop(BAD_INPUT, str(error))
    if index:
        with _errors():
            report = _index(settings)
        out.print(_report_table(report) if report.written else "The index is up to date.")
        for refused in report.refused:
            err.print(refused.note, style="red", markup=False)
    from assistant.web.app import create_app

    if writes:
        out.print(f"Answers are worded by {settings.llm}, each sentence checked.", markup=False)
    out.print(f"Serving on http://{host}:{port} (HR: http://{host}:{port}/hr). Ctrl+C stops it.")
    uvicorn.run(
        create_app(settings),
        host=host,
        port=port,
        log_level="warning",
        access_log=False,  # questions are not logged
        server_header=False,
        timeout_graceful_shutdown=5,
    )


@app.command()
def settings() -> None:
    """List the settings with their values and what they mean."""
    current = _settings()
    table = Table("variable", Column("value", overflow="fold"), "meaning")
    for name, field in Settings.model_fields.items():
        value = getattr(current, name)
        shown = (
            os.path.relpath(value)
            if isinstance(value, Path) and value.is_relative_to(PROJECT)
            else str(value)
        )
        table.add_row(f"ASSISTANT_{name.upper()}", Text(shown), field.description)
    out.print(table)


@app.command("eval")
def evaluate(
    what: Annotated[
        str,
        typer.Argument(
            help="answers: the evaluation set.\n\n"
            "retrieval: what each part of retrieval is worth.\n\n"
            "left-out: the set without the municipality's own question bank.\n\n"
            "attacks: what attacks on the assistant achieve.\n\n"
            "statements: what the proof of statements drops and lets through.\n\n"
            "model: statements of a language model that lies or fails, end to end.\n\n"
        ),
    ] = "answers",
    half: Annotated[str, typer.Option(help="development, test or both.")] = "both",
    kind: Annotated[str | None, typer.Option(help="Only questions of this kind.")] = None,
    municipality: Annotated[
        str | None, typer.Option("-m", "--municipality", help="Only this municipality's questions.")
    ] = None,
    system: Annotated[
        list[str] | None, typer.Option(help="assistant, tutorial or bm25; repeat it for several.")
    ] = None,
    config: Annotated[
        list[str] | None, typer.Option(help="The assistant with NAME=VALUE[,…] changed, beside the others.")
    ] = None,
    against: Annotated[Path | None, typer.Option(help="Folder of an earlier run to compare with.")] = None,
    out_folder: Annotated[
        Path | None, typer.Option("--out", help="Folder for this run; eval/runs/… when left out.")
    ] = None,
    questions: Annotated[
        Path | None, typer.Option(help="Your own set of questions: .csv, .xlsx or .jsonl.")
    ] = None,
    judge: Annotated[
        bool,
        typer.Option("--judge", help="Have the answers judged too, by the model that ASSISTANT_LLM names."),
    ] = False,
) -> None:
    """Ask the evaluation set, print the figures and write the report."""
    if what == "retrieval":
        from eval.ablation import ablation

        with _errors():
            ablation(_settings(), Console(width=max(out.width, 160)))
        return
    if what != "answers":
        given = (kind, municipality, system, config, against, out_folder, questions, judge or None)
        if any(option is not None for option in given):
            _stop(BAD_INPUT, f"assistant eval {what} takes no option but --half.")
        if half not in ("development", "test", "both"):
            _stop(BAD_INPUT, f"There is no half {half!r}; choose development, test or both.")
        if what == "model" and half == "test":
            _stop(BAD_INPUT, "assistant eval model asks questions of the development half alone.")
        _evaluate_part(what, ("development", "test") if half == "both" else (half,))
        return
    from eval.chosen import Choice
    from eval.command import Options
    from eval.command import evaluate as run

    options = Options(
        choice=Choice(half, kind, municipality, questions),
        systems=tuple(system or ["assistant"]),
        configs=tuple(config or []),
        against=against,
        out=out_folder,
        judge=judge,
    )
    raise typer.Exit(run(_settings(), options, out, err))


def _evaluate_part(what: str, halves: tuple[str, ...]) -> None:
    """Print the tables of one of the evaluations that write no report."""
    from eval.attacks import AttackFileError
    from eval.questions import QuestionFileError
    from eval.statements import StatementFileError

    wide = Console(width=max(out.width, 170))

    def progress(doing: str) -> None:
        err.print(doing, markup=False, highlight=False)

    try:
        with _errors():
            if what == "attacks":
                from eval.attack_table import attack_tables

                attack_tables(_settings(), halves, wide, progress)
            elif what == "left-out":
                from eval.left_out_table import print_left_out

                print_left_out(_settings(), halves, wide, progress)
            elif what == "model":
                from eval.model_table import print_model

                print_model(_settings(), wide, progress)
            elif what == "statements":
                from eval.statements import statements_table

                for half in halves:
                    wide.print(statements_table(half))
            else:
                names = "answers, retrieval, left-out, attacks, statements and model"
                _stop(BAD_INPUT, f"There is no evaluation of {what!r}; there are {names}.")
    except (AttackFileError, QuestionFileError, StatementFileError, FileNotFoundError) as error:
        _stop(BAD_INPUT, str(error))


@app.command()
def benchmark(
    out_file: Annotated[
        Path | None, typer.Option("--out", help="Write the figures to this JSON file.")
    ] = None,
    half: Annotated[str, typer.Option(help="Half of the evaluation set.")] = "development",
) -> None:
    """Speed, memory and quality beside the plain LangChain tutorial chain and BM25, in one run."""
    from eval.benchmark import BenchmarkError
    from eval.benchmark import benchmark as run
    from eval.questions import QuestionFileError

    try:
        with _errors():
            run(_settings(), half=half, out=out_file)
    except (BenchmarkError, QuestionFileError, FileNotFoundError) as error:
        _stop(CANNOT_RUN, str(error))


def _index(settings: Settings, paths: list[Path] | None = None) -> IngestReport:
    from ingest.pipeline import ingest as run

    return run(
        paths or [settings.corpus],
        settings.index,
        settings.embedding,
        err.print,
        settings.thesaurus,
        settings.unapproved_questions,
    )


def _write_questions(settings: Settings, paths: list[Path]) -> None:
    """Have the configured language model write the question bank of each document."""
    from assistant.llm import SETTING_UP, ChatModel, LLMError, configured_model
    from ingest.document import find_documents
    from ingest.write_questions import write_questions

    try:
        model = configured_model(settings, ChatModel, WRITING_SECONDS)
    except LLMError as error:
        _stop(BAD_INPUT, str(error))
    if model is None:
        _stop(BAD_INPUT, f"--write-questions needs a language model: {SETTING_UP}")
    failed = 0
    with closing(model), _errors():
        for document in find_documents(paths):
            done = write_questions(document, model.complete, model.model, LLMError, err.print)
            failed += done.passages_failed
            out.print(f"{document.name}: {done.questions} questions written, none approved yet.")
    if failed:
        err.print(
            f"The language model gave no usable reply for {failed} passages. Run the command again to go on."
        )


def _print_answer(answer: Answer) -> None:
    """The answer and its numbered sources."""
    from rich.markup import escape

    page = Console(width=min(out.width, 100), highlight=False)
    for line in answer.answer.splitlines():
        heading = line.startswith("**") and line.endswith("**")
        page.print(f"[bold]{escape(line.strip('*'))}[/bold]" if heading else escape(line))
    for citation in answer.citations or answer.closest:
        place = " › ".join([citation.title, *citation.section[-2:]])
        number = f"[{citation.n}]" if answer.citations else "•"
        page.print(
            f"\n[bold]{escape(number)}[/bold] {escape(place)} ({citation.start}–{citation.end})", style="dim"
        )
        page.print(f"    «{escape(' '.join(citation.quote.split()))}»", style="dim")


def _report_table(report: IngestReport) -> Table:
    names = ("municipality", "document", "passages", "questions", "outcome", "note")
    table = Table(*(Column(name, overflow="fold") for name in names))
    for d in report.documents:
        cells = (d.municipality, d.document, str(d.passages), str(d.questions), d.outcome, d.note)
        table.add_row(*(Text(cell) for cell in cells))
    return table


def _settings() -> Settings:
    from assistant.errors import BadSettings

    try:
        return load_settings()
    except BadSettings as error:
        _stop(BAD_INPUT, str(error))


@contextmanager
def _errors() -> Iterator[None]:
    """Turn errors that the user can do something about into a sentence and an exit code."""
    from assistant.errors import AskError, BadSettings, BatchError
    from ingest.errors import DocumentError, IngestError

    try:
        yield
    except (AskError, BadSettings, BatchError, DocumentError) as error:
        _stop(BAD_INPUT, str(error))
    except IngestError as error:
        _stop(CANNOT_RUN, str(error))


def _check_port(host: str, port: int) -> None:
    import socket

    try:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        _stop(
            CANNOT_RUN,
            f"Cannot listen on {host}:{port} ({error.strerror}). Is the assistant running already? "
            "Stop it, or choose another port: assistant serve --port 8001",
        )


def _stop(code: int, message: str) -> NoReturn:
    err.print(message, style="red", markup=False)
    sys.exit(code)


def main() -> None:
    """Entry point of the console script."""
    app()


if __name__ == "__main__":
    main()
