"""The measures can fail: planted faults, with values computed by hand."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answer import Answer, Citation, Status
from assistant.settings import PROJECT
from eval.documents import TextDocument, read_documents
from eval.measures import (
    QUALITY,
    Latency,
    aggregate,
    aggregate_by_kind,
    answered,
    citation_precision,
    evidence_recall,
    iter_values,
    leaks,
    refused,
    unverbatim,
)
from eval.outcomes import Outcome, ask_all
from eval.questions import EvalQuestion, QuestionFileError, check_questions, load_questions
from eval.spans import Interval, NormalisedText, cited_characters, occurrences

# Letters: 13 + 12 + 4 + 12 = 41; «Delta epsilon» stands twice.
MODUM = TextDocument("plan", "modum", "Alfa beta gamma. Delta epsilon. Zeta! Delta\nepsi-\nlon.")
BAERUM = TextDocument("plan", "baerum", "Alfa beta gamma. Vi har 12 mål.")
DOCUMENTS = [MODUM, BAERUM]


def cite(start: int, end: int, document: TextDocument = MODUM) -> Citation:
    return Citation(
        n=1,
        municipality=document.municipality,
        document=document.id,
        title="Plan",
        section=[],
        quote=document.text[start:end],
        start=start,
        end=end,
    )


def cite_text(text: str, document: TextDocument = MODUM) -> Citation:
    start = document.text.index(text)
    return cite(start, start + len(text), document)


def answer(*citations: Citation, status: Status = "answered", closest: Iterable[Citation] = ()) -> Answer:
    return Answer(
        status=status,
        answer="",
        language="nb",
        citations=list(citations),
        closest=list(closest),
        understood="",
    )


def ask(*required: str, acceptable: Iterable[str] = (), status: Status = "answered") -> EvalQuestion:
    return EvalQuestion(
        id="q",
        municipality="modum",
        language="nb",
        kind="fact",
        status=status,
        question="Hva?",
        required=required,
        acceptable=tuple(acceptable),
    )


def recall(question: EvalQuestion, *citations: Citation) -> float | None:
    return evidence_recall.value(Outcome(question, answer(*citations)), DOCUMENTS)


def precision(question: EvalQuestion, *citations: Citation) -> float | None:
    return citation_precision.value(Outcome(question, answer(*citations)), DOCUMENTS)


# Spans


def test_only_letters_and_digits_are_compared() -> None:
    assert NormalisedText("«Vi har 12 mål», sa hun.").letters == "vihar12målsahun"


def test_a_word_hyphenated_across_lines_is_found() -> None:
    text = NormalisedText("Vi er med-\narbeidere.")
    assert text.occurrences("medarbeidere") == [Interval(4, 16)]


def test_composed_and_decomposed_letters_compare_equal() -> None:
    text = NormalisedText(unicodedata.normalize("NFD", "Mål på 1"))
    assert text.letters == "målpå1"
    assert text.interval(0, 4) == Interval(0, 3)  # "Mål" takes four code points, its ring among them
    assert text.interval(0, 2) == Interval(0, 2)  # a letter cut from its ring is still cited


def test_every_occurrence_is_found_overlapping_ones_too() -> None:
    assert NormalisedText("ana-nas ana").occurrences("ana") == [
        Interval(0, 3),
        Interval(2, 5),
        Interval(6, 9),
    ]


def test_a_quote_without_letters_is_an_error() -> None:
    with pytest.raises(ValueError, match="without letters or digits"):
        NormalisedText("tekst").occurrences("– •")


@settings(deadline=None)
@given(st.text(st.characters(exclude_categories=["Mn", "Mc", "Me", "Cs"])), st.data())
def test_an_interval_holds_the_letters_of_its_slice(text: str, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(text)))
    start = data.draw(st.integers(0, end))
    whole = NormalisedText(text)
    assert whole.letters[slice(*whole.interval(start, end))] == NormalisedText(text[start:end]).letters


def test_occurrences_stay_within_the_municipality() -> None:
    assert len(occurrences("Alfa beta gamma", "modum", DOCUMENTS)) == 1
    assert occurrences("Vi har 12 mål", "modum", DOCUMENTS) == []


def test_a_character_cited_twice_counts_once() -> None:
    assert len(cited_characters([cite(0, 10), cite(5, 16)], DOCUMENTS)) == 13


# Evidence recall


def test_recall_falls_by_the_share_of_the_missing_item() -> None:
    question = ask("Alfa", "beta", "gamma", "Zeta")
    assert recall(question, cite_text("Alfa"), cite_text("beta"), cite_text("gamma")) == 0.75
    assert recall(question, cite_text("Alfa beta gamma"), cite_text("Zeta")) == 1


def test_half_a_quote_is_enough_and_less_is_not() -> None:
    question = ask("Alfa beta")
    assert recall(question, cite_text("Alfa")) == 1
    assert recall(question, cite_text("Alf")) == 0


def test_citations_cover_a_quote_together() -> None:
    assert recall(ask("Alfa beta gam"), cite_text("Alf"), cite_text("gam")) == 1


def test_the_best_covered_occurrence_counts() -> None:
    assert recall(ask("Delta epsilon"), cite_text("Delta\nepsi-\nlon")) == 1


def test_parts_of_two_occurrences_do_not_add_up() -> None:
    assert recall(ask("Delta epsilon"), cite_text("Delta "), cite_text("epsi-")) == 0


def test_a_required_quote_that_is_in_no_document_is_an_error() -> None:
    with pytest.raises(ValueError, match="q: required quote is in no document"):
        recall(ask("omega"), cite_text("Alfa"))


# Citation precision


def test_precision_falls_when_the_whole_document_is_cited() -> None:
    question = ask("Alfa beta gamma")
    assert precision(question, cite_text("Alfa beta gamma.")) == 1
    assert precision(question, cite(0, len(MODUM.text))) == 13 / 41


def test_acceptable_quotes_count_for_precision_and_not_for_recall() -> None:
    question = ask("Alfa", acceptable=["Zeta"])
    assert precision(question, cite_text("Zeta")) == 1
    assert recall(question, cite_text("Zeta")) == 0


def test_any_occurrence_is_precise() -> None:
    assert precision(ask("Delta epsilon"), cite(17, len(MODUM.text))) == 24 / 28


def test_repeating_a_good_citation_does_not_raise_precision() -> None:
    good, bad = cite_text("Alfa"), cite_text("Zeta")
    assert precision(ask("Alfa"), good, good, good, bad) == 0.5


def test_an_answer_that_cites_nothing_has_precision_0() -> None:
    assert precision(ask("Alfa")) == 0


# Planted faults


def test_a_citation_from_another_municipality_is_a_leak_and_proves_nothing() -> None:
    outcome = Outcome(ask("Alfa beta gamma"), answer(cite_text("Alfa beta gamma", BAERUM)))
    assert leaks.value(outcome, DOCUMENTS) == 1
    assert unverbatim.value(outcome, DOCUMENTS) == 0
    assert evidence_recall.value(outcome, DOCUMENTS) == 0
    assert citation_precision.value(outcome, DOCUMENTS) == 0


def test_a_leak_among_the_closest_passages_counts() -> None:
    shown = answer(status="not_in_policy", closest=[cite_text("Alfa", BAERUM)])
    assert leaks.value(Outcome(ask(status="not_in_policy"), shown), DOCUMENTS) == 1


def test_a_span_off_by_one_is_unverbatim_and_proves_nothing() -> None:
    good = cite_text("beta gamma")
    for start, end in ((1, 1), (-1, -1), (0, 1), (1, 0)):
        moved = good.model_copy(update={"start": good.start + start, "end": good.end + end})
        outcome = Outcome(ask("beta gamma"), answer(moved))
        assert unverbatim.value(outcome, DOCUMENTS) == 1
        assert evidence_recall.value(outcome, DOCUMENTS) == 0
        assert citation_precision.value(outcome, DOCUMENTS) == 0


@pytest.mark.parametrize("quote", ["Vi har 13 mål", "Vi har ikke 12 mål", "vi har 12 mål", ""])
def test_a_quote_changed_in_any_way_is_unverbatim(quote: str) -> None:
    changed = cite_text("Vi har 12 mål", BAERUM).model_copy(update={"quote": quote})
    assert unverbatim.value(Outcome(ask("Alfa"), answer(changed)), DOCUMENTS) == 1


def test_an_empty_quote_is_unverbatim() -> None:
    assert unverbatim.value(Outcome(ask("Alfa"), answer(cite(5, 5))), DOCUMENTS) == 1


def test_a_citation_of_a_document_that_does_not_exist_is_unverbatim() -> None:
    invented = cite_text("Alfa").model_copy(update={"document": "annen"})
    assert unverbatim.value(Outcome(ask("Alfa"), answer(invented)), DOCUMENTS) == 1


class AlwaysRefuses:
    def ask(self, question: object) -> Answer:
        return answer(status="not_in_policy")


def test_always_refusing_answers_nothing() -> None:
    questions = [ask("Alfa"), ask("Zeta"), ask(status="not_in_policy")]
    outcomes = list(ask_all(AlwaysRefuses(), questions))
    assert aggregate(QUALITY, iter_values(QUALITY, outcomes, DOCUMENTS)) == {
        "evidence recall": 0,
        "citation precision": None,
        "answered": 0,
        "refused": 1,
        "leaks": 0,
        "unverbatim": 0,
    }


def test_an_unanswerable_question_answered_counts_against_refused_alone() -> None:
    outcome = Outcome(ask(status="not_in_policy"), answer(cite_text("Alfa")))
    assert refused.value(outcome, DOCUMENTS) == 0
    assert [
        measure.value(outcome, DOCUMENTS) for measure in (evidence_recall, citation_precision, answered)
    ] == [
        None,
        None,
        None,
    ]


def test_citations_of_an_answer_that_is_not_given_do_not_count() -> None:
    outcome = Outcome(ask("Alfa"), answer(cite_text("Alfa"), status="not_in_policy"))
    assert evidence_recall.value(outcome, DOCUMENTS) == 0


# Aggregates


def test_aggregate_and_kinds_come_from_one_stream() -> None:
    good = Outcome(ask("Alfa", "Zeta"), answer(cite_text("Alfa")))  # recall 1/2
    bad = Outcome(ask("Alfa"), answer(cite_text("Zeta")))  # recall 0
    values = list(iter_values([evidence_recall, leaks], [good, bad, good], DOCUMENTS))
    assert [each.value for each in values if each.measure == "evidence recall"] == [0.5, 0, 0.5]
    assert aggregate([evidence_recall, leaks], values) == {
        "evidence recall": pytest.approx(1 / 3),
        "leaks": 0,
    }
    assert aggregate_by_kind([evidence_recall], [each for each in values if each.measure != "leaks"]) == {
        "fact": {"evidence recall": pytest.approx(1 / 3)}
    }


def test_leaks_are_summed() -> None:
    leaky = Outcome(ask("Alfa"), answer(cite_text("Alfa", BAERUM), cite_text("beta", BAERUM)))
    assert aggregate([leaks], iter_values([leaks], [leaky, leaky], DOCUMENTS)) == {"leaks": 4}


@pytest.mark.parametrize(("percentile", "expected"), [(50, 10), (95, 19), (96, 20), (100, 20), (1, 1)])
def test_latency_is_the_nearest_rank(percentile: float, expected: float) -> None:
    outcomes = [Outcome(ask("Alfa"), answer(), float(milliseconds)) for milliseconds in range(20, 0, -1)]
    measure = Latency(percentile)
    assert aggregate([measure], iter_values([measure], outcomes, DOCUMENTS)) == {measure.name: expected}


def test_every_measure_has_a_name_and_a_description_of_one_line() -> None:
    assert len({measure.name for measure in QUALITY}) == len(QUALITY)
    assert all(measure.description and "\n" not in measure.description for measure in QUALITY)


# Questions


def write(folder: Path, *lines: str) -> Path:
    file = folder / "modum.jsonl"
    file.write_text("\n".join(lines), encoding="utf-8")
    return file


LINE = {
    "id": "m1",
    "municipality": "modum",
    "language": "nb",
    "kind": "fact",
    "status": "answered",
    "history": [{"role": "user", "content": "Hei"}],
    "question": "Hva?",
    "required": ["Alfa beta"],
    "acceptable": [],
    "must_mention": [],
}


def test_a_question_file_is_read(tmp_path: Path) -> None:
    [question] = load_questions(write(tmp_path, json.dumps(LINE), ""))
    assert question.required == ("Alfa beta",)
    assert question.as_asked().history[0].content == "Hei"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{", "not JSON"),
        (json.dumps({**LINE, "status": "maybe"}), "status"),
        (json.dumps({**LINE, "answer": "ja"}), "answer"),
        (json.dumps({key: LINE[key] for key in LINE if key != "kind"}), "kind"),
        ("[]", "line"),
    ],
)
def test_a_bad_line_is_named(tmp_path: Path, line: str, reason: str) -> None:
    with pytest.raises(QuestionFileError, match=rf"modum\.jsonl:2: .*{reason}"):
        load_questions(write(tmp_path, json.dumps(LINE), line))


def test_no_questions_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"halves: .*development"):
        load_questions("holdout-that-is-not-here")
    with pytest.raises(ValueError, match="municipalities: modum"):
        load_questions(write(tmp_path, json.dumps(LINE)), municipality="oslo")


def test_faults_in_questions_are_found(tmp_path: Path) -> None:
    lines = [
        {**LINE, "required": ["Alfa beta", "omega"]},
        {**LINE, "required": []},
        {**LINE, "id": "m2", "status": "not_in_policy"},
    ]
    questions = load_questions(write(tmp_path, *map(json.dumps, lines)))
    assert check_questions(questions, DOCUMENTS) == [
        "m1: the id is used 2 times",
        "m1: not in modum's documents: 'omega'",
        "m1: status is answered but it has no required quote",
        "m2: status is not_in_policy but it has required quotes",
    ]


def test_all_development_questions_load_and_their_quotes_occur() -> None:
    questions = load_questions("development")
    assert check_questions(questions, read_documents(PROJECT / "corpus")) == []
    assert {question.municipality for question in questions} == {
        "modum",
        "sandefjord",
        "elverum",
        "midt-telemark",
        "baerum",
    }
