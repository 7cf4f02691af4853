"""A document: its exact text and what its metadata file says about it.

``corpus/<municipality>/<document>.txt`` holds the text, ``<document>.toml`` beside it the metadata.
"""

from __future__ import annotations

import datetime
import hashlib
import os
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ingest.errors import DocumentError, MetadataError, TextError

KINDS = ("policy", "strategy")
LANGUAGES = ("nb", "nn", "en")
SUFFIX = ".txt"


@dataclass(frozen=True)
class Period:
    """The time one chapter of a document is for: a plan inside a strategy, say."""

    section: str  # heading of the chapter, as in the text
    valid_from: str | None
    valid_to: str | None


@dataclass(frozen=True)
class Document:
    """One document of one municipality. ``text`` is the file's text, unchanged.

    Dates are ISO strings or None when the document does not say. ``notes`` tells what the reader
    should know about how it was loaded (no metadata file, another text than the metadata was made for).
    """

    municipality: str
    municipality_name: str
    id: str
    title: str
    kind: str
    language: str
    text: str
    sha256: str
    adopted: str | None = None
    valid_from: str | None = None
    valid_to: str | None = None
    periods: tuple[Period, ...] = ()
    notes: tuple[str, ...] = ()

    def valid_to_at(self, heading_path: tuple[str, ...]) -> str | None:
        """The last day a passage under these headings is for; None when the document does not say."""
        for period in self.periods:
            if period.section in heading_path:
                return period.valid_to
        return self.valid_to

    def page_at(self, offset: int) -> int | None:
        """The page, from 1, that ``offset`` is on; None when no form feeds tell."""
        if "\f" not in self.text:
            return None
        return self.text.count("\f", 0, offset) + 1


def find_documents(paths: list[Path]) -> Iterator[Path]:
    """The text files under ``paths``: each a file, a municipality's folder, or a folder of those.

    Each comes once, as an absolute path, so that its folder's name is known.

    Raises DocumentError for a path that is not there.
    """
    seen: set[Path] = set()
    for path in (Path(os.path.abspath(path)) for path in paths):
        if path.is_file():
            found = [path]
        elif path.is_dir():
            found = sorted(p for p in path.rglob(f"*{SUFFIX}") if not p.name.startswith("."))
        else:
            raise DocumentError(f"{path}: there is no such file or folder.")
        yield from (file for file in found if file not in seen)
        seen.update(found)


def load_document(path: Path) -> Document:
    """Read a document and its metadata.

    Raises TextError when the text is empty, not UTF-8 or not a .txt file, and MetadataError when the
    metadata file is unreadable or wrong. Without a metadata file, title and municipality are taken
    from the file's and the folder's name, and ``notes`` says so.
    """
    text, sha256 = _read_text(path)
    metadata_path = path.with_suffix(".toml")
    notes = []
    if metadata_path.exists():
        metadata = _read_metadata(metadata_path)
        if metadata.get("sha256", sha256) != sha256:
            notes.append(
                f"the text has changed since {metadata_path.name} was written: check its dates and sha256"
            )
    else:
        metadata = {}
        notes.append(
            f"no {metadata_path.name}: title and municipality taken from the names of file and folder"
        )
    key = path.absolute().parent.name.lower()
    return Document(
        municipality=key,
        municipality_name=metadata.get("municipality", key.replace("-", " ").title()),
        id=path.stem,
        title=metadata.get("title", path.stem.replace("-", " ").capitalize()),
        kind=metadata.get("kind", "policy"),
        language=metadata.get("language", "nb"),
        text=text,
        sha256=sha256,
        adopted=_date(metadata.get("adopted")),
        valid_from=_date(metadata.get("valid_from")),
        valid_to=_date(metadata.get("valid_to")),
        periods=tuple(
            Period(p["section"], _date(p.get("valid_from")), _date(p.get("valid_to")))
            for p in metadata.get("period", [])
        ),
        notes=tuple(notes),
    )


def _read_text(path: Path) -> tuple[str, str]:
    if path.suffix.lower() != SUFFIX:
        raise TextError(
            f"{path}: only {SUFFIX} files (UTF-8) can be indexed. Save the document as text first."
        )
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise TextError(
            f"{path}: the text is not UTF-8 (byte {error.start}). Save it as UTF-8 and run ingest again."
        ) from error
    except OSError as error:
        raise TextError(f"{path}: the text cannot be read ({error.strerror}).") from error
    if not any(c.isalnum() for c in text):
        raise TextError(f"{path}: the document is empty.")
    return text, hashlib.sha256(raw).hexdigest()


def _read_metadata(path: Path) -> dict[str, Any]:
    try:
        metadata = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise MetadataError(f"{path}: the metadata cannot be read ({error}).") from error
    for name, allowed in (("kind", KINDS), ("language", LANGUAGES)):
        if name in metadata and metadata[name] not in allowed:
            raise MetadataError(
                f"{path}: {name} is {metadata[name]!r}; it must be one of {', '.join(allowed)}."
            )
    for name in ("title", "municipality", "sha256"):
        if not isinstance(metadata.get(name, "x"), str) or not metadata.get(name, "x").strip():
            raise MetadataError(f"{path}: {name} must be a text in quotation marks.")
    periods = metadata.get("period", [])
    if not isinstance(periods, list) or not all(
        isinstance(p, dict) and isinstance(p.get("section"), str) for p in periods
    ):
        raise MetadataError(f'{path}: each [[period]] needs the heading it is for, as section = "…".')
    for owner in [metadata, *periods]:
        for name in ("adopted", "valid_from", "valid_to"):
            if not isinstance(owner.get(name), datetime.date | None):
                raise MetadataError(
                    f"{path}: {name} must be a date such as 2025-06-19, without quotation marks."
                )
    return metadata


def _date(value: datetime.date | None) -> str | None:
    return value.isoformat()[:10] if value is not None else None
