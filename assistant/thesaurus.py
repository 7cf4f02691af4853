"""Everyday words find policy words: the concepts of ``data/concepts.toml``.

Each concept lists what people say and what policies write. A question that says the one is searched for
the other too, with less weight than its own words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from assistant.phrases import alternatives, load_data
from ingest.analysis import word_terms, words
from ingest.index import MunicipalityIndex


@dataclass(frozen=True)
class Concept:
    """A matter of working life, with its words in everyday use and in policies."""

    name: str
    everyday: tuple[str, ...]
    policy: tuple[str, ...]


@cache
def concepts() -> tuple[Concept, ...]:
    """All concepts, in the order of the file."""
    return tuple(
        Concept(
            name,
            tuple(
                " ".join(words(form.rstrip("* "))) + "*" * form.strip().endswith("*")
                for form in alternatives(table["everyday"])
            ),
            tuple(table["policy"].split()),
        )
        for name, table in load_data("concepts").items()
    )


def concepts_in(question: str) -> list[tuple[Concept, tuple[str, ...]]]:
    """The concepts that ``question`` speaks of, each with the question's words that say so.

    >>> [c.name for c, _ in concepts_in("får jeg gå på kurs?")]
    ['competence']
    """
    found = words(question)
    said = f" {' '.join(found)} "
    stems = {word_terms(word)[0]: word for word in reversed(found)}
    matches = []
    for concept in concepts():
        used = [word for form in concept.everyday for word in _said(form, found, said, stems)]
        if used:
            matches.append((concept, tuple(dict.fromkeys(used))))
    return matches


def policy_words(question: str, index: MunicipalityIndex) -> tuple[list[str], list[str]]:
    """The policy words of the concepts in ``question`` without those it says itself, in two lists.

    The first holds those of concepts that the question names in words unknown to the documents: they are
    needed. The second holds the rest: they only help.
    """
    own = set(words(question))
    needed: dict[str, None] = {}
    helpful: dict[str, None] = {}
    for concept, used in concepts_in(question):
        known = all(index.document_frequency(word_terms(word)[0]) for word in used)
        (helpful if known else needed).update((w, None) for w in concept.policy if w.lower() not in own)
    return list(needed), [word for word in helpful if word not in needed]


def _said(form: str, found: Sequence[str], said: str, stems: dict[str, str]) -> list[str]:
    """The words of the question by which it says ``form``; [] when it does not."""
    if form.endswith("*"):
        return [word for word in found if word.startswith(form[:-1])]
    if " " in form:
        return form.split() if f" {form} " in said else []
    stem = word_terms(form)[0]
    return [stems[stem]] if stem in stems else []
