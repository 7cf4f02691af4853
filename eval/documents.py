"""The documents that answers are measured against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol


class Document(Protocol):
    """What a measure needs to know of a document; ``ingest``'s own documents fit."""

    @property
    def id(self) -> str: ...
    @property
    def municipality(self) -> str: ...
    @property
    def text(self) -> str: ...


@dataclass(frozen=True)
class TextDocument:
    """A document as it lies in its file; ``id`` is the file name without its ending."""

    id: str
    municipality: str
    text: str


def read_documents(corpus: Path) -> list[TextDocument]:
    """Every ``<municipality>/*.txt`` below ``corpus``, in order of name, unchanged.

    Read here and not by ``ingest``, so that quotes are checked against the files themselves. Raises
    FileNotFoundError when there is none.
    """
    paths = sorted(path for path in corpus.glob("*/*.txt") if not path.name.startswith("."))
    if not paths:
        raise FileNotFoundError(f"no documents: {corpus} holds no <municipality>/*.txt")
    return [
        TextDocument(path.stem, path.parent.name.lower(), path.read_bytes().decode("utf-8")) for path in paths
    ]
