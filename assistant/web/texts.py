"""Texts of the web layer in bokmål, nynorsk and English, and which of them a reader gets."""

from __future__ import annotations

from assistant.answer import Language
from assistant.phrases import load_data

_LANGUAGES: dict[str, Language] = {"nb": "nb", "no": "nb", "nn": "nn", "en": "en"}


def text(group: str, key: str, language: Language, **values: object) -> str:
    """The text ``[group.key]`` of ``data/web.toml`` with ``{names}`` filled in; else KeyError."""
    found: str = load_data("web")[group][key][language]
    return found.format(**values)


def language_of(accept_language: str | None) -> Language:
    """The best of nb, nn and en for an Accept-Language header (RFC 9110, 12.5.4), else bokmål."""
    wanted: list[tuple[float, Language]] = []
    for part in (accept_language or "").split(",")[:20]:
        tag, _, parameter = part.partition(";")
        language = _LANGUAGES.get(tag.strip().lower().split("-")[0])
        weight = _weight(parameter)
        if language and weight > 0:
            wanted.append((weight, language))
    return max(wanted, key=lambda pair: pair[0])[1] if wanted else "nb"


def _weight(parameter: str) -> float:
    name, _, value = parameter.partition("=")
    if name.strip().lower() != "q":
        return 1.0
    try:
        return float(value)
    except ValueError:
        return 0.0
