"""What goes in and what comes out: the Question, the Answer and its Citations.

The field names are the product's contract; other programs and HR's spreadsheets read them.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

Language = Literal["nb", "nn", "en"]
QUOTES = "quotes"  # ``Answer.answered_by`` when the policy itself is quoted
Status = Literal["answered", "not_in_policy", "other_municipality", "smalltalk"]


class Turn(BaseModel):
    """One earlier turn of the conversation."""

    role: Literal["user", "assistant"]
    content: str


class Question(BaseModel):
    """A question to one municipality's documents.

    ``history`` holds earlier turns, newest last.
    """

    model_config = ConfigDict(frozen=True)

    municipality: str
    question: str
    history: tuple[Turn, ...] = ()


class Citation(BaseModel):
    """An exact place in a document: ``quote == document_text[start:end]``.

    ``start`` and ``end`` count Unicode code points from the beginning of the document text.
    ``page`` is None when the document's text does not tell its pages.
    """

    n: int = Field(ge=1)
    municipality: str
    document: str
    title: str
    section: list[str]
    page: int | None = None
    quote: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    adopted: str | None = None
    valid_to: str | None = None


class Statement(BaseModel):
    """One sentence or list item of the answer and the numbers of the citations that prove it."""

    text: str
    citations: list[int]


class Timing(BaseModel):
    """Milliseconds spent in each step."""

    understand: float = 0.0
    retrieve: float = 0.0
    answer: float = 0.0
    verify: float = 0.0
    total: float = 0.0


class Answer(BaseModel):
    """The answer to one question.

    When ``status`` is not ``"answered"``, ``statements`` and ``citations`` are empty and ``closest``
    may hold passages worth a look; they never count as support.
    """

    status: Status
    answer: str
    language: Language
    statements: list[Statement] = []
    citations: list[Citation] = []
    closest: list[Citation] = []
    understood: str
    answered_by: str = QUOTES
    timing_ms: Timing = Timing()
