"""What the reader gets: dates and warnings, why there is no answer, whole table rows, nothing said twice."""

from __future__ import annotations

import pytest

from assistant.answer import Citation, Language, Question
from assistant.chain import PolicyAssistant
from assistant.compose import readable_date, validity
from assistant.lists import names_party, table_row
from assistant.overview import asks_for_whole, overview
from assistant.roles import roles_asked_about
from ingest.document import Document, Period

TODAY_IS_LATER = "2017-12-31"


def cited(section: list[str], valid_to: str | None = None, adopted: str | None = None) -> Citation:
    return Citation(
        n=1, municipality="nyby", document="plan", title="Planen", section=section, quote="x", start=0,
        end=1, adopted=adopted, valid_to=valid_to,
    )  # fmt: skip


def document(*periods: Period) -> dict[str, Document]:
    found = Document("nyby", "Nyby", "plan", "Planen", "policy", "nb", "x", "", periods=periods)
    return {"plan": found}


@pytest.mark.parametrize(
    ("language", "written"), [("nb", "19. juni 2025"), ("nn", "19. juni 2025"), ("en", "19 June 2025")]
)
def test_a_date_is_written_as_people_do(language: Language, written: str) -> None:
    assert readable_date("2025-06-19", language) == written


def test_the_day_of_adoption_is_told() -> None:
    assert validity([cited([], adopted="2025-06-19")], document(), "nb") == ["Vedtatt 19. juni 2025."]


def test_a_chapter_whose_time_has_passed_is_warned_of_by_its_name() -> None:
    chapter = Period("Tiltak 2016-2017", None, TODAY_IS_LATER)
    told = validity([cited(["Planen", "Tiltak 2016-2017"], TODAY_IS_LATER)], document(chapter), "nb")
    assert told == ["OBS: «Tiltak 2016-2017» gjaldt til 31. desember 2017. Spør HR om det fortsatt gjelder."]


def test_a_document_that_still_holds_is_told_without_warning() -> None:
    assert validity([cited([], "2999-01-01")], document(), "en") == ["«Planen» applies until 1 January 2999."]


def test_nothing_is_said_of_time_when_the_document_says_nothing() -> None:
    assert validity([cited(["Planen"])], document(), "nb") == []


# --- why there is no answer ------------------------------------------------------------------------------


def ask(assistant: PolicyAssistant, municipality: str, question: str) -> str:
    return assistant.ask(Question(municipality=municipality, question=question)).answer


def test_another_known_municipality_gets_the_way_to_switch(policy_assistant: PolicyAssistant) -> None:
    assert "Bytt kommune" in ask(policy_assistant, "modum", "hva sier Elverum om kurs?")


def test_of_an_unknown_municipality_it_is_said_that_there_are_no_documents(
    policy_assistant: PolicyAssistant,
) -> None:
    assert "Fra Drammen har jeg ingen dokumenter" in ask(
        policy_assistant, "modum", "hva gjør Drammen med kurs?"
    )


def test_a_home_in_another_municipality_is_no_question_about_it(policy_assistant: PolicyAssistant) -> None:
    asked = Question(municipality="modum", question="jeg bor i Drammen, hva forventes av meg som leder?")
    assert policy_assistant.trace(asked).understood.kind == "question"


@pytest.mark.parametrize(
    ("question", "language", "said"),
    [
        ("hvor mye tjener en lærer med ti års ansiennitet", "nb", "Jeg finner ikke"),
        ("kor mykje tener ein lærar", "nn", "Eg finn ikkje"),
        ("how much does a teacher earn", "en", "I cannot find"),
    ],
)
def test_a_no_is_in_the_language_of_the_question_and_names_what_was_searched(
    policy_assistant: PolicyAssistant, question: str, language: str, said: str
) -> None:
    answer = policy_assistant.ask(Question(municipality="modum", question=question))
    assert (answer.status, answer.language) == ("not_in_policy", language)
    assert answer.answer.startswith(said) and "«Arbeidsgiverpolitikk for Modum kommune»" in answer.answer


# --- what is quoted --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "whole"),
    [
        ("Hva er det viktigste i strategien, kort fortalt?", True),
        ("hele arbeidsgiverpolitikken på noen få linjer", True),
        ("give me the gist of the whole policy", True),
        ("kan du oppsummere hva strategien sier om kurs", False),
        ("oppsummer kapitlet om ledelse", False),
        ("hva er strategien for rekruttering", False),
    ],
)
def test_the_whole_document_is_told_from_a_part_of_it(question: str, whole: bool) -> None:
    assert asks_for_whole(question) is whole


@pytest.mark.parametrize("municipality", ["baerum", "elverum", "midt-telemark", "modum", "sandefjord"])
def test_every_policy_has_an_overview_of_several_parts(
    policy_assistant: PolicyAssistant, municipality: str
) -> None:
    found = overview(policy_assistant.indexes[municipality])
    assert 4 <= len(found) <= 20 and len({ref.id for ref in found}) == len(found)


@pytest.mark.parametrize(
    ("question", "roles"),
    [
        ("hva forventes av både ledere og medarbeidere", ("leader", "employee")),
        ("Er ny her. Jobber på kjøkkenet. Hva forventes av meg som ansatt?", ("employee",)),
        ("hva forventer lederen av den ansatte", ()),
    ],
)
def test_the_roles_whose_duties_are_asked_for(question: str, roles: tuple[str, ...]) -> None:
    assert roles_asked_about(question)[0] == roles


def test_expectations_of_several_roles_are_grouped_under_their_headings(
    policy_assistant: PolicyAssistant,
) -> None:
    asked = Question(municipality="modum", question="Hva forventes av både ledere og medarbeidere?")
    answer = policy_assistant.ask(asked)
    sections = {tuple(c.section) for c in answer.citations}
    assert len(sections) >= 2 and answer.answer.count("**") >= 4
    texts = [s.text for s in answer.statements]
    assert any(t.startswith("Ledere som") for t in texts) and any(
        t.startswith("Medarbeidere som") for t in texts
    )


@pytest.mark.parametrize("text", ["HR-enheten", "Rådmannen", "Kommunalsjef Pleie- og omsorg"])
def test_a_cell_that_names_a_party_is_known(text: str) -> None:
    assert names_party(text)


@pytest.mark.parametrize("text", ["Åpenhet", "Videreutvikle ledelse på alle nivå", "Heltidskultur", ""])
def test_a_cell_that_says_more_names_none(text: str) -> None:
    assert not names_party(text)


def test_a_measure_of_a_plan_keeps_who_answers_for_it_and_back(policy_assistant: PolicyAssistant) -> None:
    index = policy_assistant.indexes["baerum"]
    (measure,) = [r for r in index.spans if r.span.text.startswith("Innføre ny medarbeiderundersøkelse")]
    row = table_row(measure, index)
    assert [r.span.text for r in row[1:]] == ["HR-enheten"]
    assert table_row(row[1], index) == row


def test_no_sentence_is_quoted_twice(policy_assistant: PolicyAssistant) -> None:
    for question in ("hva vil det si å være raus?", "hva er verdien vår?", "hva er visjonen?"):
        answer = policy_assistant.ask(Question(municipality="midt-telemark", question=question))
        texts = ["".join(c for c in s.text.casefold() if c.isalnum()) for s in answer.statements]
        assert not [t for t in texts if len(t) >= 25 and any(t in other for other in texts if other is not t)]
