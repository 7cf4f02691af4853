"""Which lines belong together: a sentence, heading or list item that runs over several."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace

from ingest.block import Block, Kind, is_capitals, readable
from ingest.lines import Line, is_furniture, words_of

_NUMBERED_PAGE = re.compile(r"\b(?:side|page) *\d+|\d+ *(?:av|of|/) *\d+", re.I)
WIDEST_PAGE = 130  # characters; longer lines were never wrapped: each is a whole paragraph


def set_furniture_aside(lines: list[Line]) -> tuple[list[Line], set[int]]:
    """Lines of the text proper, and the start offsets of the lines that are not."""
    padded = [None, *lines, None]
    furniture = {line.start for i, line in enumerate(lines) if is_furniture(line, (padded[i], padded[i + 2]))}
    furniture |= _running_lines(lines, furniture)
    content: list[Line] = []
    page_opens = False
    for line in lines:
        page_opens |= line.first_on_page
        if line.start not in furniture:
            content.append(replace(line, first_on_page=page_opens))
            page_opens = False
    return content, furniture


def _running_lines(lines: list[Line], furniture: set[int]) -> set[int]:
    """Start offsets of running heads and feet: lines that come back on three pages or more in a row.

    A head without a page number may be a chapter's title: the first of them stays. A foot without one
    may be a title printed below its text: all of them stay.
    """
    pages: list[list[Line]] = []
    for line in lines:
        if line.first_on_page or not pages:
            pages.append([])
        if line.start not in furniture:
            pages[-1].append(line)
    running: set[int] = set()
    for edge in (0, -1):
        edges = [page[edge] for page in pages if len(page) > 1]
        for words, same in itertools.groupby(edges, key=lambda line: _NUMBERED_PAGE.sub("\f", line.text)):
            run, numbered = list(same), "\f" in words
            if len(run) >= 3 and (numbered or edge == 0):
                running |= {line.start for line in run[0 if numbered else 1 :]}
    return running


def join_lines(text: str, lines: list[Line], furniture: set[int]) -> list[Block]:
    """Group lines that one sentence, heading or list item runs over."""
    columns = _columns(lines)
    habits = _Habits(_wrapped_lines_end_in_space(lines), _wrapped_lines_stand_apart(lines), "\f" in text)
    groups: list[list[Line]] = []
    for line in lines:
        previous = groups[-1][-1] if groups else None
        if previous is not None and _goes_on(groups[-1], line, columns, habits):
            groups[-1].append(line)
        else:
            groups.append([line])
    blocks = [_block(text, group, furniture) for group in groups]
    return [block for block in blocks if block.text]  # a lone soft hyphen or symbol leaves none


@dataclass(frozen=True)
class _Column:
    """Lines that touch one another."""

    width: int  # of the longest
    sentences: bool  # whether any of them ends a sentence


@dataclass(frozen=True)
class _Habits:
    """How one document sets its lines."""

    trailing: bool  # a space at the end of wrapped ones
    apart: bool  # an empty line between wrapped ones
    form_feeds: bool  # between pages


def _goes_on(group: list[Line], line: Line, columns: dict[int, _Column], habits: _Habits) -> bool:
    """Whether ``line`` continues the block that ends in the last line of ``group``."""
    previous = group[-1]
    trailing = habits.trailing
    near = line.blank_before == 0
    # this document marks wrapped lines, and this (if not too short to tell) is none
    broken = trailing and not previous.wraps and len(previous.text) > 20
    capitals, small = is_capitals(" ".join(x.content for x in group)), not is_capitals(line.text)
    last = previous.last_word
    unfinished = (last.lower() in words_of("unfinished") and not capitals) or previous.text[-1] in ",/"
    if line.mark:
        if near and line.mark.isdigit() and capitals and not small:
            return not line.first_on_page and not previous.mark
        return line.depth == 1 and line.mark.isdigit() and unfinished and near
    if capitals and small:
        return False  # a title in capitals ends where small letters begin
    if not capitals and not small and not (unfinished and near) and not last.isupper():
        return False
    if previous.text[-1] == "-" and previous.text[-2:-1].isalpha() and line.opens_lower:
        return True
    if near and group[0].numbered and len(previous.text) <= 40 and not line.opens_lower and small:
        return False  # a section number and its title stand on a line of their own
    ended = bool(re.search(r"[.!?:;]\d{0,2}[\"»”)]?$", previous.text))
    column = columns[previous.start].width
    full = len(previous.text) + 1 + len(line.first_word) > column <= WIDEST_PAGE
    full |= trailing and previous.wraps and len(previous.text) > 0.8 * column
    if line.text[0] in "(§" and near:
        return not ended
    if line.text[0] in "–—-" and near:  # a title's second half, unless that makes it too long for one
        words = len(previous.text.split())
        return not ended and (words > 6 or words + len(line.text.split()) <= 11)
    if line.opens_lower:
        if ended:
            return _abbreviated(previous.text)
        if unfinished or line.first_word in words_of("continuing"):
            return True
        if line.first_on_page:
            sure = previous.wraps or (habits.form_feeds and not trailing)
            return sure and len(previous.text) > 0.6 * column
        return line.blank_before <= 3 and not (near and broken)
    if unfinished:
        if previous.text[-1] == ",":
            return True
        if near and small and not full and previous is group[0] and not line.text[0].isdigit():
            return False  # a short first line is a title, though it ends in such a word ("Målene våre")
        apart = line.blank_before == 1 and (habits.apart or group[0].bulleted)
        return (near or apart) and not line.first_on_page
    if ended:
        return near and full and not broken and not line.first_on_page and not capitals
    if near and capitals:
        return not line.first_on_page or previous.first_on_page
    return near and full and not broken and not line.first_on_page and columns[previous.start].sentences


def _block(text: str, group: list[Line], furniture: set[int]) -> Block:
    fragments: list[tuple[int, int]] = []
    for line in group:
        start = line.body if line is group[0] else line.start
        between = any(fragments and fragments[-1][1] <= f < line.start for f in furniture)
        if fragments and not between:
            fragments[-1] = (fragments[-1][0], line.end)
        else:
            fragments.append((start, line.end))
    first = group[0]
    kind = Kind.ITEM if first.bulleted else Kind.PARAGRAPH
    return Block(kind, tuple(fragments), readable(text, fragments), tuple(group))


def _columns(lines: list[Line]) -> dict[int, _Column]:
    """For each line the column it stands in; three lines or more without a sentence's end are a list."""
    columns: dict[int, _Column] = {}
    chunk: list[Line] = []
    for line in [*lines, None]:
        if line is not None and line.blank_before == 0 and not line.first_on_page and chunk:
            chunk.append(line)
            continue
        longest = max((len(x.text) for x in chunk), default=0)
        sentences = len(chunk) < 3 or any(re.search(r"[.!?:](?!\S)", x.text) for x in chunk)
        columns |= {x.start: _Column(longest, sentences) for x in chunk}
        chunk = [line] if line is not None else []
    return columns


def _wrapped_lines_end_in_space(lines: list[Line]) -> bool:
    """Whether this document leaves a space where it wraps a line, seen on lines that surely go on."""
    sure = [
        a.wraps
        for a, b in itertools.pairwise(lines)
        if b.opens_lower and not b.mark and b.blank_before == 0 and a.text[-1] not in "-.:"
    ]
    return len(sure) >= 5 and sum(sure) >= 0.8 * len(sure)


def _wrapped_lines_stand_apart(lines: list[Line]) -> bool:
    """Whether this document leaves an empty line between the lines of a paragraph."""
    apart = [line.blank_before == 1 for line in lines if line.opens_lower and not line.mark]
    return sum(apart) > 0.5 * len(apart)


def _abbreviated(line: str) -> bool:
    last = line.rstrip(".").split()[-1:]
    return line.endswith(".") and bool(last) and last[0].lower() in words_of("abbreviations")
