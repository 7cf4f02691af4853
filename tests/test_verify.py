"""Nothing that the documents do not say gets through."""

from __future__ import annotations

import pytest

from assistant.answer import Citation, Question, Statement
from assistant.chain import PolicyAssistant
from assistant.verify import citation_holds, quote_bears_out, verified
from ingest.document import Document


@pytest.fixture(scope="module")
def documents(policy_assistant: PolicyAssistant) -> dict[str, Document]:
    return {d.id: d for d in policy_assistant.documents("baerum")}


@pytest.fixture(scope="module")
def proven(policy_assistant: PolicyAssistant) -> tuple[Statement, Citation]:
    """A statement with a number in it, as the assistant gives it."""
    answer = policy_assistant.ask(
        Question(municipality="baerum", question="hvor mange nye medarbeidere rekrutteres pr år?")
    )
    statement = next(s for s in answer.statements if "1600" in s.text)
    return statement, next(c for c in answer.citations if c.n == statement.citations[0])


def test_what_the_assistant_says_is_borne_out(proven: tuple[Statement, Citation]) -> None:
    statement, citation = proven
    assert quote_bears_out(statement, [citation])


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("1600", "1700"),
        ("1600", "160"),
        ("rekrutterer", "rekrutterer ikke"),
        ("nye", ""),
        ("Kommunen", "Rådmannen"),
        ("år.", "år?"),
        ("medarbeidere", "Medarbeidere"),
        ("snitt 1600", "1600 snitt"),
    ],
)
def test_a_changed_statement_is_not_borne_out(
    proven: tuple[Statement, Citation], before: str, after: str
) -> None:
    statement, citation = proven
    assert before in statement.text
    tampered = statement.model_copy(update={"text": statement.text.replace(before, after)})
    assert not quote_bears_out(tampered, [citation])


@pytest.mark.parametrize(("start", "end"), [(1, 0), (0, 1), (-1, 0), (0, -1), (1, 1)])
def test_a_span_that_is_off_by_one_does_not_hold(
    proven: tuple[Statement, Citation], documents: dict[str, Document], start: int, end: int
) -> None:
    citation = proven[1]
    moved = citation.model_copy(update={"start": citation.start + start, "end": citation.end + end})
    assert citation_holds(citation, documents, "baerum")
    assert not citation_holds(moved, documents, "baerum")


def test_a_fuzzy_quote_does_not_hold(
    proven: tuple[Statement, Citation], documents: dict[str, Document]
) -> None:
    citation = proven[1]
    same_words = citation.model_copy(update={"quote": " ".join(citation.quote.split()) + " "})
    assert not citation_holds(same_words, documents, "baerum")


def test_another_municipalitys_document_does_not_hold(
    proven: tuple[Statement, Citation], documents: dict[str, Document]
) -> None:
    citation = proven[1]
    assert not citation_holds(citation, documents, "modum")
    assert not citation_holds(citation.model_copy(update={"municipality": "modum"}), documents, "baerum")


def test_a_statement_without_a_sound_citation_is_dropped_and_the_rest_numbered_anew(
    policy_assistant: PolicyAssistant, documents: dict[str, Document]
) -> None:
    answer = policy_assistant.ask(Question(municipality="baerum", question="Hva forventes av meg som leder?"))
    citations = [
        c.model_copy(update={"quote": c.quote.replace("leder", "ansatt")}) if c.n == 1 else c
        for c in answer.citations
    ]
    assert citations[0].quote != answer.citations[0].quote
    kept, used = verified(answer.statements, citations, documents, "baerum")
    assert [s.text for s in kept] == [s.text for s in answer.statements if 1 not in s.citations]
    assert [c.n for c in used] == list(range(1, len(used) + 1))
    assert all(quote_bears_out(s, used) for s in kept)


def test_two_parts_of_a_cut_sentence_bear_it_out_together_and_not_alone(
    policy_assistant: PolicyAssistant,
) -> None:
    answer = policy_assistant.ask(Question(municipality="modum", question="Hva forventes av meg som leder?"))
    cut = next(s for s in answer.statements if len(s.citations) == 2)
    assert cut.text.startswith("Ledere skal følge opp Arbeidsgiverpolitikken")
    assert "http" not in cut.text
    assert quote_bears_out(cut, answer.citations)
    assert not quote_bears_out(cut.model_copy(update={"citations": cut.citations[:1]}), answer.citations)


def test_a_statement_that_cites_nothing_is_not_borne_out(proven: tuple[Statement, Citation]) -> None:
    statement, citation = proven
    assert not quote_bears_out(statement.model_copy(update={"citations": []}), [citation])
    assert not quote_bears_out(statement.model_copy(update={"citations": [7]}), [citation])
