"""HR's page as Gradio Blocks: ask as an employee would, and see why the assistant answers as it does.

Importing this module imports Gradio, which takes seconds; ``hr.py`` does so when somebody opens the page.
"""

from __future__ import annotations

import logging
from typing import Any

import gradio as gr

from assistant.answer import Language, Question, Turn
from assistant.errors import AskError
from assistant.phrases import load_data
from assistant.web.holder import Holder
from assistant.web.hr_html import (
    answer_markdown,
    citations_html,
    label,
    message_html,
    neighbours_html,
    outcome_html,
    passages_html,
    written_html,
)
from assistant.web.limits import RateLimit
from assistant.web.metrics import Metrics
from assistant.web.texts import language_of
from ingest.errors import IngestError

logger = logging.getLogger(__name__)

CSS = """
.outcome { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; }
@media (max-width: 40rem) { .outcome { grid-template-columns: 1fr; gap: 0; } }
@media (max-width: 40rem) { .outcome dd { margin-bottom: .5rem !important; } }
.outcome dt { font-weight: 600; } .outcome dd { margin: 0; overflow-wrap: anywhere; }
blockquote { margin: .25rem 0 1rem; padding-left: .75rem; border-left: 3px solid currentColor; }
blockquote { white-space: pre-line; }
.passages, .neighbours { overflow-x: auto; margin-bottom: 1.5rem; }
.passages table, .neighbours table { border-collapse: collapse; width: 100%; font-size: .85rem; }
.passages caption, .neighbours caption { text-align: left; font-weight: 600; padding-bottom: .5rem; }
.passages th, .passages td, .neighbours th, .neighbours td { text-align: left; vertical-align: top; }
.passages th, .passages td { padding: .35rem .5rem; }
.neighbours th, .neighbours td { padding: .3rem .35rem !important; }
.passages th, .passages td, .neighbours th, .neighbours td { word-break: normal; overflow-wrap: normal; }
.neighbours td:first-child { text-align: right; white-space: nowrap; }
.rejected li { margin-bottom: .5rem; overflow-wrap: anywhere; }
.passages td:nth-child(3) { white-space: pre-line; min-width: 16rem; }
.passages tr.chosen > * { font-weight: 600; }
"""

LANGUAGES = [("Bokmål", "nb"), ("Nynorsk", "nn"), ("English", "en")]


def theme() -> gr.themes.Base:
    """Gradio's base theme in fonts that the reader's own machine has, so that none is fetched."""
    sans = [gr.themes.Font("system-ui"), gr.themes.Font("sans-serif")]
    mono = [gr.themes.Font("ui-monospace"), gr.themes.Font("monospace")]
    return gr.themes.Base(font=sans, font_mono=mono)


def texts(language: Language) -> dict[str, dict[str, Any]]:
    """The page's own texts in one language: for each labelled component the properties that hold them."""

    def t(key: str) -> str:
        return label(key, language)

    examples = [[example] for example in load_data("hr")["example_questions"][language]]
    return {
        "heading": {"value": f"# {t('title')}\n{t('intro')}"},
        "language": {"label": t("language")},
        "municipality": {"label": t("municipality")},
        "question": {"label": t("question"), "placeholder": t("question_placeholder")},
        "earlier": {"label": t("earlier"), "placeholder": t("earlier_placeholder")},
        "ask": {"value": t("ask")},
        "examples": {"label": t("examples"), "samples": examples},
    }


def build(holder: Holder, metrics: Metrics, rate: RateLimit) -> gr.Blocks:
    """The page. Nothing it does is offered as an API, counted by Gradio, or kept."""
    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    safe: dict[str, Any] = {"sanitize_html": True, "latex_delimiters": []}
    first = texts("nb")
    page: gr.Blocks = gr.Blocks(title=label("title", "nb"), analytics_enabled=False, fill_width=True)
    with page:
        heading = gr.Markdown(**first["heading"])
        with gr.Row():
            with gr.Column(scale=2):
                language = gr.Radio(LANGUAGES, value="nb", interactive=True, **first["language"])
                municipality = gr.Dropdown(_choices(holder)[0], interactive=True, **first["municipality"])
                question = gr.Textbox(lines=2, max_lines=8, **first["question"])
                earlier = gr.Textbox(**first["earlier"])
                ask = gr.Button(variant="primary", **first["ask"])
                examples = gr.Dataset(components=[question], type="values", **first["examples"])
                outcome, answer, citations = gr.Markdown(**safe), gr.Markdown(**safe), gr.Markdown(**safe)
            with gr.Column(scale=3):
                written, neighbours, passages = gr.Markdown(**safe), gr.Markdown(**safe), gr.Markdown(**safe)
        shown = [outcome, answer, citations, passages, neighbours, written]
        labelled = [heading, language, municipality, question, earlier, ask, examples]

        def relabel(chosen: Language) -> list[Any]:
            """The page's own texts in another language."""
            return [gr.update(**properties) for properties in texts(chosen).values()]

        def open_page(request: gr.Request) -> list[Any]:
            """The texts in the browser's language, the municipalities there are, or why there are none."""
            chosen = language_of(request.headers.get("accept-language"))
            properties = texts(chosen)
            choices, error = _choices(holder)
            properties["language"]["value"] = chosen
            properties["municipality"] |= {"choices": choices, "value": choices[0][1] if choices else None}
            message = message_html(_not_ready(error, chosen)) if error else ""
            return [*(gr.update(**changed) for changed in properties.values()), message]

        def answer_question(
            chosen: Language, key: str | None, asked: str, before: str, request: gr.Request
        ) -> tuple[str, ...]:
            """What each part of ``shown`` holds; on an error a plain message and nothing else."""
            if seconds := rate.seconds_to_wait(request.client.host if request.client else "unknown"):
                return _message(label("wait", chosen, seconds=seconds))
            history = (Turn(role="user", content=before),) if before.strip() else ()
            try:
                assistant = holder.get()
                if not key:
                    return _message(label("choose_municipality", chosen))
                trace = assistant.trace(Question(municipality=key, question=asked, history=history))
            except AskError as error:
                return _message(error.message(chosen))
            except IngestError as error:
                return _message(_not_ready(error, chosen))
            except Exception:
                logger.exception("unforeseen error on HR's page")
                return _message(label("failed", chosen))
            found = trace.answer
            assert found is not None, "a finished trace has an answer"
            metrics.count(trace)
            return (
                outcome_html(trace, chosen),
                answer_markdown(found),
                citations_html(found, chosen),
                passages_html(trace.retrieved, chosen),
                neighbours_html(trace.neighbours, chosen),
                written_html(trace.written, chosen),
            )

        page.load(open_page, None, [*labelled, outcome], **private)
        language.input(relabel, language, labelled, **private)
        examples.click(lambda sample: sample[0], examples, question, **private)
        gr.on(
            [ask.click, question.submit],
            answer_question,
            [language, municipality, question, earlier],
            shown,
            concurrency_limit=4,
            **private,
        )
    return page


def _choices(holder: Holder) -> tuple[list[tuple[str, str]], IngestError | None]:
    """Names and keys of the municipalities; none, and the reason, when the documents cannot be opened."""
    try:
        return [(found.name, found.key) for found in holder.get().municipalities()], None
    except IngestError as error:
        return [], error


def _not_ready(error: IngestError, language: Language) -> str:
    reason = str(error)
    return label("not_ready", language, reason=reason) if reason else label("failed", language)


def _message(message: str) -> tuple[str, ...]:
    return message_html(message), "", "", "", "", ""
