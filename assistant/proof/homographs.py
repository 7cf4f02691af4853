"""Words that look like another: "noen" that is somebody, "bruker" as a verb; conditions without "if"."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from assistant.proof.markers import Marker
from assistant.proof.words import Word, light_words, proof_data
from ingest.analysis import lemma

_SHORTEST_VERB = 4


def misread(words: Sequence[Word], marker: Marker) -> bool:
    """Whether an entry that stands in ``words`` is another word that is written alike."""
    word = words[marker.place]
    before = words[marker.place - 1] if marker.place else None
    after = next((w for w in words[marker.end : marker.end + 1] if w.sentence == word.sentence), None)
    if word.text == "May":
        return not word.opens or (after is not None and after.numeric)
    if marker.kind == "some" and marker.length == 1 and word.lower in _listed("somebody"):
        if before is not None and before.opens and _verb(before.lower):
            return True
        return after is None or after.clause != word.clause or _light(after.lower)
    if marker.kind == "user" and word.lower in _listed("user"):
        return (before is not None and before.lower in _listed("user_before")) or (
            after is not None and after.lower in _listed("user_after")
        )
    if marker.kind == "ensure" and word.lower in _listed("laws"):
        closed = after is None or after.clause != word.clause or after.lower in ("og", "eller")
        return closed or (before is not None and before.lower in _listed("laws_before"))
    return False


def reread(words: Sequence[Word], marker: Marker) -> Marker:
    """``marker``, or the "if" that it is in "dersom nødvendig utstyr mangler"."""
    after = next((w for w in words[marker.end : marker.end + 1]), None)
    first = words[marker.place].lower
    if marker.kind != "than_needed" or first not in _listed("if") or after is None:
        return marker
    goes_on = after.clause == words[marker.place].clause and not _light(after.lower)
    return Marker("if", marker.place, 1) if goes_on else marker


def inverted(words: Sequence[Word]) -> Iterator[Marker]:
    """An "if" of no length before each Norwegian sentence that begins with its verb ("Svikter det, …")."""
    for number, first in enumerate(words):
        if not first.opens or not _verb(first.lower) or number + 2 >= len(words):
            continue
        second = words[number + 1]
        if second.clause != first.clause or second.lower in _listed("not_inverted"):
            continue
        following = [w for w in words[number + 2 :] if w.sentence == first.sentence]
        after = [w for w in following if w.clause != words[w.place - 1].clause]
        if any(_verb(w.lower) for w in after):
            yield Marker("if", first.place, 0)


def _verb(word: str) -> bool:
    """Whether a lower-case word may be a verb in the present, or a passive."""
    if word in proof_data()["words"]["modal_verbs"].split() or word in (
        "er",
        "får",
        "går",
        "gjør",
        "gjer",
        "veit",
    ):
        return True
    ending = next((e for e in ("er", "ar", "r", "es", "as", "ast") if word.endswith(e)), "")
    inflected = ending == "r" or lemma(word) != word
    return bool(ending) and inflected and len(word) >= _SHORTEST_VERB and not word.endswith("ere")


def _light(word: str) -> bool:
    return word in light_words() or lemma(word) in light_words()


@cache
def _listed(key: str) -> frozenset[str]:
    return frozenset(proof_data()["homograph"][key].split())
