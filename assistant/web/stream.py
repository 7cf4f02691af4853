"""An answer as server-sent events (WHATWG HTML, section 9.2), sent while it is made.

``status`` when a step is done; each ``statement`` after its ``citation`` events, once it is proven; ``done``
with the whole answer, or ``error`` with a problem document when something went wrong after the headers.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from typing import Any

from assistant.answer import Citation, Statement
from assistant.web.bodies import AskResponse
from assistant.web.problems import Problem

KEEP_ALIVE_SECONDS = 10.0  # proxies close a connection that is silent for long
DOCUMENTED: dict[str, Any] = {
    "description": "Events: status, citation, statement, done, error",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


class Progress:
    """A Watcher whose events the event loop takes up while a thread makes the answer.

    ``begun`` is set when there is a first event, or when there will be none.
    """

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.statements: list[Statement] = []  # sent
        self._loop = asyncio.get_running_loop()
        self._events: asyncio.Queue[str | None] = asyncio.Queue()

    def step(self, name: str, milliseconds: float) -> None:
        """The step ``name`` is done; called in the answering thread."""
        self._loop.call_soon_threadsafe(self._put, [_event("status", {"step": name, "ms": milliseconds})])

    def statement(self, statement: Statement, citations: Sequence[Citation]) -> None:
        """A proven statement with its new citations; called in the answering thread."""
        self.statements.append(statement)
        self._loop.call_soon_threadsafe(self._put, list(_statement(statement, citations)))

    def end(self, _: object = None) -> None:
        """No event comes after this."""
        self._put([None])

    def _put(self, events: Sequence[str | None]) -> None:
        for event in events:
            self._events.put_nowait(event)
        self.begun.set()

    async def events(self) -> AsyncIterator[str]:
        """The events as they come, and a comment whenever none has come for KEEP_ALIVE_SECONDS."""
        while True:
            try:
                event = await asyncio.wait_for(self._events.get(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": working\n\n"
                continue
            if event is None:
                return
            yield event


async def events(
    pending: asyncio.Future[AskResponse], progress: Progress, problem: Callable[[BaseException], Problem]
) -> AsyncIterator[str]:
    """The events of an answer that is on its way; ``progress`` has to be told its end."""
    async for event in progress.events():
        yield event
    if (error := pending.exception()) is not None:
        yield _event("error", problem(error).model_dump(exclude_none=True))
        return
    answer = pending.result()
    unsent = {citation.n: citation for citation in answer.citations}
    for statement in answer.statements:
        new = [unsent.pop(n) for n in statement.citations if n in unsent]
        if statement not in progress.statements:
            for event in _statement(statement, new):
                yield event
    yield _event("done", answer.model_dump())


def _statement(statement: Statement, citations: Sequence[Citation]) -> Iterator[str]:
    for citation in citations:
        yield _event("citation", citation.model_dump())
    yield _event("statement", statement.model_dump())


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
