"""The report shows what a reader needs, nothing of the test half, and needs no network."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from assistant.answer import Answer, Question, Turn
from assistant.chain import PolicyAssistant
from assistant.settings import Settings
from eval.candidates import Candidate, Opened, candidates
from eval.chosen import Choice
from eval.difference import difference
from eval.documents import TextDocument
from eval.questions import EvalQuestion, load_questions
from eval.report import render, write_report
from eval.report.marks import excerpts, quote_places
from eval.report.questions import worst
from eval.runs import Item, Run, run_evaluation
from eval.summary import summary

Change = Callable[[Answer], Answer]


class Faulty:
    """The assistant with a planted fault in each answer it gives."""

    def __init__(self, assistant: PolicyAssistant, fault: Change) -> None:
        self._assistant, self._fault = assistant, fault

    def ask(self, question: Question) -> Answer:
        answer = self._assistant.ask(question)
        return self._fault(answer) if answer.status == "answered" else answer


def off_by_one(answer: Answer) -> Answer:
    moved = [c.model_copy(update={"start": c.start + 1, "end": c.end + 1}) for c in answer.citations]
    return answer.model_copy(update={"citations": moved})


def other_municipality(answer: Answer) -> Answer:
    moved = [c.model_copy(update={"municipality": "elverum"}) for c in answer.citations]
    return answer.model_copy(update={"citations": moved})


def refuses(answer: Answer) -> Answer:
    return answer.model_copy(update={"status": "not_in_policy", "statements": [], "citations": []})


def crashes(answer: Answer) -> Answer:
    raise RuntimeError("out of paper")


Measured = Callable[..., Run]


@pytest.fixture(scope="module")
def measured(indexed_settings: Settings, policy_assistant: PolicyAssistant) -> Measured:
    def run(
        fault: Change = lambda answer: answer, half: str = "development", kind: str | None = "fact"
    ) -> Run:
        system = Faulty(policy_assistant, fault)
        candidate = Candidate("assistant", lambda folder: Opened(system))
        return run_evaluation(indexed_settings, Choice(half, kind, "modum"), [candidate], progress=False)

    return run


@pytest.fixture(scope="module")
def both_halves(indexed_settings: Settings) -> Run:
    systems = candidates(indexed_settings, ["assistant", "bm25"])
    return run_evaluation(indexed_settings, Choice(), systems, progress=False)


@pytest.mark.parametrize(
    ("fault", "trouble"),
    [
        (off_by_one, "not verbatim"),
        (other_municipality, "leak"),
        (refuses, "refused, should answer"),
        (crashes, "error"),
    ],
)
def test_a_planted_fault_leads_the_worst_questions(measured: Measured, fault: Change, trouble: str) -> None:
    run = measured(fault)
    cards = worst(run, "assistant").cards
    assert cards[0].trouble == trouble
    assert trouble in render(run)


def test_the_worst_come_first(measured: Measured) -> None:
    scores = [card.score for card in worst(measured(kind=None), "assistant").cards]
    assert scores and scores == sorted(scores)


def test_errors_head_the_report(measured: Measured) -> None:
    html = render(measured(crashes))
    assert html.index("What went wrong") < html.index("out of paper") < html.index("<h2>Figures</h2>")
    assert "Nothing was missing" not in html


def test_a_run_without_a_fault_says_that_nothing_was_missing(measured: Measured) -> None:
    assert "Nothing was missing" in render(measured())


def test_the_report_loads_and_links_nothing_outside_itself(both_halves: Run, tmp_path: Path) -> None:
    write_report(both_halves, tmp_path / "report.html")
    html = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert not re.findall(r"""(?:href|src|action|xlink:href)\s*=\s*["']?(?!#)[^"'\s>]""", html)
    assert "url(" not in html and "@import" not in html and "default-src 'none'" in html


def test_nothing_of_a_question_of_the_test_half_is_in_the_report(both_halves: Run) -> None:
    run = replace(both_halves, items=tuple(map(sealed, both_halves.items)))
    pages = render(run, both_halves) + summary(run, both_halves)
    assert "SEALED" not in pages and "The test half is sealed." in pages
    ids = {question.id for question in load_questions("test")}
    assert not ids & set(re.findall(r"[\w-]+", pages))


def sealed(item: Item) -> Item:
    """An item of the test half with a word in all its texts that must not be seen; its answer is an error."""
    if item.half != "test":
        return item
    question = replace(
        item.question,
        question=f"SEALED {item.question.question}",
        history=(Turn(role="user", content="SEALED"),),
        required=("SEALED",),
        must_mention=("SEALED",),
    )
    return replace(item, question=question, answer=None, error="RuntimeError: about SEALED")


def test_a_run_of_the_test_half_alone_has_figures_and_no_questions(measured: Measured) -> None:
    html = render(measured(half="test"))
    assert "evidence recall" in html and 'id="worst"' not in html and '<details class="card"' not in html


def test_what_comes_from_questions_and_answers_is_shown_as_text(measured: Measured) -> None:
    run = measured(lambda answer: answer.model_copy(update={"understood": "<script>alert(1)</script>"}))
    first = replace(run.items[0], question=replace(run.items[0].question, question="<b>Hva</b>?"))
    html = render(replace(run, items=(first, *run.items[1:])))
    assert "<script>alert" not in html and "<b>Hva</b>" not in html


def test_systems_stand_side_by_side_with_a_paired_test(both_halves: Run) -> None:
    html = render(both_halves)
    assert "bm25 against assistant" in html and "Cost against quality" in html


def test_the_difference_names_what_changed(measured: Measured) -> None:
    before, after = measured(), measured(refuses)
    after = replace(after, settings={**after.settings, "embedding": "another-model"})
    found = difference(before, after)
    assert ("embedding", "builtin", "another-model") in found.changed
    (pair,) = found.pairs
    assert pair.worse and not pair.better
    html = render(after, before)
    assert "another-model" in html and pair.worse[0].after.question.id in html
    assert "another-model" not in render(after).split('id="made"')[0]
    assert "0 better" in summary(after, before)


def test_a_run_compared_with_itself_has_no_difference(measured: Measured) -> None:
    run = measured()
    (pair,) = difference(run, run).pairs
    assert not pair.better and not pair.worse and pair.unmatched == 0
    assert {row.comparison.difference for row in pair.rows if row.comparison} == {0.0}


def test_a_question_in_other_words_is_not_compared(measured: Measured) -> None:
    before = measured()
    first = replace(before.items[0], question=replace(before.items[0].question, question="Ny ordlyd?"))
    (pair,) = difference(before, replace(before, items=(first, *before.items[1:]))).pairs
    assert pair.questions == len(before.items) - 1 and pair.unmatched == 2


def test_the_difference_counts_questions_of_the_test_half_without_naming_them(measured: Measured) -> None:
    html = render(measured(refuses, half="test"), measured(half="test"))
    assert "In the test half:" in html and "modum-t" not in html


# --- highlighting -----------------------------------------------------------------------------------

PLAN = TextDocument("plan", "modum", f"{'Før. ' * 200}Vi er med-\narbeidere her.{' Etter.' * 200}")


def question(*required: str) -> EvalQuestion:
    return EvalQuestion("q", "modum", "nb", "fact", "answered", "Hva?", required=required)


def test_a_gold_quote_is_found_across_a_hyphen_and_a_line_break() -> None:
    ((start, end),) = quote_places("Vi er medarbeidere", PLAN)
    assert PLAN.text[start:end] == "Vi er med-\narbeidere"


def test_the_document_is_shown_300_characters_around_what_is_marked() -> None:
    (place,), more = excerpts(question("Vi er medarbeidere"), [], [PLAN])
    marked = [piece for piece in place.pieces if piece.classes]
    assert [(piece.text, piece.classes) for piece in marked] == [("Vi er med-\narbeidere", "required")]
    start = PLAN.text.index("Vi er")
    assert start - 300 <= place.start <= start - 290 and place.cut_before and place.cut_after and more == 0


def test_a_quote_that_is_both_gold_and_given_carries_both_marks(measured: Measured) -> None:
    html = render(measured(kind=None))
    assert '<mark class="required given">' in html or '<mark class="required acceptable given">' in html


def test_a_citation_of_a_whole_document_is_cut_short(measured: Measured) -> None:
    def whole(answer: Answer) -> Answer:
        text = next(d.text for d in documents if d.municipality == "modum")
        every = answer.citations[0].model_copy(update={"quote": text, "start": 0, "end": len(text)})
        return answer.model_copy(update={"citations": [every]})

    documents = measured().documents
    places = [place for card in worst(measured(whole), "assistant").cards for place in card.places]
    assert max(sum(piece.left_out for piece in place.pieces) for place in places) > 1000
