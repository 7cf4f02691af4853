"""What can go wrong with a question.

AskError
├── BadQuestion             empty, unreadable or badly formed; ``field`` says which part
│   └── QuestionTooLong
└── UnknownMunicipality     ``known`` lists the keys there are

BatchError                  a file of questions cannot be read or its answers not written
BadSettings                 an ASSISTANT_… variable has a value that cannot be used

Messages of AskError are keys of ``data/phrases.toml``, so that the reader gets them in their language.
"""

from __future__ import annotations

from collections.abc import Sequence

from assistant.answer import Language
from assistant.phrases import phrase


class AskError(ValueError):
    """A question that cannot be asked. ``message(language)`` tells the user what to do."""

    def __init__(self, key: str, field: str, **values: object) -> None:
        self.key = key
        self.field = field
        self.values = values
        super().__init__(self.message("nb"))

    def message(self, language: Language) -> str:
        """The error in the reader's language."""
        return phrase(self.key, language, **self.values)


class BadQuestion(AskError):
    """The question, or the history with it, is empty, unreadable or badly formed."""


class QuestionTooLong(BadQuestion):
    """The question is longer than the settings allow."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__("error_too_long", "question", length=length, limit=limit)


class UnknownMunicipality(AskError):
    """No documents are indexed under this municipality key."""

    def __init__(self, municipality: str, known: Sequence[str]) -> None:
        self.known = list(known)
        super().__init__(
            "error_unknown_municipality",
            "municipality",
            municipality=municipality[:60],
            known=", ".join(known),
        )


class BatchError(ValueError):
    """A file of questions cannot be read, or its answers cannot be written."""


class BadSettings(ValueError):
    """An ASSISTANT_… variable has a value that cannot be used; the message names it."""
