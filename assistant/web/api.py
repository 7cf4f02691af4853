"""The JSON API: ask, ask as a stream, the documents, feedback."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import uuid4

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from assistant.errors import UnknownMunicipality
from assistant.trace import Watcher
from assistant.web import stream
from assistant.web.bodies import (
    AskRequest,
    AskResponse,
    DocumentOut,
    DocumentText,
    FeedbackReceived,
    FeedbackRequest,
    MunicipalityOut,
    PeriodOut,
    SectionOut,
)
from assistant.web.feedback import FeedbackFile
from assistant.web.holder import Holder
from assistant.web.limits import RateLimit
from assistant.web.metrics import Metrics
from assistant.web.problems import ProblemError, documented, problem_of
from assistant.web.workers import Workers
from ingest.document import Document

PATIENCE_SECONDS = 1.0  # that a stream's headers wait for a first event, so that most errors are responses


def routes(
    holder: Holder, metrics: Metrics, rate: RateLimit, feedback_file: FeedbackFile, workers: Workers
) -> APIRouter:
    """The routes under /api/v1."""
    api = APIRouter(prefix="/api/v1")

    def answered(body: AskRequest, watcher: Watcher | None = None) -> AskResponse:
        question = Question(
            municipality=body.municipality, question=body.question, history=tuple(body.history)
        )
        trace = holder.get().trace(question, watcher)
        metrics.count(trace)
        assert trace.answer is not None, "a finished trace has an answer"
        return AskResponse(**dict(trace.answer), conversation_id=body.conversation_id or str(uuid4()))

    @api.post("/ask", responses=documented(400, 404, 413, 422, 429, 500, 503))
    async def ask(body: AskRequest, request: Request) -> AskResponse:
        """Answer a question from one municipality's documents."""
        rate.check(request.client and request.client.host)
        return await (await workers.start(lambda: answered(body)))

    @api.post(
        "/ask/stream",
        response_class=StreamingResponse,
        responses={200: stream.DOCUMENTED, **documented(400, 404, 413, 422, 429, 500, 503)},
    )
    async def ask_stream(body: AskRequest, request: Request) -> StreamingResponse:
        """The same as server-sent events, while the answer is made. A statement is sent once it is proven."""
        rate.check(request.client and request.client.host)
        progress = stream.Progress()
        pending = await workers.start(lambda: answered(body, progress))
        pending.add_done_callback(progress.end)
        with suppress(TimeoutError):
            await asyncio.wait_for(progress.begun.wait(), PATIENCE_SECONDS)
        if pending.done() and (error := pending.exception()) is not None:
            raise error
        sent = stream.events(pending, progress, lambda error: problem_of(error, request))
        return StreamingResponse(sent, media_type="text/event-stream", headers={"X-Accel-Buffering": "no"})

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
    """The fields of DocumentOut."""
    same = {name: getattr(document, name) for name in DocumentOut.model_fields if hasattr(document, name)}
    valid_to = document.valid_to
    return same | {
        "expired": valid_to is not None and valid_to < date.today().isoformat(),
        "periods": [PeriodOut(**asdict(period)) for period in document.periods],
    }
