"""Problem details (RFC 9457): the one shape in which this API says that something went wrong."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel
from starlette.exceptions import HTTPException

from assistant.answer import Language
from assistant.errors import AskError, QuestionTooLong, UnknownMunicipality
from assistant.web.texts import language_of, text
from ingest.errors import IngestError

MEDIA_TYPE = "application/problem+json"
logger = logging.getLogger(__name__)


class FieldError(BaseModel):
    """What is wrong with one field; ``field`` is its path, as in ``history.0.role``."""

    field: str
    message: str


class Problem(BaseModel):
    """A problem document. ``type`` is stable; ``title`` and ``detail`` are in the reader's language.

    ``errors`` names the fields when input is wrong; ``known`` lists the keys there are when one is unknown.
    """

    type: str
    title: str
    status: int
    detail: str
    instance: str
    errors: list[FieldError] | None = None
    known: list[str] | None = None


class ProblemError(Exception):
    """Raised by a route: ``kind`` is a table of ``data/web.toml``; ``values`` fill its detail."""

    def __init__(
        self,
        kind: str,
        status: int,
        values: Mapping[str, object] | None = None,
        headers: Mapping[str, str] | None = None,
        known: Sequence[str] | None = None,
    ) -> None:
        super().__init__(kind)
        self.kind, self.status = kind, status
        self.values = dict(values or {})
        self.headers = dict(headers or {})
        self.known = None if known is None else list(known)


def reader_language(request: Request) -> Language:
    """The language to answer this request's errors in."""
    return language_of(request.headers.get("accept-language"))


def problem_of(error: BaseException, request: Request) -> Problem:
    """The problem document for an error, in the language of the request.

    An unforeseen error goes to the log and is a plain 500 to the reader.
    """
    language = reader_language(request)

    def problem(kind: str, status: int, detail: str | None = None, **more: Any) -> Problem:
        return Problem(
            type=f"urn:assistant:problem:{kind}",
            title=text(kind, "title", language),
            status=status,
            detail=text(kind, "detail", language) if detail is None else detail,
            instance=request.url.path,
            **more,
        )

    match error:
        case ProblemError():
            detail = text(error.kind, "detail", language, **error.values)
            return problem(error.kind, error.status, detail, known=error.known)
        case UnknownMunicipality():
            return problem("unknown-municipality", 404, error.message(language), known=error.known)
        case AskError():
            message = error.message(language)
            errors = [FieldError(field=error.field, message=message)]
            if isinstance(error, QuestionTooLong):
                return problem("too-long", 413, message, errors=errors)
            return problem("invalid", 422, message, errors=errors)
        case IngestError():
            return problem("not-ready", 503, str(error) or None)
        case RequestValidationError():
            if _unreadable(error):
                return problem("malformed", 400)
            errors = [_field_error(item, language) for item in error.errors()]
            return problem("invalid", 422, " ".join(item.message for item in errors), errors=errors)
        case HTTPException(status_code=404):
            return problem("not-found", 404)
        case HTTPException(status_code=405):
            detail = text("method-not-allowed", "detail", language, method=request.method)
            return problem("method-not-allowed", 405, detail)
        case HTTPException(status_code=400):
            return problem("malformed", 400)
        case HTTPException():
            return problem("other", error.status_code, str(error.detail))
        case _:
            logger.error("unforeseen error at %s", request.url.path, exc_info=error)
            return problem("internal", 500)


def problem_response(error: Exception, request: Request) -> Response:
    """The response for an error: its problem document and headers."""
    problem = problem_of(error, request)
    headers = dict(getattr(error, "headers", None) or {})
    headers |= {"Content-Language": reader_language(request), "Vary": "Accept-Language"}
    content = problem.model_dump(exclude_none=True)
    return JSONResponse(content, problem.status, headers, media_type=MEDIA_TYPE)


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem document, and say so in its OpenAPI description."""

    async def answer(request: Request, error: Exception) -> Response:
        return problem_response(error, request)

    for kind in (ProblemError, AskError, IngestError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, answer)
    plain_openapi = app.openapi

    def openapi() -> dict[str, Any]:
        schema = plain_openapi()
        for path in schema["paths"].values():
            for operation in path.values():
                for status, response in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in response.get("content", {}):
                        response["content"] = {MEDIA_TYPE: response["content"].pop("application/json")}
        return schema

    app.openapi = openapi  # type: ignore[method-assign]


def documented(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The ``responses`` of a route that can answer with these problem statuses, for OpenAPI."""
    return {status: {"model": Problem} for status in statuses}


def _unreadable(error: RequestValidationError) -> bool:
    """True when the body as a whole is no JSON: malformed, missing, or sent as something else."""
    first = error.errors()[0]
    return first["type"] == "json_invalid" or (tuple(first["loc"]) == ("body",) and not _is_json(error.body))


def _is_json(body: Any) -> bool:
    return body is not None and not isinstance(body, bytes)


_FIELD_TEXT = {
    "missing": "missing",
    "string_type": "text",
    "unreadable": "unreadable",
    "string_too_long": "too_long",
    "string_pattern_mismatch": "pattern",
    "literal_error": "choice",
    "list_type": "list",
    "int_type": "number",
    "greater_than_equal": "minimum",
    "less_than_equal": "maximum",
    "model_attributes_type": "object",
    "dict_type": "object",
}


def _field_error(item: Mapping[str, Any], language: Language) -> FieldError:
    field = ".".join(map(str, item["loc"][1:])) or "body"
    values = dict(item.get("ctx") or {})
    values["choices"] = str(values.get("expected", "")).replace("'", "").replace(" or ", ", ")
    message = text("field", _FIELD_TEXT.get(item["type"], "wrong"), language, field=field, **values)
    return FieldError(field=field, message=message)
