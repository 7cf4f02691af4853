"""Whether the documents say anything on what is asked.

Three things are looked at: how much of the question's topic the best spans hold (a share of its words,
rare ones counting more), whether they hold the sort of thing that is asked for, such as a number or a
frequency, and whether the question is liker those that policies leave to other documents than those of
the question bank. All are plain to see and to explain; nothing is learnt here.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from functools import lru_cache

from assistant.features import Elsewhere
from assistant.phrases import alternatives, load_data, says
from assistant.retrieve import Ranked
from assistant.roles import role_asked_about
from assistant.understand import Understood, topic_words
from ingest.analysis import char_ngrams, terms, word_terms, words
from ingest.index import MunicipalityIndex

# Found on the development half of eval/: the highest at which 97 of 100 answerable questions are answered.
LEAST_COVERED = 0.27
# Like questions that are settled elsewhere count when they hold this share of the question's wording, and
# are liker than those of the bank by this much (0 to 1).
LEAST_WORDING = 0.16
LEAST_LEAD = 0.2
LOOK = 3  # best spans looked at
MEANT = 0.7  # a policy word of the same concept counts this much
TYPO = 0.5  # share of character n-grams two spellings of one word have in common
UNKNOWN_WORD = (
    1.5  # a word that stands nowhere in the documents weighs this much more than one that stands once
)


def is_answerable(coverage: float) -> bool:
    """Whether a ``coverage`` is enough to answer."""
    return coverage >= LEAST_COVERED


def coverage(
    question: Understood, ranked: Sequence[Ranked], elsewhere: Elsewhere, index: MunicipalityIndex
) -> float:
    """How much the best spans are about the question, 0 to 1: the one number that decides.

    0 when nothing was found, or nothing that holds the sort of thing asked for; else the share of the
    question's topic that the spans hold, or how much liker a question of the bank is than one settled
    elsewhere, less when such a one is liker; 1 for questions whose words cannot be looked for. Not
    calibrated: 0.5 does not mean that half of such questions have an answer.
    """
    best = ranked[:LOOK]
    if not best:
        return 0.0
    texts = [" ".join([*r.passage.heading_path[-2:], r.span.lead_in, r.span.text]) for r in best]
    pattern = _asked_quantity(question.asked)
    if pattern is not None and not any(pattern.search(text.lower()) for text in texts):
        return 0.0
    by_role = bool(role_asked_about(question.search_text)[0])  # every policy says something of every role
    judged = question.language != "en" and not by_role  # English words do not stand in Norwegian documents
    held = topic_coverage(question.search_text, texts, index) if judged else 1.0
    held = max(held, -elsewhere.lead)  # a question of the bank that is much like it is worth as much
    return held * (1 - elsewhere.share) if is_elsewhere(elsewhere) else held


def is_elsewhere(elsewhere: Elsewhere) -> bool:
    """Whether a question is much like those that policies leave to other documents."""
    return elsewhere.lead > LEAST_LEAD and elsewhere.wording >= LEAST_WORDING


def topic_coverage(question: str, texts: Sequence[str], index: MunicipalityIndex) -> float:
    """The share, 0 to 1, of the question's topic that ``texts`` hold; 1 when it has no words of topic.

    A word is held when its stem is, by 0.8 when all its compound parts are, by 0.9 when a word spelt
    much like it is, by MEANT when a policy word for the same concept is. Words weigh by how rare they are
    in the municipality's documents.
    """
    topic = [word for word in topic_words(question) if not word.isdigit()]
    if not topic:
        return 1.0
    held_terms = {term for text in texts for term in terms(text)}
    held_words = {word for text in texts for word in words(text)}
    weights = [_rarity(word, index) for word in topic]
    by_word = index.concepts.meant_by_word(question, index.concepts.meant_by(question))
    meant = {word: MEANT for word, terms_for_it in by_word.items() if terms_for_it & held_terms}
    held = [max(_held(word, held_terms, held_words), meant.get(word, 0.0)) for word in topic]
    return sum(w * h for w, h in zip(weights, held, strict=True)) / sum(weights)


def _held(word: str, held_terms: set[str], held_words: set[str]) -> float:
    stem, *parts = word_terms(word)
    if stem in held_terms or "+" + stem in held_terms:
        return 1.0
    share = sum(p in held_terms or p[1:] in held_terms for p in parts) / len(parts) if parts else 0.0
    by_parts = 0.8 if share == 1 else 0.3 * share  # half a compound is often another thing altogether
    return max(by_parts, 0.9 if any(_spelt_alike(word, other) for other in held_words) else 0.0)


@lru_cache(maxsize=100_000)
def _spelt_alike(word: str, other: str) -> bool:
    if len(word) >= 4 and other.startswith(word) and len(other) <= len(word) + 4:
        return True
    a, b = set(char_ngrams(word, 3)), set(char_ngrams(other, 3))
    return bool(a and b) and len(a & b) / len(a | b) >= TYPO


def _rarity(word: str, index: MunicipalityIndex) -> float:
    """Inverse document frequency of the word's stem over the municipality's spans."""
    count = index.document_frequency(word_terms(word)[0])
    rarity = math.log(1 + len(index.spans) / (count + 0.5))
    return rarity if count else rarity * UNKNOWN_WORD


def _asked_quantity(question: str) -> re.Pattern[str] | None:
    """What a text must hold to answer "hvor mange", "hvor ofte" and the like; None for other questions."""
    table = load_data("question_types")
    for kind in ("quantity", "frequency"):
        if says(question, alternatives(table[kind]["asked"])):
            return re.compile(table[kind]["held"])
    return None
