"""From a document's text to its structure: headings, paragraphs, list items, footnotes, furniture.

The rules look at shape (marks, case, punctuation, width of lines, page breaks), never at the words of
one document.
"""

from __future__ import annotations

from ingest.block import Block
from ingest.headings import number_pages, set_heading_paths, set_levels
from ingest.joining import join_lines, set_furniture_aside
from ingest.kinds import (
    mark_empty_templates,
    mark_footnotes,
    mark_headings_and_items,
    mark_pull_quotes,
)
from ingest.lines import read_lines


def read_structure(text: str) -> list[Block]:
    """The blocks of ``text`` in reading order, each under its headings."""
    lines = read_lines(text)
    content, furniture = set_furniture_aside(lines)
    blocks = join_lines(text, content, furniture)
    blocks = mark_footnotes(text, blocks)
    blocks = mark_pull_quotes(blocks)
    blocks = mark_headings_and_items(blocks)
    blocks = mark_empty_templates(blocks)
    blocks = set_levels(blocks)
    blocks = number_pages(blocks)
    return set_heading_paths(blocks)
