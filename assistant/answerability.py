"""Whether the documents answer what is asked: one probability, and one threshold.

A logistic model over a few plain features of the question, of the known questions most like it, and of the
spans found (its weights are in ``data/answerability.toml``, learnt by ``python -m eval.train_answerability``
on the development half alone: one set for documents with a question bank, one for those without).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache

from assistant.neighbours import SMALLEST, Neighbour, best, logistic, wording
from assistant.phrases import load_data
from assistant.question_type import answer_type, asks_for_detail, holds
from assistant.retrieve import Ranked
from assistant.roles import roles_asked_about
from assistant.understand import Understood, topic_words
from ingest.analysis import char_ngrams, terms, word_terms, words
from ingest.elsewhere import Topic
from ingest.municipality import MunicipalityIndex, SpanRef

WITH_QUESTIONS, WITHOUT_QUESTIONS = "with_questions", "without_questions"
LOOK = 3  # best spans looked at for the topic
NEAR = 10  # nearest known questions that vote
MEAN_OF = 3
KNOWN_FROM = 5  # answered questions, and spans, whose words are known
LONG = 25  # words; a longer question is no longer still
VAGUE = 1  # words of topic; a question with no more names it and takes nothing for granted
FLOOR = 0.001  # probabilities nearer to 0 or 1 than this are all the same
SURELY_ELSEWHERE = 0.25  # how surely a question settled elsewhere must ask the same for its topic to be named
MEANT = 0.7  # a policy word of the same concept counts this much
TYPO = 0.5  # share of character n-grams two spellings of one word have in common
UNKNOWN_WORD = 1.5  # a word that stands nowhere in the documents weighs this much more than a rare one


def is_answerable(probability: float) -> bool:
    """Whether a question that is answerable with this ``probability``, 0 to 1, is answered."""
    return probability >= float(load_data("answerability")["threshold"]["answer_from"])


def answerability(
    question: Understood,
    neighbours: Sequence[Neighbour],
    ranked: Sequence[Ranked],
    chosen: Sequence[SpanRef],
    index: MunicipalityIndex,
) -> float:
    """The probability, 0 to 1, that the documents answer ``question``; 0 when nothing was found.

    ``neighbours``: the known questions like it, surest first. ``ranked``: spans, best first. ``chosen``:
    those that would be quoted.
    """
    if not ranked or not chosen:
        return 0.0
    weights = load_data("answerability")[WITH_QUESTIONS if index.questions else WITHOUT_QUESTIONS]
    return logistic(evidence(question, neighbours, ranked, chosen, index), weights)


def evidence(
    question: Understood,
    neighbours: Sequence[Neighbour],
    ranked: Sequence[Ranked],
    chosen: Sequence[SpanRef],
    index: MunicipalityIndex,
) -> dict[str, float]:
    """The features that answerability is judged by; arguments as for ``answerability``."""
    text = question.search_text
    kind = answer_type(question.asked)
    detail = asks_for_detail(kind)
    answered, unanswered = (best(neighbours, side, NEAR) for side in ("answered", "unanswered"))
    elsewhere = best(neighbours, "elsewhere", NEAR)
    count = len(words(text))
    quoted = " ".join(ref.span.text for ref in chosen)
    english = question.language == "en"
    return {
        "wording": index.wording.score(question.asked),
        "answered": _log_odds(_mean(answered)),
        "unanswered": _log_odds(_surest(unanswered)),
        "elsewhere": _log_odds(_surest(elsewhere)),
        "votes_answered": _votes(neighbours, "answered"),
        "votes_unanswered": _votes(neighbours, "unanswered"),
        "detail": float(detail),
        "detail_held": float(detail and holds(kind, quoted)),
        "detail_answered": _log_odds(_surest(_of_kind(answered, kind))) if detail else 0.0,
        "detail_unanswered": _log_odds(_surest(_of_kind(unanswered, kind))) if detail else 0.0,
        "topic": 0.5 if english else topic_coverage(text, _texts(ranked[:LOOK]), index),
        "words_known": _words_known(text, answered, ranked, index),
        "length": min(count, LONG) / LONG,
        "vague": float(len(topic_words(text)) <= VAGUE),
        "english": float(english),
        "role": float(bool(roles_asked_about(text)[0])),
    }


def settled_elsewhere(neighbours: Sequence[Neighbour]) -> Topic | None:
    """The topic of those that policies leave to other documents that the question is about; None without."""
    alike = best(neighbours, "elsewhere", NEAR)
    if not alike or alike[0].same < SURELY_ELSEWHERE:
        return None
    votes: dict[Topic, float] = {}
    for each in alike:
        if each.topic is not None:
            votes[each.topic] = votes.get(each.topic, 0.0) + each.same
    return max(votes, key=votes.__getitem__)


def _log_odds(probability: float) -> float:
    return math.log((probability + FLOOR) / (1 - probability + FLOOR))


def _surest(neighbours: Sequence[Neighbour]) -> float:
    return max((each.same for each in neighbours), default=0.0)


def _mean(neighbours: Sequence[Neighbour]) -> float:
    first = neighbours[:MEAN_OF]
    return sum(each.same for each in first) / len(first) if first else 0.0


def _votes(neighbours: Sequence[Neighbour], side: str) -> float:
    """The share of one side in the likeness of the NEAR likest questions."""
    near = neighbours[:NEAR]
    total = sum(each.same for each in near)
    return sum(each.same for each in near if each.side == side) / max(total, SMALLEST)


def _of_kind(neighbours: Sequence[Neighbour], kind: str) -> list[Neighbour]:
    return [each for each in neighbours if wording(each.text).kind == kind]


def _texts(ranked: Sequence[Ranked]) -> list[str]:
    return [" ".join([*r.passage.heading_path[-2:], r.span.lead_in, r.span.text]) for r in ranked]


def _words_known(
    question: str, answered: Sequence[Neighbour], ranked: Sequence[Ranked], index: MunicipalityIndex
) -> float:
    """The share of the question's topic that the likest answered questions and the best spans hold.

    Words weigh by how rare they are in known questions; 1 when there is no word of topic.
    """
    cut = [
        [term.removeprefix("+") for term in word_terms(w)] for w in topic_words(question) if not w.isdigit()
    ]
    held = {term for each in answered[:KNOWN_FROM] for term in wording(each.text).content}
    held |= {term.removeprefix("+") for text in _texts(ranked[:KNOWN_FROM]) for term in terms(text)}
    weights = [index.asked.rarity("asked_words", each[0]) for each in cut]
    known = sum(weight for weight, each in zip(weights, cut, strict=True) if held & set(each))
    return known / sum(weights) if weights else 1.0


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
