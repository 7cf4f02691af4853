"""An answer as server-sent events (WHATWG HTML, section 9.2).

``status`` for each step, each ``statement`` after its ``citation`` events, ``done`` with the whole answer; or
``error`` with a problem document when something went wrong after the headers had been sent.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Future, wait
from typing import Any

from assistant.web.bodies import AskResponse
from assistant.web.problems import Problem

STEPS = ("understand", "retrieve", "answer", "verify")
KEEP_ALIVE_SECONDS = 10.0  # proxies close a connection that is silent for long
DOCUMENTED: dict[str, Any] = {
    "description": "Events: status, citation, statement, done, error",
    "content": {"text/event-stream": {"schema": {"type": "string"}}},
}


def events(pending: Future[AskResponse], problem: Callable[[BaseException], Problem]) -> Iterator[str]:
    """The events of an answer that is on its way; a comment now and then while it is."""
    while not wait([pending], KEEP_ALIVE_SECONDS).done:
        yield ": working\n\n"
    if (error := pending.exception()) is not None:
        yield _event("error", problem(error).model_dump(exclude_none=True))
        return
    answer = pending.result()
    for step in STEPS:
        yield _event("status", {"step": step, "ms": getattr(answer.timing_ms, step)})
    unsent = {citation.n: citation for citation in answer.citations}
    for statement in answer.statements:
        for n in statement.citations:
            if n in unsent:
                yield _event("citation", unsent.pop(n).model_dump())
        yield _event("statement", statement.model_dump())
    yield _event("done", answer.model_dump())


def _event(name: str, data: Mapping[str, Any]) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
