"""The keys of a word: two words that share one may stand for each other.

Keys begin with what they are: "n:" a Norwegian root, "e:" an English stem, "x:" an English word, "w:" the
word itself, "v:" a verb with its particle.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache, lru_cache

from assistant.proof.denial import denied
from assistant.proof.glossary import bokmaal_for, english_for, english_stem, english_vocabulary, glosses
from assistant.proof.words import Word, proof_data
from ingest.analysis import compound_parts, is_known, lemma

_ENDINGS = re.compile(
    r"(?:elsene|elser|else|ninger|ninga|ning|inger|inga|ing|asjoner|asjon|sjoner|sjon|ende|ande|elig|eleg|lig|leg|"
    r"het|heit|ene|ane|ert|era|ere|est|ast|ar|er|en|et|es|as|st|te|e|a|t|s|r)$"
)
_SHORTEST_ROOT = 4
PARTICLE_AFTER = 3  # words from a verb to its particle: "gå nøye gjennom"
VERB_LETTERS = 3  # of a verb beside its particle, which "utrykning" and "rykke ut" share
_LONGEST_VERB = 12


@lru_cache(maxsize=50_000)
def english_keys(word: str, *, denying: bool = True) -> frozenset[str]:
    """The keys of a lower-case English word: its stem, and with ``denying`` that of what it denies."""
    forms = {word, denied(word, english=True) if denying else ""} - {""}
    for ending, others in (("ed", ("", "e")), ("ing", ("", "e")), ("s", ("",))):
        forms |= {f[: -len(ending)] + other for f in (*forms,) if f.endswith(ending) for other in others}
    if english_stem(word) not in english_vocabulary():  # "shorter" is "short", but "career" is no "care"
        forms |= {word.removesuffix("er") + e for e in ("", "e")} | {
            word.removesuffix("est") + e for e in ("", "e")
        }
    return frozenset(f"e:{english_stem(form)}" for form in forms) | {f"w:{word.removesuffix(chr(39) + 's')}"}


@lru_cache(maxsize=50_000)
def norwegian_keys(word: str, *, denying: bool = True) -> frozenset[str]:
    """The keys of a lower-case Norwegian word: roots of its bokmål and nynorsk forms, and English stems."""
    forms = {word, denied(word, english=False) if denying else ""} - {""}
    forms |= dictionary_forms(word) | {lemma(form) for form in forms}
    forms |= {form for each in forms for form in bokmaal_for(each) if " " not in form}
    keys = {f"n:{root(form)}" for form in forms} | {f"n:{_sounded(root(form))}" for form in forms}
    keys |= {f"x:{gloss.removeprefix('to ')}" for form in forms for gloss in glosses(form)}
    keys |= {f"e:{stems[0]}" for form in forms for stems in english_for(form) if len(stems) == 1}
    return frozenset(keys) | {f"w:{word}", f"w:{word.removesuffix('s')}"}


@lru_cache(maxsize=50_000)
def dictionary_forms(word: str) -> frozenset[str]:
    """A word's dictionary form, and that of the word without the "s" of a genitive or a compound."""
    bare_word = word.removesuffix("s")
    forms = {lemma(word)} | ({bare_word, lemma(bare_word)} if bare_word and is_known(bare_word) else set())
    return frozenset(forms)


@lru_cache(maxsize=50_000)
def pieces(word: str) -> tuple[str, ...]:
    if "-" in word:
        return tuple(piece for piece in word.split("-") if len(piece) > 1)
    base = lemma(word)
    found = compound_parts(base) or compound_parts(word)
    translated = next((compound_parts(b) for b in sorted(bokmaal_for(word)) if compound_parts(b)), ())
    return found or translated


@lru_cache(maxsize=50_000)
def root(word: str) -> str:
    """The root that "utvikle", "utvikling", "utviklet" share; a stem when little would be left."""
    word = lemma(word) if is_known(word) else word
    previous = ""
    while previous != word:
        previous, shorter = word, _ENDINGS.sub("", word)
        word = shorter if len(shorter) >= _SHORTEST_ROOT else word
    return word


@lru_cache(maxsize=50_000)
def roots(word: str) -> frozenset[str]:
    """The roots of a word and of the bokmål words for it."""
    return frozenset(root(form) for form in (word, *bokmaal_for(word)))


def _sounded(root: str) -> str:
    for nynorsk, bokmaal in _sounds():
        root = root.replace(nynorsk, bokmaal)
    return re.sub(r"(.)\1", r"\1", root)


@cache
def _sounds() -> tuple[tuple[str, str], ...]:
    pairs = (entry.split(":") for entry in proof_data()["words"]["sounds"].split())
    return tuple((nynorsk, bokmaal) for nynorsk, bokmaal in pairs)


def particle_keys(words: Sequence[Word]) -> list[frozenset[str]]:
    """For each word of a Norwegian text, its keys as a verb with a particle: "utlyse" is "lyse … ut"."""
    found = []
    for word in words:
        ahead = words[word.place + 1 : word.place + 1 + PARTICLE_AFTER]
        after = {_particles().get(w.lower, "") for w in ahead if w.clause == word.clause} - {""}
        stems = {_verb_stem(form) for form in (word.lower, lemma(word.lower))} - {""}
        loose = {f"v:{particle}+{stem}" for particle in after for stem in stems}
        found.append(frozenset(loose) | _joined_particle(word.lower))
    return found


@lru_cache(maxsize=50_000)
def _joined_particle(word: str) -> frozenset[str]:
    """The key of "utlyse", "utlysning", "gjennomgås"."""
    base = lemma(word)
    return frozenset(
        f"v:{particle}+{_verb_stem(base[len(written) :])}"
        for written, particle in _particles().items()
        if base.startswith(written) and 2 <= len(base) - len(written) <= _LONGEST_VERB
    )


def _verb_stem(verb: str) -> str:
    changed = dict(entry.split(":") for entry in proof_data()["words"]["verb_nouns"].split())
    verb = next((verb_ for noun, verb_ in changed.items() if verb.startswith(noun)), verb)
    return verb[:VERB_LETTERS]


@cache
def _particles() -> dict[str, str]:
    """Each written form of a particle, with the one it counts as."""
    entries = (entry.split(":") for entry in proof_data()["words"]["particles"].split())
    return {form: entry[0] for entry in entries for form in entry[-1].split(",")}
