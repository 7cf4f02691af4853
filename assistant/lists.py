"""Lists in the documents: an item with its siblings and the sentence that opens it."""

from __future__ import annotations

from collections.abc import Sequence

from assistant.phrases import load_data
from ingest.analysis import words
from ingest.municipality import MunicipalityIndex, SpanRef
from ingest.passages import Span

LONGEST_LIST = 24
LONGEST_PARTY = 8  # words


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


def table_row(ref: SpanRef, index: MunicipalityIndex) -> list[SpanRef]:
    """``ref`` with the cell that belongs to it in a flattened table: who answers for a measure, and back.

    Such a table reads as a list in which the names of those who answer for the measures come back.
    """
    around = siblings(ref.passage.id, index)
    if ref.span.list_id < 0 or not is_table([s.span for s in around if s.span.list_id >= 0]):
        return [ref]
    at = around.index(ref)
    if names_party(ref.span.text):
        return [*around[at - 1 : at], ref] if at and not names_party(around[at - 1].span.text) else [ref]
    return [ref, *(following for following in around[at + 1 : at + 2] if names_party(following.span.text))]


def names_party(text: str) -> bool:
    """Whether a cell holds nothing but the name of a post or a unit ("HR-enheten", "Rådmannen")."""
    found = words(text)
    endings = tuple(load_data("parties")["party"]["endings"].split())
    small = set(load_data("parties")["party"]["small"].split())
    return (
        bool(found)
        and len(found) <= LONGEST_PARTY
        and found[0].endswith(endings)
        and all(word in small or word.endswith(endings) for word in found)
    )


def is_table(items: Sequence[Span]) -> bool:
    """Whether a "list" is the cells of a table: the same short text comes back in it."""
    return len({span.text for span in items}) < len(items)


def siblings(passage: str, index: MunicipalityIndex) -> list[SpanRef]:
    """All spans of a passage, in order."""
    return index.spans_of(passage)
