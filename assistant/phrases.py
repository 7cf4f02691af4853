"""The data files of this package, and the fixed phrases in bokmål, nynorsk and English."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from assistant.answer import Language
from ingest.analysis import words

DATA = Path(__file__).parent / "data"


@cache
def load_data(name: str) -> dict[str, Any]:
    """The tables of ``data/<name>.toml``."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def alternatives(listed: str) -> tuple[str, ...]:
    """The entries of a data file's "one|two|three", white space within them made single."""
    return tuple(" ".join(entry.split()) for entry in listed.split("|") if entry.strip())


def says(text: str, phrases: Iterable[str]) -> bool:
    """Whether ``text`` holds one of ``phrases`` as whole words in a row."""
    said = f" {' '.join(words(text))} "
    return any(f" {each} " in said for each in phrases)


def phrase(key: str, language: Language, **values: object) -> str:
    """The phrase ``key`` in ``language`` with ``{names}`` filled in; KeyError when there is none."""
    found: str = load_data("phrases")[key][language]
    return found.format(**values)
