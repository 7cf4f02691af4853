"""Words that deny by their prefix: "utydelig", "unclear"."""

from __future__ import annotations

from functools import cache

import simplemma

from assistant.proof.glossary import english_stem, english_vocabulary
from assistant.proof.words import proof_data

_SHORTEST_BASE = 4  # letters of a word that "u" or "un" denies


def denied(word: str, english: bool) -> str:
    """What a lower-case word denies by its prefix, "" when it denies nothing.

    >>> denied("utydelig", english=False), denied("utvikle", english=False), denied("unclear", english=True)
    ('tydelig', '', 'clear')
    """
    if english:
        listed = _english_denials()
        if word in listed:
            return listed[word]
        base = word.removeprefix("un").removeprefix("-")
        plain = base == word or len(base) < _SHORTEST_BASE or word in _not_denying()
        return "" if plain or english_stem(base) not in english_vocabulary() else base
    base = word.removeprefix("u")
    if base == word or len(base) < _SHORTEST_BASE or word in _not_denying() or base[0] in "tn":
        return base if word in _denying_exceptions() else ""
    return base if any(simplemma.is_known(base, lang=language) for language in ("nb", "nn")) else ""


@cache
def _english_denials() -> dict[str, str]:
    listed = proof_data()["prefix"]["english"].split()
    return {entry.split(":")[0]: entry.split(":")[1] for entry in listed}


@cache
def _not_denying() -> frozenset[str]:
    prefix = proof_data()["prefix"]
    return frozenset(f"{prefix['not_denying']} {prefix['not_denying_english']}".split())


@cache
def _denying_exceptions() -> frozenset[str]:
    return frozenset(proof_data()["prefix"]["denying"].split())
