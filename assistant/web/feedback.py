"""Readers' feedback, one JSON line each, for HR to read."""

from __future__ import annotations

import json
import os
import re
import threading
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

Verdict = Literal["up", "down"]
Reason = Literal[
    "wrong",
    "partly_wrong",
    "misses_essential",
    "wrong_place_cited",
    "cannot_find_quote",
    "should_have_answered",
    "should_not_have_answered",
]

_NATIONAL_ID = re.compile(r"(?<!\d)\d{6}[ .-]?\d{5}(?!\d)")


class FeedbackFile:
    """The file that feedback is appended to; readable by its owner only. Safe to use from many threads."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()

    def append(self, feedback: Mapping[str, Any]) -> str:
        """Appends ``feedback`` with the time and returns that time (ISO 8601, UTC).

        What looks like a national identity number in the comment is not kept.
        Raises OSError when the file cannot be written.
        """
        time = datetime.now(UTC).isoformat(timespec="seconds")
        kept = dict(feedback)
        if kept.get("comment"):
            kept["comment"] = _NATIONAL_ID.sub("[…]", kept["comment"])
        line = json.dumps({"time": time, **kept}, ensure_ascii=False) + "\n"
        with self._lock:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            descriptor = os.open(self.path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "ab") as file:
                file.write(line.encode())
        return time
