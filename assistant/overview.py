"""A whole document in short: its purpose, vision and values, what it gives weight to, and its goals."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from assistant.lists import LONGEST_LIST, list_around
from assistant.phrases import load_data
from assistant.question_type import asks_for
from ingest.analysis import words
from ingest.municipality import MunicipalityIndex, SpanRef


def asks_for_whole(question: str) -> bool:
    """Whether ``question`` asks for the whole document in short, and for no part of it."""
    found = words(question)
    names, part = load_data("overview")["document"]["names"].split(), _part()
    return (
        asks_for(question, "summary")
        and bool(set(found) & set(names))
        and not part.search(f" {' '.join(found)} ")
    )


def overview(index: MunicipalityIndex) -> list[SpanRef]:
    """The spans that tell the whole in short, part by part; [] when the document has none of the parts."""
    found: dict[str, SpanRef] = {}
    for part in load_data("overview")["part"]:
        for refs in _of_part(part, index):
            for ref in refs:
                found.setdefault(ref.id, ref)
    return list(found.values())


def _of_part(part: dict[str, Any], index: MunicipalityIndex) -> Iterator[list[SpanRef]]:
    """What tells one part, at most as many times as it says, in reading order."""
    left = part["most"]
    lists: set[tuple[str, int]] = set()
    for ref in index.spans:
        if not left:
            return
        if "list" in part:
            above = " ".join([*ref.passage.heading_path[-1:], ref.span.lead_in]).lower()
            key = (ref.passage.id, ref.span.list_id)
            if ref.span.list_id < 0 or key in lists or not re.search(part["list"], above):
                continue
            lists.add(key)
            items = list_around(ref, index)
            if 2 < len(items) <= LONGEST_LIST:
                left -= 1
                yield items
        elif ref.span.kind != "footnote" and re.search(part["text"], ref.span.text.lower()):
            left -= 1
            yield [ref]


@cache
def _part() -> re.Pattern[str]:
    table = load_data("overview")["document"]
    return re.compile(table["of_a_part"].replace("{names}", "|".join(table["names"].split())))
