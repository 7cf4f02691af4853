"""What keeps one client from using up the service: a bound on the body and a bound on the rate."""

from __future__ import annotations

import math
import threading
import time
from collections import OrderedDict

from fastapi import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from assistant.web.problems import ProblemError, problem_response

BODY_BYTES = 64 * 1024
DRAINED_BYTES = 16 * BODY_BYTES  # read on so far, so that the client has sent all and sees the answer


class BodyLimit:
    """ASGI middleware that answers 413 to a body over ``limit`` bytes, whether or not its length is declared.

    The body is read here and handed on whole, so nothing behind this sees a part of one that is too long.
    """

    def __init__(self, app: ASGIApp, limit: int = BODY_BYTES) -> None:
        self.app = app
        self.limit = limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self.app(scope, receive, send)
        request = Request(scope)
        declared = request.headers.get("content-length", "0")
        too_large = not declared.isdecimal() or int(declared[:20]) > DRAINED_BYTES
        messages: list[Message] = []
        size = 0
        while not too_large:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            size += len(message.get("body", b""))
            if size <= self.limit:
                messages.append(message)
            if not message.get("more_body", False):
                break
            too_large = size > DRAINED_BYTES
        if too_large or size > self.limit:
            error = ProblemError("body-too-large", 413, {"limit": self.limit})
            return await problem_response(error, request)(scope, receive, send)
        waiting = iter(messages)

        async def replay() -> Message:
            message = next(waiting, None)
            return await receive() if message is None else message

        return await self.app(scope, replay, send)


class RateLimit:
    """A token bucket for each client, in memory: ``per_minute`` requests at once, refilled evenly.

    0 is no limit. At most ``clients`` are remembered; the one not heard of for longest is forgotten first.
    """

    def __init__(self, per_minute: int, clients: int = 10_000) -> None:
        self.per_minute = per_minute
        self.clients = clients
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._lock = threading.Lock()

    def seconds_to_wait(self, client: str) -> int:
        """Takes one token for ``client``: 0 when there was one, else whole seconds until there is."""
        if not self.per_minute:
            return 0
        now = time.monotonic()
        refill = self.per_minute / 60
        with self._lock:
            tokens, since = self._buckets.pop(client, (float(self.per_minute), now))
            tokens = min(self.per_minute, tokens + (now - since) * refill)
            allowed = tokens >= 1
            self._buckets[client] = (tokens - allowed, now)
            if len(self._buckets) > self.clients:
                self._buckets.popitem(last=False)
        return 0 if allowed else math.ceil((1 - tokens) / refill)

    def check(self, client: str | None) -> None:
        """Takes one token; raises a 429 ProblemError with Retry-After when there is none."""
        if seconds := self.seconds_to_wait(client or "unknown"):
            headers = {"Retry-After": str(seconds)}
            raise ProblemError("too-many-requests", 429, {"seconds": seconds}, headers)
