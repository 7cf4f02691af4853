"""Lists in the documents: an item with its siblings and the sentence that opens it."""

from __future__ import annotations

from ingest.municipality import MunicipalityIndex, SpanRef

LONGEST_LIST = 24


def list_around(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """All items of the list ``ref`` is an item of, in order, after what opens it; [] for none."""
    if ref.span.list_id < 0:
        return []
    items = list_items(ref.passage.id, ref.span.list_id, index)
    return [*opening(items[0], index), *items]


def list_items(passage: str, list_id: int, index: MunicipalityIndex) -> list[SpanRef]:
    """The items of one list of a passage, in order."""
    return [ref for ref in siblings(passage, index) if ref.span.list_id == list_id]


def opening(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """The sentence that opens the list ``ref`` stands in, if it stands in the same passage."""
    lead_in = ref.span.lead_in
    return [s for s in siblings(ref.passage.id, index) if lead_in and s.span.text == lead_in][:1]


def opened_by(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """What the sentence ``ref`` that ends in a colon opens: the next sentence, or the list, or both."""
    around = siblings(ref.passage.id, index)
    at = around.index(ref)
    if at + 1 == len(around):
        return []
    following = around[at + 1]
    if following.span.list_id >= 0:
        items = list_items(ref.passage.id, following.span.list_id, index)
        return items if len(items) <= LONGEST_LIST else []
    led = [s for s in around if s.span.lead_in == following.span.text]
    return [following, *led]


def siblings(passage: str, index: MunicipalityIndex) -> list[SpanRef]:
    """All spans of a passage, in order."""
    return index.spans_of(passage)
