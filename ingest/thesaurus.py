"""The working-life thesaurus: what policies write, and what people say for the same thing.

``data/thesaurus/*.toml``, one table a concept, each field "one|two|three"::

    [pay_talk]
    policy = "lønnssamtale|lønnsvurdering"       # words of strategies, reglementer, agreements
    nb = "snakke om lønna|be om mer lønn|…"      # what people say, in bokmål …
    nn = "snakke om løna|…"                      # … nynorsk …
    en = "ask for a raise|…"                     # … and English

A file or folder in the same form (setting ``ASSISTANT_THESAURUS``) adds concepts of one's own, and more
forms to those that are here.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from ingest.errors import ThesaurusError
from ingest.lines import DATA

FOLDER = DATA / "thesaurus"
SPOKEN = ("nb", "nn", "en")
FIELDS = ("policy", *SPOKEN)


@dataclass(frozen=True)
class Concept:
    """A matter of working life, with its words in policies and in everyday use (by language)."""

    name: str
    policy: tuple[str, ...]
    said: Mapping[str, tuple[str, ...]]

    @property
    def forms(self) -> tuple[str, ...]:
        """Every word and phrase for it."""
        return (*self.policy, *(form for language in SPOKEN for form in self.said[language]))


def load_thesaurus(own: Path | None = None) -> list[Concept]:
    """The package's concepts with those of ``own`` (a file or folder); the same name is one concept.

    Raises ThesaurusError that names the file, the concept and what to do.
    """
    tables: dict[str, dict[str, list[str]]] = {}
    for file in _files(own):
        for name, table in _read(file).items():
            merged = tables.setdefault(name, {field: [] for field in FIELDS})
            for field in FIELDS:
                merged[field] += (
                    " ".join(form.split()) for form in table.get(field, "").split("|") if form.strip()
                )
    if empty := [name for name, table in tables.items() if not table["policy"]]:
        raise ThesaurusError(f'[{empty[0]}] has no policy = "…", the words by which documents say it.')
    return [
        Concept(
            name,
            tuple(dict.fromkeys(table["policy"])),
            {language: tuple(dict.fromkeys(table[language])) for language in SPOKEN},
        )
        for name, table in tables.items()
    ]


def thesaurus_fingerprint(own: Path | None = None) -> str:
    """A hash of all files that ``load_thesaurus(own)`` reads. Raises ThesaurusError."""
    digest = sha256()
    for file in _files(own):
        digest.update(file.name.encode() + b"\0" + _bytes(file))
    return digest.hexdigest()


def _files(own: Path | None) -> Iterator[Path]:
    for folder in (FOLDER, own):
        if folder is not None and folder.is_dir():
            yield from sorted(folder.glob("*.toml"))
        elif folder is not None:
            yield folder


def _bytes(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise ThesaurusError(
            f"{file}: cannot be read ({error.strerror}). Set ASSISTANT_THESAURUS right."
        ) from error


def _read(file: Path) -> dict[str, dict[str, str]]:
    try:
        tables = tomllib.loads(_bytes(file).decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ThesaurusError(f"{file}: not valid TOML in UTF-8 ({error}).") from error
    for name, table in tables.items():
        if not isinstance(table, dict) or not all(
            field in FIELDS and isinstance(value, str) for field, value in table.items()
        ):
            raise ThesaurusError(
                f'{file}: [{name}] may hold {", ".join(FIELDS)}, each text like "one|two|three".'
            )
    return tables
