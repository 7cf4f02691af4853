"""What Prometheus reads at /metrics: counts and times, never a question or who asked."""

from __future__ import annotations

import time

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Histogram,
    ProcessCollector,
    generate_latest,
)
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.trace import Trace
from assistant.writer import NO_ANSWER, NOT_PROVEN

OUTCOMES = ("proven", "no_answer", "not_proven", "failed")  # of having a language model write an answer
_OF_PROBLEM = {"": "proven", NO_ANSWER: "no_answer", NOT_PROVEN: "not_proven"}
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60)


class Metrics:
    """The counters of one application."""

    content_type = CONTENT_TYPE_LATEST

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        ProcessCollector(registry=registry)
        self.requests = Counter(
            "assistant_http_requests", "HTTP requests.", ["method", "route", "status"], registry=registry
        )
        self.request_seconds = Histogram(
            "assistant_http_request_seconds",
            "Seconds until the response had been sent.",
            ["route"],
            registry=registry,
            buckets=_SECONDS,
        )
        self.answers = Counter(
            "assistant_answers",
            "Questions answered.",
            ["municipality", "status", "language"],
            registry=registry,
        )
        self.step_seconds = Histogram(
            "assistant_step_seconds", "Seconds in each step.", ["step"], registry=registry, buckets=_SECONDS
        )
        self.answered_by = Counter(
            "assistant_answered_by",
            "Answers by what they consist of: quotes, or a language model's wording.",
            ["answered_by"],
            registry=registry,
        )
        self.language_model = Counter(
            "assistant_language_model_answers",
            "What came of having a language model write: proven, no_answer, not_proven, failed.",
            ["outcome"],
            registry=registry,
        )
        for outcome in OUTCOMES:
            self.language_model.labels(outcome)  # 0 until the first one, so that a rate can be taken
        self.last_problem: str | None = None  # of the last answer a language model was to write
        self.feedback = Counter(
            "assistant_feedback", "Feedback received.", ["verdict", "reason"], registry=registry
        )

    def count(self, trace: Trace) -> None:
        """Counts a finished question, the time of its steps, and what the language model made of it."""
        answer = trace.answer
        assert answer is not None, "a finished trace has an answer"
        self.answers.labels(trace.asked.municipality, answer.status, answer.language).inc()
        for step, milliseconds in answer.timing_ms.model_dump().items():
            self.step_seconds.labels(step).observe(milliseconds / 1000)
        if answer.status == "answered":
            self.answered_by.labels(answer.answered_by).inc()
        if trace.written is not None:
            outcome = _OF_PROBLEM.get(trace.written.problem, "failed")
            self.language_model.labels(outcome).inc()
            self.last_problem = trace.written.problem if outcome in ("not_proven", "failed") else None

    def text(self) -> bytes:
        """All counters in Prometheus' text format."""
        return generate_latest(self.registry)


class CountRequests:
    """ASGI middleware that counts requests by route template, so that the number of labels is bounded."""

    def __init__(self, app: ASGIApp, metrics: Metrics) -> None:
        self.app = app
        self.metrics = metrics

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        start, status = time.perf_counter(), 500

        async def watch(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, watch)
        finally:
            route = _route(scope)
            method = scope["method"] if scope["method"] in _METHODS else "other"
            self.metrics.requests.labels(method, route, status).inc()
            self.metrics.request_seconds.labels(route).observe(time.perf_counter() - start)


_METHODS = {"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


def _route(scope: Scope) -> str:
    for mounted in ("/hr", "/static"):
        if scope["path"] == mounted or scope["path"].startswith(mounted + "/"):
            return mounted
    return getattr(scope.get("route"), "path", "other")
