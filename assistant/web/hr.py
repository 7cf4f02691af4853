"""HR's page at /hr: a Gradio application, started when first opened and kept from reaching outside."""

from __future__ import annotations

import asyncio
import os
import re
import secrets

from fastapi import FastAPI
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.holder import Holder
from assistant.web.limits import RateLimit
from assistant.web.metrics import Metrics
from assistant.web.texts import language_of

PATH = "/hr"
OFF = {  # Gradio reads these when it is imported
    "GRADIO_ANALYTICS_ENABLED": "False",
    "GRADIO_RUN_HISTORY": "False",
    "GRADIO_MCP_SERVER": "False",
    "GRADIO_SSR_MODE": "False",
    "HF_HUB_DISABLE_TELEMETRY": "1",
}

# All that the page calls. Gradio answers to more (uploads, files, proxy, monitoring); nobody here needs it.
_GET = re.compile(
    r"/?|/(config|theme\.css|favicon\.ico)"
    r"|/(assets|static)/.+"
    r"|/gradio_api/(info|app_id|startup-events|queue/data|heartbeat/[a-z0-9]+)"
)
_POST = re.compile(r"/gradio_api/(queue/join|cancel|reset)")

_SOCIAL_TAGS = re.compile(r'<meta\s+(property|name)="(og|twitter):[^>]*>')
_MANIFEST = re.compile(r'<link rel="manifest"[^>]*>')
_ICON = '<link rel="icon" href="/static/favicon.svg" type="image/svg+xml">'


class HrPage:
    """ASGI application for ``/hr``. Importing Gradio takes seconds, so the first visitor starts it."""

    def __init__(self, holder: Holder, metrics: Metrics, rate: RateLimit) -> None:
        self._parts = (holder, metrics, rate)
        self._running: asyncio.Task[None] | None = None
        self._opened: asyncio.Future[ASGIApp]
        self._closing: asyncio.Event

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].removeprefix(scope["root_path"])
        allowed = _POST if scope["method"] == "POST" else _GET
        if scope["type"] != "http" or not allowed.fullmatch(path):
            raise HTTPException(404)
        inner = await self._open()
        root_path = scope["root_path"].removesuffix(PATH)
        scope = {**scope, "root_path": root_path}
        if path in ("", "/"):
            await _page(inner, scope, receive, send)
        else:
            await inner(scope, receive, send)

    async def close(self) -> None:
        """Stops Gradio when it runs."""
        if self._running is not None:
            self._closing.set()
            await self._running

    async def _open(self) -> ASGIApp:
        if self._running is None:
            self._opened = asyncio.get_running_loop().create_future()
            self._closing = asyncio.Event()
            self._running = asyncio.create_task(self._run())
        return await asyncio.shield(self._opened)

    async def _run(self) -> None:
        """Gradio's whole life in one task: built, started, and stopped when the server stops."""
        try:
            inner = await asyncio.to_thread(self._build)
            async with inner.router.lifespan_context(inner):
                self._opened.set_result(inner)
                await self._closing.wait()
        except Exception as error:
            self._running = None
            if self._opened.done():
                raise
            self._opened.set_exception(error)

    def _build(self) -> FastAPI:
        os.environ.update(OFF)
        import gradio

        from assistant.web import hr_blocks

        app: FastAPI = gradio.mount_gradio_app(
            FastAPI(openapi_url=None),
            hr_blocks.build(*self._parts),
            path=PATH,
            theme=hr_blocks.theme(),
            css=hr_blocks.CSS,
            footer_links=[],
            run_history=False,
            show_error=False,
            max_file_size="1kb",
            enable_monitoring=False,
            pwa=False,
            mcp_server=False,
            ssr_mode=False,
            app_kwargs={"openapi_url": None, "docs_url": None, "redoc_url": None},
        )
        return app


async def _page(inner: ASGIApp, scope: Scope, receive: Receive, send: Send) -> None:
    """Gradio's HTML without its links to other hosts, in the reader's language, scripts allowed by nonce."""
    headers = Headers(scope=scope)
    plain = MutableHeaders(scope=scope)
    del plain["accept-encoding"]
    status, body = 500, bytearray()

    async def collect(message: Message) -> None:
        nonlocal status
        if message["type"] == "http.response.start":
            status = message["status"]
        body.extend(message.get("body", b""))

    await inner({**scope, "headers": plain.raw}, receive, collect)
    nonce = secrets.token_urlsafe(16)
    html = _MANIFEST.sub(_ICON, _SOCIAL_TAGS.sub("", body.decode()))
    html = html.replace("<script", f'<script nonce="{nonce}"')
    html = html.replace('lang="en"', f'lang="{language_of(headers.get("accept-language"))}"', 1)
    policy = (
        f"default-src 'none'; script-src 'self' 'nonce-{nonce}'; style-src 'self' 'unsafe-inline'; "
        "img-src 'self' data:; font-src 'self' data:; connect-src 'self'; form-action 'self'; "
        "base-uri 'self'; frame-ancestors 'none'"
    )
    response = Response(html, status, {"Content-Security-Policy": policy}, media_type="text/html")
    await response(scope, receive, send)
