"""What is asked, in which language, and whether it is a question at all."""

from __future__ import annotations

import pytest

from assistant.answer import Question, Turn
from assistant.chain import PolicyAssistant
from assistant.errors import AskError, BadQuestion, QuestionTooLong, UnknownMunicipality
from assistant.language import detect_language
from assistant.roles import roles_asked_about
from assistant.understand import is_smalltalk, other_municipality, stand_alone

NAMES = {"modum": "Modum", "baerum": "Bærum", "midt-telemark": "Midt-Telemark", "sandefjord": "Sandefjord"}


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Hva forventes av meg som leder?", "nb"),
        ("Kva blir forventa av meg som leiar?", "nn"),
        ("What is expected of me as a leader?", "en"),
        ("får jeg lov å si nei", "nb"),
        ("eg er ny her, kva er verdiane våre", "nn"),
        ("can I work from home", "en"),
        ("lønn", "nb"),
    ],
)
def test_the_language_of_a_question_is_told(text: str, language: str) -> None:
    assert detect_language(text) == language


def test_a_word_that_tells_nothing_takes_the_language_of_the_conversation() -> None:
    assert detect_language("kurs", default="nn") == "nn"


@pytest.mark.parametrize(
    "text", ["Hei!", "tusen takk for hjelpen :)", "hei og takk", "thank you so much", "Kven er du?"]
)
def test_greetings_and_thanks_are_small_talk(text: str) -> None:
    assert is_smalltalk(text)


@pytest.mark.parametrize(
    "text", ["lønn", "hei, hva sier dere om lønn", "takk for sist, hvem er verneombud", "og da?"]
)
def test_a_question_is_no_small_talk(text: str) -> None:
    assert not is_smalltalk(text)


@pytest.mark.parametrize(
    ("text", "other"),
    [
        ("hva sier Bærum om lederskap?", "Bærum"),
        ("hva står det i Sandefjords politikk", "Sandefjord"),
        ("hvordan er det i midt telemark", "Midt-Telemark"),
        ("hva gjør Oslo kommune", "Oslo"),
        ("hva mener Modum kommune om kurs", ""),
        ("hva sier kommunen om kurs", ""),
        ("Hvilken kommune er dette?", ""),
    ],
)
def test_another_municipality_in_the_question_is_noticed(text: str, other: str) -> None:
    assert other_municipality(text, "modum", NAMES) == other


def turns(*questions: str) -> tuple[Turn, ...]:
    return tuple(
        turn
        for question in questions
        for turn in (Turn(role="user", content=question), Turn(role="assistant", content="Svar [1]"))
    )


def test_a_follow_up_brings_the_question_it_leans_on() -> None:
    assert stand_alone("og hva med lærlinger?", turns("Hva sier dere om kurs?")).startswith(
        "Hva sier dere om kurs"
    )
    assert "lærlinger" in stand_alone("og hva med lærlinger?", turns("Hva sier dere om kurs?"))


@pytest.mark.parametrize(
    ("before", "asked", "meant"),
    [
        ("Hva forventes av ledere?", "Og verneombudet?", "Hva forventes av verneombudet?"),
        ("kva skal leiaren gjere", "enn dei tillitsvalde?", "kva skal tillitsvalde gjere?"),
        ("What is expected of leaders?", "And employees?", "What is expected of employees?"),
        ("Hva forventes av ledere?", "og sjefene?", "Hva forventes av ledere – og sjefene?"),
        (
            "Hva forventes av ledere?",
            "og verneombudet på kveldsvakt?",
            "Hva forventes av ledere – og verneombudet på kveldsvakt?",
        ),
        ("Skal strategien revideres?", "Når da?", "Skal strategien revideres – Når da?"),
        ("Får vi kurs?", "Gjelder det vikarer også?", "Får vi kurs – Gjelder det vikarer også?"),
    ],
)
def test_a_follow_up_becomes_a_question_of_its_own(before: str, asked: str, meant: str) -> None:
    assert stand_alone(asked, turns(before)) == meant


def test_a_question_of_its_own_leaves_the_history_alone() -> None:
    asked = "Hvilke verdier skal ansatte i kommunen jobbe etter til daglig?"
    assert stand_alone(asked, turns("kurs?")) == asked


@pytest.mark.parametrize(
    ("text", "role"),
    [
        ("Hva forventes av meg som leder?", "leader"),
        ("Kva blir venta av meg som tilsett?", "employee"),
        ("What is expected of me as a manager?", "leader"),
        ("hvilket ansvar har verneombudet", "safety"),
        ("Hvorfor har vi bestemt at alle ledere må ha mastergrad?", ""),
        ("hvor ofte skal ledere ha medarbeidersamtale med hver ansatt", ""),
        ("hva gjør jeg når lederen min er syk", ""),
    ],
)
def test_a_question_about_a_roles_duties_is_told_from_others(text: str, role: str) -> None:
    assert roles_asked_about(text)[0] == ((role,) if role else ())


@pytest.mark.parametrize(
    ("question", "error", "field"),
    [
        ({"question": ""}, BadQuestion, "question"),
        ({"question": "  \n\t "}, BadQuestion, "question"),
        ({"question": "?!…"}, BadQuestion, "question"),
        ({"question": "lønn\x00"}, BadQuestion, "question"),
        ({"question": "\x1b[31mlønn"}, BadQuestion, "question"),
        ({"question": "x" * 100_000}, QuestionTooLong, "question"),
        ({"municipality": "oslo"}, UnknownMunicipality, "municipality"),
        ({"municipality": "../modum"}, UnknownMunicipality, "municipality"),
        ({"history": turns(*["kurs"] * 30)}, BadQuestion, "history"),
        ({"history": (Turn(role="user", content="x" * 50_000),)}, BadQuestion, "history"),
        ({"history": (Turn(role="user", content="a\x07"),)}, BadQuestion, "history"),
    ],
)
def test_bad_input_is_refused_with_the_field_and_a_sentence_in_three_languages(
    policy_assistant: PolicyAssistant, question: dict[str, object], error: type[AskError], field: str
) -> None:
    asked = Question.model_validate({"municipality": "modum", "question": "kurs?"} | question)
    with pytest.raises(error) as caught:
        policy_assistant.ask(asked)
    assert caught.value.field == field
    messages = {caught.value.message(language) for language in ("nb", "nn", "en")}
    assert len(messages) == 3
    assert all(message.endswith(".") and "{" not in message for message in messages)
    assert len(str(caught.value)) < 400


def test_an_answer_to_another_municipalitys_matter_says_whose_and_how_to_switch(
    policy_assistant: PolicyAssistant,
) -> None:
    answer = policy_assistant.ask(
        Question(municipality="modum", question="Hva forventer Bærum av lederne sine?")
    )
    assert answer.status == "other_municipality"
    assert "Bærum" in answer.answer
    assert "Modum" in answer.answer
    assert "Bytt kommune" in answer.answer


def test_what_the_policy_does_not_say_is_said_so_with_the_document_that_was_searched(
    policy_assistant: PolicyAssistant,
) -> None:
    answer = policy_assistant.ask(
        Question(municipality="modum", question="Kan jeg få hjemmekontor på fredager?")
    )
    assert answer.status == "not_in_policy"
    assert "Arbeidsgiverpolitikk for Modum kommune" in answer.answer
    assert answer.closest
