"""The web application: the JSON API, the employees' page, HR's page, health and metrics."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI, Response
from fastapi.responses import FileResponse
from fastapi.staticfiles import StaticFiles

from assistant.settings import Settings
from assistant.web import api, problems
from assistant.web.feedback import FeedbackFile
from assistant.web.headers import Guard
from assistant.web.holder import Holder
from assistant.web.hr import HrPage
from assistant.web.limits import BodyLimit, RateLimit
from assistant.web.metrics import CountRequests, Metrics
from assistant.web.workers import Workers

STATIC = Path(__file__).parent / "static"


def create_app(settings: Settings) -> FastAPI:
    """The application for these settings. The documents are opened in the background when it starts."""
    holder = Holder(settings)
    metrics = Metrics()
    rate = RateLimit(settings.rate_limit_per_minute)
    workers = Workers()
    hr = HrPage(holder, metrics, rate)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        threading.Thread(target=holder.open, name="open-assistant", daemon=True).start()
        yield
        await hr.close()
        workers.close()

    app = FastAPI(
        title="Policy assistant",
        description="Answers about a municipality's employer policy, each statement with its exact quote.",
        openapi_url="/api/v1/openapi.json",
        docs_url=None,
        redoc_url=None,
        lifespan=lifespan,
    )
    problems.install(app)
    app.include_router(api.routes(holder, metrics, rate, FeedbackFile(settings.feedback_file), workers))

    @app.api_route("/healthz", methods=["GET", "HEAD"], include_in_schema=False)
    async def healthz() -> dict[str, str]:
        """The process answers."""
        return {"status": "alive"}

    @app.api_route("/readyz", methods=["GET", "HEAD"], include_in_schema=False)
    def readyz() -> dict[str, object]:
        """The index is open and can be asked; else 503 and what to do.

        ``language_model`` is null when the policy is always quoted; else the name of the one that writes
        answers, and what went wrong the last time it was to, null when nothing did.
        """
        assistant = holder.get()
        name = assistant.language_model
        return {
            "status": "ready",
            "municipalities": [m.key for m in assistant.municipalities()],
            "language_model": {"name": name, "last_problem": metrics.last_problem} if name else None,
        }

    @app.get("/metrics", include_in_schema=False)
    def prometheus() -> Response:
        """Counters for Prometheus."""
        return Response(metrics.text(), headers={"Content-Type": metrics.content_type})

    @app.api_route("/", methods=["GET", "HEAD"], include_in_schema=False)
    async def index() -> FileResponse:
        """The employees' page."""
        return FileResponse(STATIC / "index.html")

    @app.api_route("/documents/{municipality}/{document}", methods=["GET", "HEAD"], include_in_schema=False)
    async def document_page() -> FileResponse:
        """The page that shows a document; it fetches the text from the API."""
        return FileResponse(STATIC / "document.html")

    app.mount("/static", StaticFiles(directory=STATIC, check_dir=False))
    app.mount("/hr", hr)
    app.add_middleware(BodyLimit)
    app.add_middleware(CountRequests, metrics=metrics)
    app.add_middleware(Guard)
    return app
