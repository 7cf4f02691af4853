"""The JSON API: ask, ask as a stream, the documents, feedback."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from typing import Annotated, Any, Literal
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, StringConstraints

from assistant.answer import Answer, Question, Turn
from assistant.chain import PolicyAssistant
from assistant.errors import UnknownMunicipality
from assistant.web.feedback import FeedbackFile, Reason, Verdict
from assistant.web.holder import Holder
from assistant.web.limits import RateLimit
from assistant.web.metrics import Metrics
from assistant.web.problems import ProblemError, documented
from ingest.document import Document

STEPS = ("understand", "retrieve", "answer", "verify")

ConversationId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-]{1,64}$")]


class AskRequest(BaseModel):
    """A question to one municipality; ``history`` holds earlier turns, newest last."""

    municipality: str
    question: str
    history: list[Turn] = []
    conversation_id: ConversationId | None = None


class AskResponse(Answer):
    """The answer and the conversation it belongs to: the id sent along, or a new one."""

    conversation_id: str


class MunicipalityOut(BaseModel):
    """A municipality that can be asked about."""

    key: str
    name: str


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
    comment: Annotated[str, StringConstraints(max_length=2000)] | None = None


class FeedbackReceived(BaseModel):
    """When the feedback was written down, in UTC."""

    received: str


def routes(holder: Holder, metrics: Metrics, rate: RateLimit, feedback_file: FeedbackFile) -> APIRouter:
    """The routes under /api/v1."""
    api = APIRouter(prefix="/api/v1")

    def answered(body: AskRequest, request: Request) -> AskResponse:
        """Asks; everything that is wrong with the question is raised here, before any response."""
        rate.check(request.client and request.client.host)
        question = Question(
            municipality=body.municipality, question=body.question, history=tuple(body.history)
        )
        answer = holder.get().ask(question)
        metrics.count_answer(body.municipality, answer)
        conversation = body.conversation_id or str(uuid4())
        return AskResponse(**dict(answer), conversation_id=conversation)

    @api.post("/ask", responses=documented(400, 404, 413, 422, 429, 500, 503))
    def ask(body: AskRequest, request: Request) -> AskResponse:
        """Answer a question from one municipality's documents."""
        return answered(body, request)

    @api.post(
        "/ask/stream",
        response_class=StreamingResponse,
        responses={
            200: {"content": {"text/event-stream": {}}, "description": "status, citation, statement, done"},
            **documented(400, 404, 413, 422, 429, 500, 503),
        },
    )
    def ask_stream(body: AskRequest, request: Request) -> StreamingResponse:
        """The same as server-sent events. Nothing of the answer is sent before all of it is verified."""
        events = _events(answered(body, request))
        headers = {"X-Accel-Buffering": "no"}
        return StreamingResponse(events, media_type="text/event-stream", headers=headers)

    @api.get("/municipalities", responses=documented(500, 503))
    def municipalities() -> list[MunicipalityOut]:
        """The municipalities that can be asked about."""
        return [MunicipalityOut(key=found.key, name=found.name) for found in holder.get().municipalities()]

    @api.get("/municipalities/{municipality}/documents", responses=documented(404, 422, 500, 503))
    def documents(municipality: str) -> list[DocumentOut]:
        """One municipality's documents with their validity."""
        return [DocumentOut(**_described(found)) for found in _documents(holder.get(), municipality)]

    @api.get("/municipalities/{municipality}/documents/{document}", responses=documented(404, 422, 500, 503))
    def document(municipality: str, document: str) -> DocumentText:
        """One document: its text, its sections and its validity."""
        assistant = holder.get()
        known = [found.id for found in _documents(assistant, municipality)]
        if document not in known:
            values = {"document": document[:60], "known": ", ".join(known)}
            raise ProblemError("unknown-document", 404, values, known=known)
        found = assistant.document(municipality, document)
        sections = [
            SectionOut(
                heading_path=list(section.heading_path),
                level=section.level,
                start=section.start,
                end=section.end,
            )
            for section in assistant.sections(municipality, document)
        ]
        return DocumentText(**_described(found), text=found.text, sections=sections)

    @api.post("/feedback", responses=documented(400, 413, 422, 429, 500, 503))
    def feedback(body: FeedbackRequest, request: Request) -> FeedbackReceived:
        """Write down what a reader thought of an answer."""
        rate.check(request.client and request.client.host)
        try:
            received = feedback_file.append(body.model_dump())
        except OSError as error:
            raise ProblemError("feedback-not-saved", 503) from error
        metrics.feedback.labels(body.verdict, body.reason or "").inc()
        return FeedbackReceived(received=received)

    return api


def _documents(assistant: PolicyAssistant, municipality: str) -> list[Document]:
    known = [found.key for found in assistant.municipalities()]
    if municipality not in known:
        raise UnknownMunicipality(municipality, known)
    return assistant.documents(municipality)


def _described(document: Document) -> dict[str, Any]:
    described = {name: getattr(document, name) for name in DocumentOut.model_fields if name != "expired"}
    valid_to = document.valid_to
    return described | {"expired": valid_to is not None and valid_to < date.today().isoformat()}


def _events(answer: AskResponse) -> Iterator[str]:
    """The events of a finished answer: its steps, each statement after its citations, then all of it."""
    for step in STEPS:
        yield _event("status", {"step": step, "ms": getattr(answer.timing_ms, step)})
    citations = {citation.n: citation for citation in answer.citations}
    for statement in answer.statements:
        for n in statement.citations:
            if n in citations:
                yield _event("citation", citations.pop(n).model_dump())
        yield _event("statement", statement.model_dump())
    yield _event("done", answer.model_dump())


def _event(name: Literal["status", "citation", "statement", "done", "error"], data: dict[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
