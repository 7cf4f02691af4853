"""Proof of a statement in prose: what its own quotes do not bear out."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.language import detect_language
from assistant.proof.agents import unproven_roles
from assistant.proof.bearing import bearing
from assistant.proof.claims import read_claim, read_quotes
from assistant.proof.contents import changed_quotation, misplaced_municipality, unsupported_words
from assistant.proof.numerals import changed_marks, numbers, time_places, unproven_numbers
from assistant.proof.opposites import opposites
from assistant.proof.order import changed_order, changed_preference, changed_replacement
from assistant.proof.polarity import unproven_negations
from assistant.proof.scope import unproven_scope
from assistant.proof.strength import unproven_strength
from assistant.proof.verbatim import changed_words


def unproven(text: str, quotes: Sequence[str], headings: Sequence[str] = ()) -> tuple[str, ...]:
    """Why ``quotes`` (Norwegian) do not bear out the statement ``text`` (nb, nn or en); () when they do.

    ``headings`` above the quotes may hold content words and roles, never a number, name or negation. A
    reason is a kind, a colon and the words it is about.

    >>> unproven("Lederen kan gi 3 varsler.", ["Lederen skal gi to varsler."])
    ('number not in the quotes: 3', 'strength not in the quotes: kan')
    """
    english = detect_language(text) == "en"
    statement = read_claim(text, english=english)
    said, above = read_quotes(quotes), read_quotes(headings)
    held, context = bearing(statement, said), bearing(statement, above)
    if not any(held.places(word) for word in statement.words if word.numeric or statement.is_content(word)):
        return ("nothing of the quotes: " + text,)
    proven = time_places(statement) | frozenset(numbers(statement))
    reasons = [
        *misplaced_municipality(statement, said),
        *changed_quotation(text, "\n".join(quotes), english),
        *changed_marks(text, "\n".join(quotes)),
        *unproven_numbers(statement, said, held),
        *unproven_negations(statement, said, held),
        *unproven_scope(statement, said, held),
        *unproven_strength(statement, said, held),
        *unproven_roles(statement, said, above, held),
        *unsupported_words(statement, said, held, context, proven),
        *changed_words(statement, said, held),
        *changed_order(statement, said, held),
        *changed_replacement(statement, said, held),
        *changed_preference(statement, said, held),
        *opposites(statement, said, held),
    ]
    return tuple(dict.fromkeys(reasons))
