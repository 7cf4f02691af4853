"""The embedded answerer: picks the spans that answer and quotes them. No language model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from assistant.lists import LONGEST_LIST, is_table, list_items, opened_by, opening, siblings, table_row
from assistant.overview import asks_for_whole, overview
from assistant.question_type import asks_for, points_back
from assistant.retrieve import Ranked, Suggested
from assistant.roles import duties, roles_asked_about
from assistant.understand import Understood, topic_words
from ingest.analysis import terms, word_terms
from ingest.block import bare
from ingest.municipality import MunicipalityIndex, SpanRef

# Tuned by a coarse search on the development half of eval/ (evidence recall against citation precision).
KEEP = 0.65  # a span is quoted when it scores at least this share of the best one
MOST_SPANS = 3  # separate sentences in one answer
MOST_WITH_LISTS = 2  # ... beside whole lists
LOOK = 8  # best spans looked at
SUGGESTED = 0.65  # an answer of the bank is given when it has this share of the votes for the best one
MOST_SUGGESTED = 3
MOST_BESIDE = 5  # best spans beside the bank's answers
LIST_SHARE = 2  # so many items of a list among the best spans bring the whole list
MOST_LISTS = 3
MOST_SUMMARY = 14  # spans of a chapter in a summary
NAMED = 0.4  # a title names a question's topic when it holds at least this share of it
SHORTEST_REPEAT = 25  # letters; fewer stand in a longer sentence by chance
MOST_DUTIES = 30  # statements about what a role is to do


def choose_quotes(
    understood: Understood,
    ranked: Sequence[Ranked],
    suggested: Sequence[Suggested],
    index: MunicipalityIndex,
) -> tuple[SpanRef, ...]:
    """The spans that answer: what a role is to do, what the question bank has for such a question with the
    best spans beside it, a chapter in short, or the best sentences and lists.

    Section by section, the one with the best span first, in reading order within each.
    """
    if not ranked:
        return ()
    question = understood.search_text
    chosen = overview(index) if asks_for_whole(question) else []
    chosen = chosen or _duties(question, ranked, index)
    if not chosen and suggested:
        chosen = _of_the_bank(suggested, ranked, index)
    if not chosen and asks_for(question, "summary"):
        chosen = _best_of(_section_about(question, index), ranked, MOST_SUMMARY)
    chosen = chosen or _best_spans(question, ranked, index)
    rows = {each.id: each for ref in chosen for each in table_row(ref, index)}
    return _by_section(_without_repeats(list(rows.values())), ranked, index)


def _duties(question: str, ranked: Sequence[Ranked], index: MunicipalityIndex) -> list[SpanRef]:
    """What those in the roles that ``question`` asks about are to do, role by role; [] for others."""
    roles, topic = roles_asked_about(question)
    return [ref for role in roles for ref in _best_of(duties(role, topic, index), ranked, MOST_DUTIES)]


def _without_repeats(refs: Sequence[SpanRef]) -> list[SpanRef]:
    """``refs`` without those whose words another one holds: a pull quote says a sentence a second time."""
    kept: dict[str, SpanRef] = {}
    words = {ref.id: bare(ref.span.text) for ref in refs}
    for ref in refs:
        own = words[ref.id]
        larger = any(
            own != other and len(own) >= SHORTEST_REPEAT and own in other for other in words.values()
        )
        if not larger:
            kept.setdefault(own, ref)
    return list(kept.values())


def _of_the_bank(
    suggested: Sequence[Suggested], ranked: Sequence[Ranked], index: MunicipalityIndex
) -> list[SpanRef]:
    """The answers that the bank suggests most, and the best spans beside them."""
    least = SUGGESTED * suggested[0].share
    answers = [each.refs for each in suggested[:MOST_SUGGESTED] if each.share >= least]
    chosen = {ref.id: ref for refs in answers for ref in refs}
    for r in ranked[:MOST_BESIDE]:
        if r.score >= KEEP * ranked[0].score and r.span.kind != "footnote":
            for ref in _with_what_it_needs(r.ref, index):
                chosen.setdefault(ref.id, ref)
    return list(chosen.values())


def _best_of(refs: Sequence[SpanRef], ranked: Sequence[Ranked], most: int) -> list[SpanRef]:
    """The ``most`` best of ``refs``; list items come before single sentences, so that a list stays whole."""
    score = {r.ref.id: r.score for r in ranked}
    return sorted(refs, key=lambda ref: (ref.span.kind != "item", -score.get(ref.id, 0.0)))[:most]


def _best_spans(question: str, ranked: Sequence[Ranked], index: MunicipalityIndex) -> list[SpanRef]:
    """The best sentences, and whole lists where one is asked for."""
    least = KEEP * ranked[0].score
    kept = [r for r in ranked[:LOOK] if r.score >= least and r.span.kind != "footnote"] or [ranked[0]]
    wants_list = asks_for(question, "list")
    lists = _lists_asked_for(wants_list, kept, index)
    if wants_list and (headed := _list_headed_by(question, index)) and headed not in lists:
        lists = [headed]
    chosen = {ref.id: ref for refs in lists for ref in refs}
    alone = [r for r in kept if r.ref.id not in chosen]
    for r in alone[: MOST_WITH_LISTS if lists else MOST_SPANS]:
        for ref in _with_what_it_needs(r.ref, index):
            chosen.setdefault(ref.id, ref)
    return list(chosen.values())


def _by_section(
    refs: Sequence[SpanRef], ranked: Sequence[Ranked], index: MunicipalityIndex
) -> tuple[SpanRef, ...]:
    """``refs`` in reading order within each section, the section with the best span first."""
    order = {ref.id: i for i, ref in enumerate(index.spans)}
    score = {r.ref.id: r.score for r in ranked}
    best: dict[tuple[str, tuple[str, ...]], float] = {}
    for ref in refs:
        section = (ref.passage.document, ref.passage.heading_path)
        best[section] = max(best.get(section, 0.0), score.get(ref.id, 0.0))

    def place(ref: SpanRef) -> tuple[float, tuple[str, tuple[str, ...]], int]:
        section = (ref.passage.document, ref.passage.heading_path)
        return -best[section], section, order[ref.id]

    return tuple(sorted(refs, key=place))


def _list_headed_by(question: str, index: MunicipalityIndex) -> list[SpanRef]:
    """The list whose own title or opening sentence names most of the question's topic; [] when none does."""
    lists: dict[tuple[str, int], list[SpanRef]] = {}
    for ref in index.spans:
        if ref.span.list_id >= 0:
            lists.setdefault((ref.passage.id, ref.span.list_id), []).append(ref)

    topic = _Topic.of(question, index)

    def named(items: list[SpanRef]) -> float:
        return topic.share_named(" ".join([*items[0].passage.heading_path[-1:], items[0].span.lead_in]))

    able = [
        items
        for items in lists.values()
        if 2 <= len(items) <= LONGEST_LIST and not is_table([r.span for r in items])
    ]
    best = max(able, key=named, default=[])
    return [*opening(best[0], index), *best] if best and named(best) >= NAMED else []


def _section_about(question: str, index: MunicipalityIndex) -> list[SpanRef]:
    """All spans under the heading that names most of the question's topic; [] when none names enough."""
    headings = {
        path
        for path in _heading_paths(index)
        if topic_words(path[-1])  # "Arbeidsgiverpolitikk" heads all of it
    }
    topic = _Topic.of(question, index)
    best = max(sorted(headings), key=lambda path: topic.share_named(path[-1]), default=())
    if not best or topic.share_named(best[-1]) < NAMED:
        return []
    under = [ref for ref in index.spans if ref.passage.heading_path[: len(best)] == best]
    return [ref for ref in under if ref.span.kind != "footnote"]


def _heading_paths(index: MunicipalityIndex) -> set[tuple[str, ...]]:
    return {p.heading_path[: n + 1] for p in index.passages.values() for n in range(len(p.heading_path))}


@dataclass(frozen=True)
class _Topic:
    """A question's topic words: the terms that stand for each, and its weight, more for rare ones."""

    forms: tuple[set[str], ...]
    weights: tuple[float, ...]

    @classmethod
    def of(cls, question: str, index: MunicipalityIndex) -> _Topic:
        meant = index.concepts.meant_by_word(question, index.concepts.meant_by(question))
        forms = tuple(
            {term.removeprefix("+") for term in word_terms(word)} | meant.get(word, set())
            for word in topic_words(question)
        )
        return cls(forms, tuple(max(1.0 / (1 + index.document_frequency(t)) for t in each) for each in forms))

    def share_named(self, title: str) -> float:
        """The share, 0 to 1, of the topic that ``title`` names."""
        held = {term.removeprefix("+") for term in terms(title)}
        found = sum(w for w, each in zip(self.weights, self.forms, strict=True) if each & held)
        return found / sum(self.weights) if self.weights else 0.0


def _lists_asked_for(wants: bool, kept: Sequence[Ranked], index: MunicipalityIndex) -> list[list[SpanRef]]:
    """Whole lists, each with the sentence that opens it, that the question is about.

    A list is, when one of its items is among the best and several things were asked for, or when
    the best span and LIST_SHARE of the best are its items.
    """
    hits = Counter((r.passage.id, r.span.list_id) for r in kept if r.span.list_id >= 0)
    found = []
    for (passage, list_id), count in hits.most_common():
        items = list_items(passage, list_id, index)
        holds_best = (kept[0].passage.id, kept[0].span.list_id) == (passage, list_id)
        if (
            (wants or (holds_best and count >= LIST_SHARE))
            and len(items) <= LONGEST_LIST
            and not is_table([ref.span for ref in items])
        ):
            found.append([*opening(items[0], index), *items])
    return found[:MOST_LISTS]


def _with_what_it_needs(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """``ref`` with what it cannot be read without.

    A colon's list, a half sentence's opening, the sentence before for one whose subject points back.
    """
    if ref.span.text.endswith(":"):
        return [ref, *opened_by(ref, index)]
    if ref.span.list_id >= 0 and ref.span.text[:1].islower():
        return [*opening(ref, index), ref]
    if ref.span.kind == "sentence" and points_back(ref.span.text):
        around = siblings(ref.passage.id, index)
        before = around[: around.index(ref)][-1:]
        return [*(b for b in before if b.span.kind == "sentence"), ref]
    return [ref]
