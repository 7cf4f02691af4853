"""The data files of this package, and the fixed phrases in bokmål, nynorsk and English."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

from assistant.answer import Language

DATA = Path(__file__).parent / "data"


@cache
def load_data(name: str) -> dict[str, Any]:
    """The tables of ``data/<name>.toml``."""
    with (DATA / f"{name}.toml").open("rb") as file:
        return tomllib.load(file)


def phrase(key: str, language: Language, **values: object) -> str:
    """The phrase ``key`` in ``language`` with ``{names}`` filled in; KeyError when there is none."""
    found: str = load_data("phrases")[key][language]
    return found.format(**values)
