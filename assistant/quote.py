"""The embedded answerer: picks the spans that answer and quotes them. No language model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from assistant.phrases import load_data
from assistant.retrieve import Ranked
from assistant.roles import duties, is_table, role_asked_about
from assistant.understand import Understood
from ingest.analysis import words
from ingest.index import MunicipalityIndex, SpanRef

# Tuned by a coarse search on the development half of eval/ (evidence recall against citation precision).
KEEP = 0.7  # a span is quoted when it scores at least this share of the best one
MOST_SPANS = 3  # separate sentences in one answer
MOST_WITH_LISTS = 2  # ... beside whole lists
LOOK = 8  # best spans looked at
LIST_SHARE = 2  # so many items of a list among the best spans bring the whole list
MOST_LISTS = 3
MOST_DUTIES = 30  # statements about what a role is to do
LONGEST_LIST = 24


def choose_quotes(
    understood: Understood, ranked: Sequence[Ranked], index: MunicipalityIndex
) -> tuple[SpanRef, ...]:
    """The spans that answer: the best sentences, and whole lists where one is asked for."""
    if not ranked:
        return ()
    role, topic = role_asked_about(understood.search_text)
    if role and (stated := duties(role, topic, index)):
        score = {r.ref.id: r.score for r in ranked}
        # whole lists of duties come before single sentences
        best = sorted(stated, key=lambda ref: (ref.span.kind != "item", -score.get(ref.id, 0.0)))
        best = best[:MOST_DUTIES]
        return _by_section(best, ranked, index)
    least = KEEP * ranked[0].score
    kept = [r for r in ranked[:LOOK] if r.score >= least and r.span.kind != "footnote"] or [ranked[0]]
    lists = _lists_asked_for(asks_for_list(understood.search_text), kept, index)
    chosen = {ref.id: ref for refs in lists for ref in refs}
    alone = [r for r in kept if r.ref.id not in chosen]
    for r in alone[: MOST_WITH_LISTS if lists else MOST_SPANS]:
        for ref in _with_what_it_needs(r.ref, index):
            chosen.setdefault(ref.id, ref)
    return _by_section(list(chosen.values()), ranked, index)


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


def asks_for_list(question: str) -> bool:
    """Whether the words of ``question`` ask for several things: "hvilke", "krav til", "what are"."""
    lowered = f" {' '.join(words(question))} "
    return any(f" {cue} " in lowered for cue in _list_cues())


def _list_cues() -> tuple[str, ...]:
    table = load_data("question_types")["list"]
    return tuple(" ".join(cue.split()) for cues in table.values() for cue in cues.split("|") if cue.strip())


def _lists_asked_for(wants: bool, kept: Sequence[Ranked], index: MunicipalityIndex) -> list[list[SpanRef]]:
    """Whole lists, each with the sentence that opens it, that the question is about.

    A list is, when one of its items is among the best and several things were asked for, or when
    the best span and LIST_SHARE of the best are its items.
    """
    hits = Counter((r.passage.id, r.span.list_id) for r in kept if r.span.list_id >= 0)
    found = []
    for (passage, list_id), count in hits.most_common():
        items = _list_items(passage, list_id, index)
        holds_best = (kept[0].passage.id, kept[0].span.list_id) == (passage, list_id)
        if (
            (wants or (holds_best and count >= LIST_SHARE))
            and len(items) <= LONGEST_LIST
            and not is_table([ref.span for ref in items])
        ):
            found.append([*_opening(items[0], index), *items])
    return found[:MOST_LISTS]


def _with_what_it_needs(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """``ref`` with what it cannot be read without: a colon's list, a half sentence's opening."""
    if ref.span.text.endswith(":"):
        return [ref, *_opened_by(ref, index)]
    if ref.span.list_id >= 0 and ref.span.text[:1].islower():
        return [*_opening(ref, index), ref]
    return [ref]


def _opened_by(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """What the sentence ``ref`` that ends in a colon opens: the next sentence, or the list, or both."""
    siblings = _siblings(ref.passage.id, index)
    at = siblings.index(ref)
    if at + 1 == len(siblings):
        return []
    following = siblings[at + 1]
    if following.span.list_id >= 0:
        items = _list_items(ref.passage.id, following.span.list_id, index)
        return items if len(items) <= LONGEST_LIST else []
    led = [s for s in siblings if s.span.lead_in == following.span.text]
    return [following, *led]


def _opening(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """The sentence that opens the list ``ref`` stands in, if it stands in the same passage."""
    return [
        s for s in _siblings(ref.passage.id, index) if ref.span.lead_in and s.span.text == ref.span.lead_in
    ][:1]


def _list_items(passage: str, list_id: int, index: MunicipalityIndex) -> list[SpanRef]:
    return [ref for ref in _siblings(passage, index) if ref.span.list_id == list_id]


def _siblings(passage: str, index: MunicipalityIndex) -> list[SpanRef]:
    return [ref for ref in index.spans if ref.passage.id == passage]
