"""An answer as server-sent events (WHATWG HTML, section 9.2).

``status`` for each step, each ``statement`` after its ``citation`` events, ``done`` with the whole answer; or
``error`` with a problem document when something went wrong after the headers had been sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from queue import Empty, SimpleQueue
from typing import Any

from assistant.answer import Citation, Statement
from assistant.web.bodies import AskResponse
from assistant.web.problems import Problem

STEPS = ("understand", "retrieve", "answer", "verify")
KEEP_ALIVE_SECONDS = 10.0  # proxies close a connection that is silent for long
DOCUMENTED: dict[str, Any] = {
    "description": "Events: status, citation, statement, done, error",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


class Shown:
    """Statements on their way from the thread that has an answer written to the one that sends it."""

    def __init__(self) -> None:
        self._queue: SimpleQueue[tuple[Statement, list[Citation]] | None] = SimpleQueue()

    def __call__(self, statement: Statement, citations: list[Citation]) -> None:
        """Take a proven statement with those of its citations that were not taken before."""
        self._queue.put((statement, citations))

    def end(self, _: object = None) -> None:
        """No statement comes after this."""
        self._queue.put(None)

    def __iter__(self) -> Iterator[tuple[Statement, list[Citation]] | None]:
        """The statements as they come; None when none has come for KEEP_ALIVE_SECONDS."""
        while True:
            try:
                taken = self._queue.get(timeout=KEEP_ALIVE_SECONDS)
            except Empty:
                yield None
                continue
            if taken is None:
                return
            yield taken


def events(
    pending: Future[AskResponse], shown: Shown, problem: Callable[[BaseException], Problem]
) -> Iterator[str]:
    """The events of an answer that is on its way; a comment now and then while it is."""
    sent = 0
    pending.add_done_callback(shown.end)
    for taken in shown:
        if taken is None:
            yield ": working\n\n"
        else:
            sent += 1
            yield from _statement(*taken)
    if (error := pending.exception()) is not None:
        yield _event("error", problem(error).model_dump(exclude_none=True))
        return
    answer = pending.result()
    for step in STEPS:
        yield _event("status", {"step": step, "ms": getattr(answer.timing_ms, step)})
    unsent = {citation.n: citation for citation in answer.citations}
    for number, statement in enumerate(answer.statements):
        new = [unsent.pop(n) for n in statement.citations if n in unsent]
        if number >= sent:
            yield from _statement(statement, new)
    yield _event("done", answer.model_dump())


def _statement(statement: Statement, citations: Sequence[Citation]) -> Iterator[str]:
    for citation in citations:
        yield _event("citation", citation.model_dump())
    yield _event("statement", statement.model_dump())


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
