"""Questions about what somebody in a role is to do, and the spans that say it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from assistant.lists import is_table
from assistant.phrases import alternatives, load_data, says
from assistant.understand import topic_words
from ingest.analysis import terms, word_terms, words
from ingest.municipality import MunicipalityIndex, SpanRef

_CLAUSE = re.compile(r"[.!?:;]\s")
ROLES = ("leader", "employee", "union", "safety", "politician")
OPENS = 4  # a statement about a role names it among its first words
SHORTEST_ITEM = 3  # words; a shorter list item names a topic and states no duty
SHORTEST_MEAN = 4  # words on average; shorter items are the boxes of a figure
MOST_OTHER_WORDS = 1  # words of another topic in a question about a role's duties in general


def roles_asked_about(question: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The roles whose duties in general ``question`` asks for, and the question's other words of topic.

    "Hva forventes av meg som leder?" gives (("leader",), ()); a question about something else gives ((), ()).
    """
    clauses = [clause for clause in _CLAUSE.split(question) if clause.strip()]
    return next((found for clause in clauses if (found := _roles_in(clause))[0]), ((), ()))


def _roles_in(clause: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The same of one sentence of a question: the others tell who asks and why."""
    found = words(clause)
    phrases = alternatives(load_data("roles")["duty"]["phrases"])
    if not set(found) & _forms("duty", "asked") and not says(clause, phrases):
        return (), ()
    named = tuple(role for role in ROLES if set(found) & _forms(role, "asked"))
    if len(named) > 1 and not _asks_for_each(found, named):
        return (), ()
    known = _forms("duty", "asked").union(*(_forms(role, "asked") for role in named))
    others = tuple(word for word in topic_words(clause) if word not in known)
    return (named, others) if named and len(others) <= MOST_OTHER_WORDS else ((), ())


def _asks_for_each(found: Sequence[str], named: Sequence[str]) -> bool:
    """Whether several roles are asked about alike: "både ledere og medarbeidere"."""
    every = frozenset().union(*(_forms(role, "asked") for role in named))
    joined = any(
        first in every and second in _forms("duty", "joins") and third in every
        for first, second, third in zip(found, found[1:], found[2:], strict=False)
    )
    return joined or bool(set(found) & _forms("duty", "each"))


def duties(role: str, topic: Sequence[str], index: MunicipalityIndex) -> list[SpanRef]:
    """The spans that say what somebody in ``role`` is to do or be, in reading order.

    When some of them stand under a heading that names a word of ``topic``, only those.
    """
    tables = {p.id for p in index.passages.values() if is_table([s for s in p.spans if s.kind == "item"])}
    found = [ref for ref in index.spans if ref.passage.id not in tables and states_duty(ref, role)]
    wanted = {term for word in topic for term in word_terms(word)[:1]}
    on_topic = [ref for ref in found if wanted & set(terms(" ".join(ref.passage.heading_path)))]
    return on_topic or found


def states_duty(ref: SpanRef, role: str) -> bool:
    """Whether a span says what somebody in ``role`` is to do or be.

    A sentence does when it opens with the role and speaks of duty or of all who have it, or has "skal"
    beside it. A list item does when it opens with the role, or stands under a heading or opening sentence
    that names that role alone.
    """
    own, written = words(ref.span.text), _forms(role, "written")
    opens = bool(set(own[:OPENS]) & written)
    if ref.span.kind == "item":
        above = words(" ".join([*ref.passage.heading_path[-2:], ref.span.lead_in]))
        others = [r for r in ROLES if r != role and set(above) & _forms(r, "written")]
        headed = bool(set(above) & written) and not others and _mean_words(ref) >= SHORTEST_MEAN
        return len(own) >= SHORTEST_ITEM and (opens or headed)
    if ref.span.kind != "sentence" or ref.span.text.endswith(":"):
        return False
    general = set(own[: OPENS - 1]) & _forms("duty", "general")
    beside = any(
        word in written and {*own[max(0, i - 1) : i], *own[i + 1 : i + 2]} & _forms("duty", "modal")
        for i, word in enumerate(own)
    )
    return beside or (opens and bool(general or set(own) & _forms("duty", "written")))


def _mean_words(ref: SpanRef) -> float:
    """How many words the items of the list ``ref`` stands in have on average."""
    items = [len(words(s.text)) for s in ref.passage.spans if s.list_id == ref.span.list_id]
    return sum(items) / len(items)


@cache
def _forms(table: str, column: str) -> frozenset[str]:
    return frozenset(load_data("roles")[table][column].split())
