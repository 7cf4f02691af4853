"""The threads that questions are answered in, apart from those that serve everything else."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from assistant.web.problems import ProblemError

AT_ONCE = 32  # a question that waits for a language model holds a thread and next to no time of the processor
PATIENCE_SECONDS = 5.0  # that a question waits for its turn; quoted answers take some hundredths of a second

T = TypeVar("T")


class Workers:
    """Threads for AT_ONCE questions.

    They are not those of the other routes: however slow a language model is, documents, health and metrics
    are served meanwhile.
    """

    def __init__(self) -> None:
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="answer")
        self._free = asyncio.Semaphore(AT_ONCE)

    async def start(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Have ``work`` done in a thread. Raises a 503 ProblemError when none gets free in time."""
        try:
            await asyncio.wait_for(self._free.acquire(), PATIENCE_SECONDS)
        except TimeoutError:
            seconds = math.ceil(PATIENCE_SECONDS)
            raise ProblemError("busy", 503, {"seconds": seconds}, {"Retry-After": str(seconds)}) from None
        loop = asyncio.get_running_loop()
        pending = self._threads.submit(work)

        def free(_: Future[T]) -> None:
            if not loop.is_closed():
                loop.call_soon_threadsafe(self._free.release)

        pending.add_done_callback(free)  # of the thread's own future: the one given out may be cancelled
        return asyncio.wrap_future(pending)

    def close(self) -> None:
        """Take no more questions."""
        self._threads.shutdown(wait=False, cancel_futures=True)
