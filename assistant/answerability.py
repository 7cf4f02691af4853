"""Whether the documents say anything on what is asked."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.retrieve import Ranked
from assistant.understand import Understood


def is_answerable(question: Understood, ranked: Sequence[Ranked]) -> bool:
    """Whether the best spans are about the question's topic."""
    return bool(ranked)
