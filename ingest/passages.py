"""From structure to passages: what is retrieved, and the spans in it that can be quoted."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Literal

from ingest.block import Block, Kind, readable
from ingest.document import Document
from ingest.instructions import is_doubtful, speaks_to_machines
from ingest.sentences import split_sentences
from ingest.structure import read_structure

MAX_PASSAGE_CHARS = 900  # a paragraph or two; a list is never cut
MAX_ITEM_CHARS = 320  # a longer list item is quoted sentence by sentence


@dataclass(frozen=True)
class Span:
    """One whole sentence or list item: the smallest thing that is quoted.

    ``fragments`` are (start, end) offsets, more than one when a web address or page number cuts the
    sentence in two. ``text`` is the same words made readable. ``lead_in`` is the sentence that opens
    the list an item stands in ("" without one). Spans with the same ``list_id`` (>= 0) are one list.
    """

    fragments: tuple[tuple[int, int], ...]
    text: str
    kind: Literal["sentence", "item", "footnote"]
    lead_in: str = ""
    list_id: int = -1

    @property
    def start(self) -> int:
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        return self.fragments[-1][1]


@dataclass(frozen=True)
class Passage:
    """Consecutive text under one heading: a few paragraphs, or a list with its lead-in."""

    id: str
    municipality: str
    document: str
    heading_path: tuple[str, ...]
    spans: tuple[Span, ...]

    @property
    def start(self) -> int:
        return self.spans[0].start

    @property
    def end(self) -> int:
        return self.spans[-1].end

    @property
    def text(self) -> str:
        return " ".join(span.text for span in self.spans)


@dataclass(frozen=True)
class Section:
    """A heading and the stretch of the document under it."""

    heading_path: tuple[str, ...]
    level: int
    start: int
    end: int


def make_passages(document: Document) -> list[Passage]:
    """The passages of a document, in reading order.

    Pull quotes, templates, furniture, and sentences that tell machines what to answer are left out.
    """
    return [_passage(document, blocks) for blocks in _group(read_structure(document.text), document.text)]


def machine_sentences(document: Document) -> list[str]:
    """The sentences that are left out of the passages because they tell machines what to answer."""
    return [text for part in _parts(read_structure(document.text), document.text) for text in part.left_out]


def doubtful_sentences(document: Document) -> list[str]:
    """The sentences of the passages that a person should look at: they may be meant for machines."""
    return [s.text for passage in make_passages(document) for s in passage.spans if is_doubtful(s.text)]


def make_sections(document: Document) -> list[Section]:
    """The headings of a document, each with the stretch from where it is printed to the next of its level."""
    blocks = read_structure(document.text)
    headings = [b for b in blocks if b.kind is Kind.HEADING]
    sections = []
    for i, heading in enumerate(headings):
        following = (h.start for h in headings[i + 1 :] if h.level <= heading.level)
        sections.append(
            Section(
                heading.heading_path,
                len(heading.heading_path),
                heading.start,
                next(following, len(document.text)),
            )
        )
    return sections


@dataclass(frozen=True)
class _Part:
    """A paragraph, or one list item, with its spans, and what is left out after them."""

    block: Block
    spans: tuple[Span, ...]
    left_out: tuple[str, ...] = ()

    @classmethod
    def of(cls, block: Block, spans: Sequence[Span]) -> _Part:
        """Without the first sentence that speaks to machines, and what follows it: it may go on with that.

        Two sentences in a row are looked at together: one may name the machine, the other tell it what to do.
        """
        trusted = []
        for span, following in zip_longest(spans, spans[1:]):
            both = f"{span.text} {following.text}" if following else span.text
            alone = following is not None and speaks_to_machines(following.text)
            if speaks_to_machines(span.text) or (speaks_to_machines(both) and not alone):
                break
            trusted.append(span)
        return cls(block, tuple(trusted), tuple(span.text for span in spans[len(trusted) :]))


def _parts(blocks: list[Block], text: str) -> Iterator[_Part]:
    lead_in, list_id = "", -1
    previous: Block | None = None
    for block in blocks:
        if block.kind in (Kind.PARAGRAPH, Kind.FOOTNOTE):
            kind: Literal["sentence", "footnote"] = "sentence" if block.kind is Kind.PARAGRAPH else "footnote"
            spans = tuple(Span(f, readable(text, f), kind) for f in split_sentences(text, block.fragments))
            lead_in = spans[-1].text if spans and block.kind is Kind.PARAGRAPH else ""
            yield _Part.of(block, spans)
        elif block.kind is Kind.ITEM:
            above = previous if previous is not None and previous.heading_path == block.heading_path else None
            unmarked = not block.lines[0].mark
            if above is None or above.kind is not Kind.ITEM or unmarked != (not above.lines[0].mark):
                list_id += 1
                if above is not None and above.kind is Kind.ITEM and not unmarked:
                    lead_in = above.text  # an unmarked line above bullets opens them
                # a sentence right above opens the list if it ends in a colon or in no full stop
                lead_in = lead_in if above is not None and lead_in and lead_in[-1] not in ".!?" else ""
            whole = [block.fragments]
            if len(block.text) > MAX_ITEM_CHARS:
                whole = split_sentences(text, block.fragments)
            spans = tuple(Span(f, readable(text, f), "item", lead_in, list_id) for f in whole)
            yield _Part.of(block, spans)
        elif block.kind is Kind.HEADING:
            lead_in = ""
        if block.kind in (Kind.PARAGRAPH, Kind.ITEM, Kind.HEADING):
            previous = block


def _group(blocks: list[Block], text: str) -> Iterator[list[_Part]]:
    """Neighbouring parts under one heading, up to MAX_PASSAGE_CHARS; a list stays with its lead-in."""
    group: list[_Part] = []
    for part in (each for each in _parts(blocks, text) if each.spans):
        if group:
            last = group[-1]
            same_section = last.block.heading_path == part.block.heading_path
            same_kind = (last.block.kind is Kind.FOOTNOTE) == (part.block.kind is Kind.FOOTNOTE)
            in_list = part.spans[0].list_id >= 0 and (
                last.spans[-1].list_id == part.spans[0].list_id
                or (bool(part.spans[0].lead_in) and part.spans[0].lead_in == last.spans[-1].text)
            )
            size = sum(len(p.block.text) for p in group) + len(part.block.text)
            if not (same_section and same_kind and (in_list or size <= MAX_PASSAGE_CHARS)):
                yield group
                group = []
        group.append(part)
    if group:
        yield group


def _passage(document: Document, parts: list[_Part]) -> Passage:
    spans = tuple(span for part in parts for span in part.spans)
    path = parts[0].block.heading_path
    content = repr((document.municipality, document.id, path, spans))
    return Passage(
        id=hashlib.sha256(content.encode()).hexdigest()[:32],
        municipality=document.municipality,
        document=document.id,
        heading_path=path,
        spans=spans,
    )
