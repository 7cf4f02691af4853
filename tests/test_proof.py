"""Statement support and tampering: what code can prove, and that it does not prove what is not so."""

from __future__ import annotations

import pytest

from assistant.answer import Answer, Citation, Statement
from assistant.verify import verified
from eval.documents import TextDocument
from eval.measures import statement_support, tampered_caught
from eval.measures.statement_support import Verifier
from eval.measures.tampering import TamperedCaught, tampered
from eval.outcomes import Outcome
from eval.questions import EvalQuestion

MODUM = TextDocument("plan", "modum", "Ledere skal ikke vente.\nKommunen har 12 med-\narbeidere i snitt.")
BAERUM = TextDocument("plan", "baerum", "Vi har mange ansatte her, og de er alle like mye verdt for oss.")
DOCUMENTS = [MODUM, BAERUM]
QUESTION = EvalQuestion("q", "modum", "nb", "fact", "answered", "Hva?", required=("Ledere",))


def cite(quote: str, n: int = 1) -> Citation:
    start = MODUM.text.index(quote)
    end = start + len(quote)
    return Citation(
        n=n, municipality="modum", document="plan", title="", section=[], quote=quote, start=start, end=end
    )


FIRST, SECOND = cite("Ledere skal ikke vente."), cite("Kommunen har 12 med-\narbeidere i snitt.", 2)
LEADERS = Statement(text="Ledere skal ikke vente.", citations=[1])
STAFF = Statement(text="Kommunen har 12 medarbeidere i snitt.", citations=[2])


def outcome(*statements: Statement) -> Outcome:
    answer = Answer(
        status="answered",
        answer="",
        language="nb",
        statements=list(statements),
        citations=[FIRST, SECOND],
        understood="",
    )
    return Outcome(QUESTION, answer)


def test_support_is_the_share_of_statements_that_are_quotations() -> None:
    wrong = LEADERS.model_copy(update={"text": "Ledere skal vente."})
    assert statement_support.value(outcome(LEADERS, STAFF), DOCUMENTS) == 1
    assert statement_support.value(outcome(LEADERS, STAFF, wrong, wrong), DOCUMENTS) == 0.5


def test_line_breaks_of_the_page_take_no_support_away() -> None:
    as_printed = STAFF.model_copy(update={"text": SECOND.quote})
    assert statement_support.value(outcome(as_printed), DOCUMENTS) == 1


def test_an_answer_without_statements_has_no_support_and_a_refusal_has_no_value() -> None:
    assert statement_support.value(outcome(), DOCUMENTS) == 0
    refused = outcome().answer.model_copy(update={"status": "not_in_policy"})
    assert statement_support.value(Outcome(QUESTION, refused), DOCUMENTS) is None


def texts(statement: Statement) -> dict[str, str]:
    copies = tampered(statement, [FIRST, SECOND], DOCUMENTS)
    return {copy.kind: copy.statement.text for copy in copies}


def test_statements_are_tampered_with_in_every_way() -> None:
    leaders, staff = texts(LEADERS), texts(STAFF)
    assert leaders["negation dropped"] == "Ledere skal vente."
    assert leaders["role swapped"] == "medarbeider skal ikke vente."
    assert leaders["beginning cut off"] == "skal ikke vente."
    assert leaders["end cut off"] == "Ledere skal ikke"
    assert staff["number changed"] == "Kommunen har 13 medarbeidere i snitt."
    assert staff["number changed in quote too"] == staff["number changed"]
    assert staff["«ikke» inserted"] == "Kommunen har ikke 12 medarbeidere i snitt."
    assert {
        "another municipality's name",
        "another municipality's document",
        "another municipality's words",
        "place off by one",
        "place and quote off by one",
        "quote cut off",
    } <= staff.keys()


@pytest.mark.parametrize("statement", [LEADERS, STAFF])
def test_no_copy_is_the_original(statement: Statement) -> None:
    for copy in tampered(statement, [FIRST, SECOND], DOCUMENTS):
        cited = [c for c in (FIRST, SECOND) if c.n in statement.citations]
        assert (copy.statement, copy.citations) != (statement, cited), copy.kind


def test_the_verifier_catches_all_of_them() -> None:
    assert tampered_caught.value(outcome(LEADERS, STAFF), DOCUMENTS) == 1


def _lets_all_through(statements, citations, documents, municipality):  # type: ignore[no-untyped-def]
    return list(statements), list(citations)


def _looks_at_words_alone(statements, citations, documents, municipality):  # type: ignore[no-untyped-def]
    """Whether the statement's words all stand in the quotes: the fuzzy check of many a chat bot."""
    quoted = {word.strip(".,") for c in citations for word in c.quote.replace("-\n", "").split()}
    return [s for s in statements if {w.strip(".,") for w in s.text.split()} <= quoted], list(citations)


def _trusts_quotes(statements, citations, documents, municipality):  # type: ignore[no-untyped-def]
    """Statements against quotes, but quotes not against the documents."""
    from assistant.verify import quote_bears_out

    return [s for s in statements if quote_bears_out(s, citations)], list(citations)


@pytest.mark.parametrize(
    ("verifier", "low", "high"),
    [
        (_lets_all_through, 0, 0),
        (_looks_at_words_alone, 0.2, 0.6),
        (_trusts_quotes, 0.3, 0.8),
        (verified, 1, 1),
    ],
)
def test_a_worse_verifier_is_found_out(verifier: Verifier, low: float, high: float) -> None:
    caught = TamperedCaught(verifier).value(outcome(LEADERS, STAFF), DOCUMENTS)
    assert caught is not None and low <= caught <= high


def test_a_statement_that_is_wrong_to_begin_with_is_not_tampered_with() -> None:
    wrong = LEADERS.model_copy(update={"text": "Ledere skal vente."})
    assert tampered_caught.value(outcome(wrong), DOCUMENTS) is None
