"""Keeps one PolicyAssistant open, and opens it again when ingest has made a new index."""

from __future__ import annotations

import logging
import threading
import time

from assistant.chain import PolicyAssistant
from assistant.errors import BadSettings
from assistant.settings import Settings
from ingest.errors import IngestError

RETRY_SECONDS = 2.0
logger = logging.getLogger(__name__)


class Holder:
    """The open assistant, shared by all requests.

    After a failure the error is remembered and raised again; opening is tried anew at most every
    ``RETRY_SECONDS``, so a server that was started before the documents were indexed needs no restart.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._assistant: PolicyAssistant | None = None
        self._error: IngestError | None = None
        self._retry_at = 0.0
        self._lock = threading.Lock()

    def get(self) -> PolicyAssistant:
        """The assistant over the current index; waits while it is being opened.

        Raises the IngestError that says why there is none and what to do.
        """
        if (held := self._current()) is not None:
            return held
        with self._lock:
            if (held := self._current()) is not None:
                return held
            if self._error is None or time.monotonic() >= self._retry_at:
                self._open()
            if self._assistant is None:
                assert self._error is not None
                raise self._error.with_traceback(None)
            return self._assistant

    def open(self) -> None:
        """Opens the assistant ahead of the first question; an error waits until somebody asks."""
        try:
            self.get()
        except IngestError as error:
            logger.warning("not ready: %s", error)

    def _current(self) -> PolicyAssistant | None:
        held = self._assistant
        return held if held is not None and held.is_current() else None

    def _open(self) -> None:
        self._assistant = None
        try:
            self._assistant, self._error = PolicyAssistant.open(self.settings), None
        except IngestError as error:
            self._error = error
        except BadSettings as error:
            self._error = IngestError(str(error))
        except Exception:
            logger.exception("the assistant cannot be opened")
            self._error = IngestError()
        self._retry_at = time.monotonic() + RETRY_SECONDS
