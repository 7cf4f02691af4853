"""Fixed phrases in bokmål, nynorsk and English, read from ``data/phrases.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from assistant.answer import Language

DATA = Path(__file__).parent / "data"


@cache
def load_table(path: Path) -> dict[str, dict[str, str]]:
    """A data file of tables with texts by language."""
    with path.open("rb") as file:
        return tomllib.load(file)


def phrase(key: str, language: Language, **values: object) -> str:
    """The phrase ``key`` in ``language`` with ``{names}`` filled in; KeyError when there is none."""
    return load_table(DATA / "phrases.toml")[key][language].format(**values)
