"""The JSON bodies that go in and out of the API."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BaseModel, Field, StringConstraints
from pydantic_core import PydanticCustomError

from assistant.answer import Answer, Turn
from assistant.web.feedback import Reason, Verdict


def _readable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise PydanticCustomError("unreadable", "half a surrogate pair") from error
    return text


Text = Annotated[str, AfterValidator(_readable)]
ConversationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class TurnIn(Turn):
    """One earlier turn, in text that can be read."""

    content: Text


class AskRequest(BaseModel):
    """A question to one municipality; ``history`` holds earlier turns, newest last."""

    municipality: Text
    question: Text
    history: list[TurnIn] = []
    conversation_id: ConversationId | None = None


class AskResponse(Answer):
    """The answer and the conversation it belongs to: the id sent along, or a new one."""

    conversation_id: str


class MunicipalityOut(BaseModel):
    """A municipality that can be asked about."""

    key: str
    name: str


class PeriodOut(BaseModel):
    """The time that one chapter of a document is for, when it differs from the document's."""

    section: str
    valid_from: str | None
    valid_to: str | None


class DocumentOut(BaseModel):
    """A document and its validity; dates are ISO 8601 or null when the document does not tell.

    ``expired`` is true when the document's own period has passed.
    """

    municipality: str
    municipality_name: str
    id: str
    title: str
    kind: str
    language: str
    adopted: str | None
    valid_from: str | None
    valid_to: str | None
    expired: bool
    periods: list[PeriodOut]
    sha256: str


class SectionOut(BaseModel):
    """A section: its headings from the top down, and its place in the text in code points."""

    heading_path: list[str]
    level: int
    start: int
    end: int


class DocumentText(DocumentOut):
    """A document with its text; citations' ``start`` and ``end`` count in this very text."""

    text: str
    sections: list[SectionOut]


class FeedbackRequest(BaseModel):
    """What a reader thought of one answer; ``turn`` counts the conversation's answers."""

    conversation_id: ConversationId
    turn: int = Field(ge=0, le=10_000, strict=True)
    verdict: Verdict
    reason: Reason | None = None
    comment: Annotated[Text, StringConstraints(max_length=2000)] | None = None


class FeedbackReceived(BaseModel):
    """When the feedback was written down, in UTC."""

    received: str
