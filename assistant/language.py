"""Which of bokmål, nynorsk and English a question is in."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache

from assistant.answer import Language
from assistant.phrases import load_data
from ingest.analysis import words

LANGUAGES: tuple[Language, ...] = ("nb", "nn", "en")


@cache
def language_data() -> dict[str, dict[str, str]]:
    """``data/language.toml``."""
    return load_data("language")


@cache
def _function_words() -> dict[str, frozenset[str]]:
    return {name: frozenset(listed.split()) for name, listed in language_data()["function_words"].items()}


@cache
def _classify() -> Callable[[str], tuple[str, float]]:
    import py3langid

    py3langid.set_languages(["no", "nn", "en"])
    classify: Callable[[str], tuple[str, float]] = py3langid.classify
    return classify


def detect_language(text: str, default: Language = "nb") -> Language:
    """The language of ``text``, by its function words, then by py3langid limited to three languages.

    A text of one or two words that tell nothing is taken to be in ``default``, the language of the
    conversation so far.
    """
    found = words(text)
    count = {name: sum(word in listed for word in found) for name, listed in _function_words().items()}
    norwegian = count["nb"] + count["nn"] + count["no"]
    if count["en"] > norwegian:
        return "en"
    if count["nb"] != count["nn"]:
        return "nb" if count["nb"] > count["nn"] else "nn"
    if norwegian > count["en"]:
        return default if default != "en" else "nb"
    if len(found) < 3:
        return default
    code, _ = _classify()(text)
    return {"nn": "nn", "en": "en"}.get(code, "nb")  # type: ignore[return-value]
