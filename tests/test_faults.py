"""The measures can fail: a planted fault moves the figures that should move, and flatters none."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from assistant.answer import Answer, Citation, Question, Statement
from assistant.chain import PolicyAssistant
from eval.documents import TextDocument, read_documents
from eval.measures import PROOF, QUALITY, aggregate, iter_values
from eval.outcomes import System, ask_all
from eval.questions import EvalQuestion, load_questions

MEASURES = (*QUALITY, *PROOF)
Figures = dict[str, float]
Fault = Callable[[Answer, Question, list[TextDocument]], Answer]


@dataclass(frozen=True)
class Faulty:
    """The real assistant with a fault planted behind it."""

    assistant: PolicyAssistant
    fault: Fault
    documents: list[TextDocument]

    def ask(self, question: Question) -> Answer:
        return self.fault(self.assistant.ask(question), question, self.documents)


def cite_another_municipality(answer: Answer, question: Question, documents: list[TextDocument]) -> Answer:
    """Every citation is of the same place in another municipality's document, and verbatim there."""
    other = next(d for d in documents if d.municipality != question.municipality)

    def moved(citation: Citation) -> Citation:
        start = citation.start % (len(other.text) - 1000)
        end = start + citation.end - citation.start
        names = {"municipality": other.municipality, "document": other.id}
        return citation.model_copy(
            update={**names, "start": start, "end": end, "quote": other.text[start:end]}
        )

    return answer.model_copy(update={"citations": [moved(each) for each in answer.citations]})


def off_by_one(answer: Answer, *_: object) -> Answer:
    """Every citation points one character too far; its quote stays what it was."""
    moved = [c.model_copy(update={"start": c.start + 1, "end": c.end + 1}) for c in answer.citations]
    return answer.model_copy(update={"citations": moved})


def fuzzy_quote(answer: Answer, *_: object) -> Answer:
    """Every quote is nearly what stands there: its first letter is in the other case."""
    near = [c.model_copy(update={"quote": c.quote[0].swapcase() + c.quote[1:]}) for c in answer.citations]
    near = [
        c if c.quote != old.quote else _with_dot(c) for c, old in zip(near, answer.citations, strict=True)
    ]
    return answer.model_copy(update={"citations": near})


def _with_dot(citation: Citation) -> Citation:
    return citation.model_copy(update={"quote": citation.quote + "."})


def cut_statements(answer: Answer, *_: object) -> Answer:
    """Every statement breaks off half-way; its citation is whole."""
    half = [s.model_copy(update={"text": s.text[: len(s.text) // 2]}) for s in answer.statements]
    return answer.model_copy(update={"statements": half})


def stop_early(answer: Answer, *_: object) -> Answer:
    """The answer ends in the middle of its first quotation, properly cited."""
    if not answer.statements:
        return answer
    first = answer.citations[0]
    length = max(1, len(first.quote) // 3)
    quote = first.quote[:length].rstrip() or first.quote[:1]
    cut = first.model_copy(update={"quote": quote, "end": first.start + len(quote)})
    return answer.model_copy(
        update={
            "citations": [cut],
            "statements": [Statement(text=" ".join(quote.split()), citations=[first.n])],
        }
    )


def refuse(answer: Answer, *_: object) -> Answer:
    """Nothing is ever answered."""
    return answer.model_copy(update={"status": "not_in_policy", "statements": [], "citations": []})


def cite_everything(answer: Answer, question: Question, documents: list[TextDocument]) -> Answer:
    """Every answer cites the whole document."""
    if not answer.citations:
        return answer
    text = next(d.text for d in documents if d.municipality == question.municipality)
    whole = answer.citations[0].model_copy(update={"n": 1, "quote": text, "start": 0, "end": len(text)})
    one = [s.model_copy(update={"citations": [1]}) for s in answer.statements]
    return answer.model_copy(update={"citations": [whole], "statements": one})


@pytest.fixture(scope="module")
def documents(policy_assistant: PolicyAssistant) -> list[TextDocument]:
    return read_documents(policy_assistant.settings.corpus)


@pytest.fixture(scope="module")
def questions() -> list[EvalQuestion]:
    return load_questions("development")[::2]  # half of them, for time


def figures(system: System, questions: list[EvalQuestion], documents: list[TextDocument]) -> Figures:
    found = aggregate(MEASURES, iter_values(MEASURES, ask_all(system, questions), documents))
    return {name: value for name, value in found.items() if value is not None}


@pytest.fixture(scope="module")
def sound(
    policy_assistant: PolicyAssistant, questions: list[EvalQuestion], documents: list[TextDocument]
) -> Figures:
    """The figures without a fault."""
    return figures(policy_assistant, questions, documents)


def test_without_a_fault_there_is_something_to_lose(sound: Figures) -> None:
    assert sound["leaks"] == sound["unverbatim"] == 0
    assert sound["statement support"] == sound["tampered caught"] == 1
    assert min(sound["evidence recall"], sound["citation precision"], sound["answered"]) > 0.3


# fault, figures that must fall to about this share of what they were, counts that must rise
FAULTS: list[tuple[Fault, dict[str, float], set[str]]] = [
    (
        cite_another_municipality,
        {"evidence recall": 0, "citation precision": 0, "statement support": 0},
        {"leaks"},
    ),
    (off_by_one, {"evidence recall": 0, "citation precision": 0, "statement support": 0}, {"unverbatim"}),
    (fuzzy_quote, {"evidence recall": 0, "citation precision": 0, "statement support": 0}, {"unverbatim"}),
    (cut_statements, {"statement support": 0.02}, set()),
    (stop_early, {"evidence recall": 0.1}, set()),
    (refuse, {"evidence recall": 0, "answered": 0}, set()),
    (cite_everything, {"citation precision": 0.2, "statement support": 0}, set()),
]
# What a fault raises by its nature, and why no single figure can be read alone.
GAINS: dict[Fault, set[str]] = {
    refuse: {"refused"},
    cite_everything: {"evidence recall"},
    stop_early: {"citation precision"},
}


@pytest.mark.parametrize(("fault", "falls", "rises"), FAULTS, ids=[fault.__name__ for fault, _, _ in FAULTS])
def test_a_fault_moves_the_figures_that_should_move_and_flatters_no_other(
    fault: Fault,
    falls: dict[str, float],
    rises: set[str],
    policy_assistant: PolicyAssistant,
    questions: list[EvalQuestion],
    documents: list[TextDocument],
    sound: Figures,
) -> None:
    faulty = figures(Faulty(policy_assistant, fault, documents), questions, documents)
    for name, share in falls.items():
        assert faulty[name] <= share * sound[name], name
    for name in rises:
        assert faulty[name] > 0, name
    for measure in MEASURES:
        name = measure.name
        if name not in faulty or name in {*falls, *rises, *GAINS.get(fault, ())}:
            continue  # a measure that applies to no question any more has no figure
        assert faulty[name] == pytest.approx(sound[name]), f"{name} moved"
    for name in GAINS.get(fault, set()):
        assert faulty[name] >= sound[name], name


def test_a_system_that_always_refuses_has_no_precision_to_boast_of(
    policy_assistant: PolicyAssistant, questions: list[EvalQuestion], documents: list[TextDocument]
) -> None:
    faulty = figures(Faulty(policy_assistant, refuse, documents), questions, documents)
    assert faulty["refused"] == 1
    assert "citation precision" not in faulty
    assert "statement support" not in faulty
