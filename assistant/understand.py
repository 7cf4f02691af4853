"""What is asked: language, kind of message, and the question as it is searched for."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Literal

from assistant.answer import Language, Question, Turn
from assistant.errors import BadQuestion, QuestionTooLong, UnknownMunicipality
from assistant.language import LANGUAGES, detect_language, language_data
from assistant.phrases import alternatives, load_data
from assistant.settings import Settings
from ingest.analysis import stopwords, words
from ingest.instructions import instruction_in

_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
MAX_TURN_CHARS = 20_000  # of one earlier turn; a long answer quotes a few thousand
_KOMMUNE = re.compile(r"\b([A-ZÆØÅ][\wæøå]+(?:-[A-ZÆØÅ]?[\wæøå]+)?)s?\s+kommune\b", re.UNICODE)
_FOLLOW_UP_WORDS = 6  # a longer question stands on its own


@dataclass(frozen=True)
class Understood:
    """A question ready to be searched for.

    ``search_text`` is the question on its own, with what it leans on in the history folded in.
    ``other`` names the other municipality when ``kind`` is "other_municipality". An "instruction" tells the
    assistant what to do or be instead of asking about the policy.
    """

    municipality: str
    asked: str
    search_text: str
    language: Language
    kind: Literal["question", "smalltalk", "other_municipality", "instruction"]
    other: str = ""


def topic_words(text: str) -> list[str]:
    """The words of ``text`` that carry its topic: neither function words nor words that frame a question."""
    frame = _frame_words()
    return [word for word in words(text) if word not in stopwords() and word not in frame]


@cache
def _frame_words() -> frozenset[str]:
    return frozenset(load_data("question_types")["frame"]["words"].split())


def check_question(question: Question, municipalities: Mapping[str, str], settings: Settings) -> None:
    """Raise UnknownMunicipality, QuestionTooLong or BadQuestion when ``question`` cannot be asked."""
    if question.municipality not in municipalities:
        raise UnknownMunicipality(question.municipality, list(municipalities))
    if len(question.question) > settings.max_question_chars:
        raise QuestionTooLong(len(question.question), settings.max_question_chars)
    if not _readable(question.question):
        raise BadQuestion("error_control_characters", "question")
    if not any(c.isalnum() for c in question.question):
        raise BadQuestion("error_empty", "question")
    if len(question.history) > settings.max_history_turns:
        raise BadQuestion("error_history_long", "history", limit=settings.max_history_turns)
    if not all(_readable(turn.content) and len(turn.content) <= MAX_TURN_CHARS for turn in question.history):
        raise BadQuestion("error_history_turn", "history", limit=MAX_TURN_CHARS)


def _readable(text: str) -> bool:
    """Whether ``text`` is free of control characters and of halves of characters."""
    return not _CONTROL.search(text)


def understand(
    question: Question, municipalities: Mapping[str, str], own_words: Collection[str] = ()
) -> Understood:
    """Tell what kind of message this is and write the question so that it stands on its own.

    ``municipalities`` maps keys to names. ``own_words``: the words of the municipality's documents.
    Instructions have no effect: one in place of a question is told apart, those in the history are left out.
    """
    asked = " ".join(unicodedata.normalize("NFC", question.question).split())
    language = detect_language(asked, default=_language_before(question.history))
    if is_smalltalk(asked):
        return Understood(question.municipality, asked, asked, language, "smalltalk")
    if instruction_in(question.question):
        return Understood(question.municipality, asked, asked, language, "instruction")
    other = other_municipality(asked, question.municipality, municipalities, own_words)
    if other:
        return Understood(question.municipality, asked, asked, language, "other_municipality", other)
    search_text = stand_alone(asked, question.history)
    return Understood(question.municipality, asked, search_text, language, "question")


def is_smalltalk(text: str) -> bool:
    """Whether the whole message is a greeting, thanks, or a question about the assistant."""
    messages, around, asking = _smalltalk()
    left, said = words(text), False
    while left:
        longest = next((n for n in range(len(left), 0, -1) if " ".join(left[:n]) in messages), 0)
        if not longest and (left[0] not in around or left[0] in asking):
            return False
        said |= longest > 0
        left = left[max(longest, 1) :]
    return said


@cache
def _smalltalk() -> tuple[frozenset[str], frozenset[str], frozenset[str]]:
    table = language_data()["smalltalk"]
    messages = {message for language in LANGUAGES for message in alternatives(table[language])}
    around = stopwords() | set(table["padding"].split())
    return frozenset(messages), frozenset(around), frozenset(table["question_words"].split())


def other_municipality(
    text: str, own: str, municipalities: Mapping[str, str], own_words: Collection[str] = ()
) -> str:
    """The name of another municipality that ``text`` asks about, "" when there is none.

    ``own_words``: words of the municipality's own documents; a place that these name is not another
    municipality unless it is called one.
    """
    own_name = municipalities[own].lower()
    lowered = f" {' '.join(words(text))} "
    for key, name in municipalities.items():
        forms = {name.lower(), key, name.lower().replace("-", " ")} - {own_name, own}
        if key != own and any(f" {form} " in lowered or f" {form}s " in lowered for form in forms):
            return name
    for match in _KOMMUNE.finditer(text):
        name = match.group(1)
        if name.lower() not in (own_name, own_name + "s") and name.lower() not in (stopwords() | _NOT_NAMES):
            return name.removesuffix("s") if name.lower().removesuffix("s") in municipalities else name
    return _named_municipality(text, own_name, own_words)


_NOT_NAMES = {"annen", "anna", "norsk", "norske", "every", "any"}  # "Norsk kommune" is none


def _named_municipality(text: str, own_name: str, own_words: Collection[str]) -> str:
    """The first of Norway's municipalities ``text`` names, homes and those the documents name aside."""
    listed = load_data("municipalities")
    for match in _municipality_names().finditer(text):
        found, before = match.group("name"), words(text[: match.start()])
        name = _by_lower()[found.lower()]
        called = match.group("kommune") is not None
        home = set(before[-listed["home_steps"] :]) & set(listed["home"].split())
        ambiguous = name in alternatives(listed["ambiguous"])
        opens = not before or text[: match.start()].rstrip()[-1:] in ".!?:"
        if name.lower() == own_name or (ambiguous and not called and (found[0].islower() or opens)):
            continue
        if called or not (home or name.lower() in own_words):
            return name
    return ""


@cache
def _by_lower() -> dict[str, str]:
    listed = load_data("municipalities")
    return {
        name.lower(): name for name in (*alternatives(listed["ambiguous"]), *alternatives(listed["names"]))
    }


@cache
def _municipality_names() -> re.Pattern[str]:
    names = "|".join(sorted(map(re.escape, _by_lower()), key=len, reverse=True))
    return re.compile(rf"\b(?P<name>{names})s?\b(?P<kommune>\s+(?:kommune|municipality)\b)?", re.IGNORECASE)


def stand_alone(asked: str, history: Sequence[Turn]) -> str:
    """``asked`` with the user's question before it folded in when it leans on that one.

    A question that only names another role takes the place of the one before: after "Hva forventes av
    ledere?", "Og verneombudet?" is "Hva forventes av verneombudet?".
    """
    said = [turn.content for turn in history if turn.role == "user" and turn.content.strip()]
    before = [text for text in said if not instruction_in(text)]
    if not before or not _leans_on_history(asked):
        return asked
    earlier = " ".join(before[-1].split()).rstrip("?.! ")
    return _of_another_role(earlier, asked) or f"{earlier} – {asked}"


def _of_another_role(earlier: str, asked: str) -> str:
    """``earlier`` asked of the role that ``asked`` names and nothing else; "" when it is not so."""
    roles = _role_words()
    named = [word for word in words(asked) if word in roles]
    before = [word for word in words(earlier) if word in roles]
    if len(named) != 1 or len(before) != 1 or topic_words(asked) != named:
        return ""
    if roles[named[0]] == roles[before[0]]:
        return ""
    return re.sub(rf"\b{re.escape(before[0])}\b", named[0], earlier, flags=re.IGNORECASE) + "?"


@cache
def _role_words() -> dict[str, str]:
    """Each word for a role, with the role."""
    tables = {role: table for role, table in load_data("roles").items() if role != "duty"}
    return {
        word: role
        for role, table in tables.items()
        for word in f"{table['asked']} {table['written']}".split()
    }


def _leans_on_history(asked: str) -> bool:
    found = words(asked)
    topic = [w for w in found if w not in stopwords()]
    opening = " ".join(found)
    opens = any(opening == o or opening.startswith(o + " ") for o in _openings())
    points = bool(set(found) & set(language_data()["follow_up"]["pointers"].split()))
    return (
        (opens and len(found) <= 2 * _FOLLOW_UP_WORDS)
        or (points and len(topic) <= 3)
        or (not topic and len(found) <= _FOLLOW_UP_WORDS)
    )


@cache
def _openings() -> tuple[str, ...]:
    return alternatives(language_data()["follow_up"]["openings"])


def _language_before(history: Sequence[Turn]) -> Language:
    """The language of the newest question before; bokmål when there is none."""
    for turn in reversed(history):
        if turn.role == "user":
            return detect_language(turn.content)
    return "nb"
