"""What each block is: heading, list item, footnote, pull quote, empty template."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

from ingest.block import BODY, QUOTE_MARKS, Block, Kind, bare, is_capitals
from ingest.lines import words_of

_LABEL = re.compile(r"\w+: ")  # "Mål: …", "Strategi: …"


def mark_footnotes(text: str, blocks: list[Block]) -> list[Block]:
    """Footnotes: numbered blocks whose number stands glued to a word of the text ("planen4")."""
    glued = {int(n) for n in re.findall(r"[^\W\d_][.,»”!?]?(\d{1,2})(?=[\s.,:;)]|$)", text)}
    glued |= {int(n) for n in re.findall(r"(?:19|20)\d\d(\d{1,2})(?=[\s.,])", text)}
    glued |= {int(n) for n in re.findall(r"[^\W\d_] (\d{1,2})\.(?=\s)", text)}
    number = {i: int(b.lines[0].mark) for i, b in enumerate(blocks) if b.lines[0].mark.isdigit()}
    notes = {i for i, n in number.items() if n in glued}
    if len(notes) < 3:
        return blocks
    notes |= {i for i, n in number.items() if i - 1 in notes and number[i - 1] == n - 1}
    for i, block in enumerate(blocks):  # a note's wrapped lines
        if (
            i - 1 in notes
            and i not in number
            and block.lines[0].opens_lower
            and not block.lines[0].blank_before
        ):
            notes.add(i)
    return [replace(b, kind=Kind.FOOTNOTE) if i in notes else b for i, b in enumerate(blocks)]


def mark_pull_quotes(blocks: list[Block]) -> list[Block]:
    """Paragraphs of five words or more that stand, letter for letter, in another block.

    Of two that are the same the first is kept; a short text that comes back is a title, not a quotation.
    """
    texts = [bare(b.text) for b in blocks]
    count = Counter(texts)
    whole = [i for i, b in enumerate(blocks) if b.kind in BODY and not b.text.startswith(QUOTE_MARKS)]

    def repeats(i: int) -> bool:
        words = len(blocks[i].text.split())
        if count[texts[i]] > 1:
            return words >= 8 and blocks[i].text[-1] in ".!" and texts[i] in texts[:i]
        edges = [block.lines[0] for block in blocks[i : i + 2]]
        apart = all(line.blank_before or line.first_on_page for line in edges)
        return (
            apart
            and words >= 5
            and len(texts[i]) >= 24
            and any(j != i and texts[i] in texts[j] for j in whole)
        )

    return [
        replace(block, kind=Kind.PULL_QUOTE)
        if block.kind is Kind.PARAGRAPH and not block.lines[0].mark and repeats(i)
        else block
        for i, block in enumerate(blocks)
    ]


def mark_headings_and_items(blocks: list[Block]) -> list[Block]:
    """Tell headings and unmarked list items from paragraphs."""
    kinds = [block.kind for block in blocks]
    for i, block in enumerate(blocks):
        if block.kind is Kind.PARAGRAPH and _strong_heading(block):
            kinds[i] = Kind.HEADING
    _number_runs(blocks, kinds)
    runs = _unmarked_runs(blocks, kinds)
    _titles_seen_elsewhere(runs, blocks, kinds)
    short: list[list[int]] = []
    for run in _unmarked_runs(blocks, kinds):
        run = _without_titles(run, blocks, kinds)
        lead_in = bool(run) and run[0] > 0 and blocks[run[0] - 1].text.endswith(":")
        if len(run) >= 3 or (lead_in and len(run) >= 2):
            for i in run:
                kinds[i] = Kind.ITEM
        else:
            short.append(run)
    items = Counter(bare(b.text) for b, k in zip(blocks, kinds, strict=True) if k is Kind.ITEM)
    for run in short:
        for i in reversed(run):
            if items[bare(blocks[i].text)] >= 3 and not blocks[i].lines[0].first_on_page:
                kinds[i] = Kind.ITEM  # a name that fills many cells of a table
            elif _title_like(blocks[i]) and _heads_something(i, blocks, kinds):
                kinds[i] = Kind.HEADING
    _sentence_lists(blocks, kinds)
    _settle_empty_titles(blocks, kinds)
    return [replace(block, kind=kind) for block, kind in zip(blocks, kinds, strict=True)]


def _titles_seen_elsewhere(runs: list[list[int]], blocks: list[Block], kinds: list[Kind]) -> None:
    """A line in a run that is a title elsewhere, with a longer text below it, is a title here too."""
    alone = {bare(blocks[run[0]].text) for run in runs if len(run) == 1 and _title_like(blocks[run[0]])}
    titles = alone | {bare(b.text) for b, k in zip(blocks, kinds, strict=True) if k is Kind.HEADING}
    for run in runs:
        for i in run[:-1]:
            known = _title_like(blocks[i]) and bare(blocks[i].text) in titles
            if len(run) >= 3 and known and len(blocks[i + 1].text.split()) >= 5:
                kinds[i] = Kind.HEADING


def _settle_empty_titles(blocks: list[Block], kinds: list[Kind]) -> None:
    """A weak title with nothing under it before a title of higher standing is text."""
    seen = Counter(bare(b.text) for b, k in zip(blocks, kinds, strict=True) if k is Kind.HEADING)
    for i, (block, following) in enumerate(itertools.pairwise(blocks)):
        if kinds[i] is kinds[i + 1] is Kind.HEADING and not _strong_heading(block):
            repeated = seen[bare(following.text)] >= 3 and not following.lines[0].numbered
            if _strong_heading(following) and not repeated and not block.lines[0].first_on_page:
                kinds[i] = Kind.ITEM


def _strong_heading(block: Block) -> bool:
    """A title by its own looks: capitals, or a section number before a few words."""
    title = block.text.strip()
    words = title.split()
    if not words or len(words) > 14 or len(title) > 110 or title[-1] in ".,;":
        return False
    if is_capitals(title):
        return True
    return block.lines[0].numbered and len(words) <= 12 and title[-1] not in ":"


def _title_like(block: Block) -> bool:
    title = block.text
    words = title.split()
    return (
        block.kind is Kind.PARAGRAPH
        and not block.lines[0].mark
        and len(words) <= 11
        and len(title) <= 90
        and (title[0].isupper() or title[0].isdigit())
        and not re.search(r"[.,;!”»\"]$", title)
        and not (title.endswith(":") and len(words) > 3)
        and ": " not in title
        and words[-1].lower() not in words_of("unfinished")
        and not re.search(r"\s{3,}\S", block.lines[0].text)
    )


def _number_runs(blocks: list[Block], kinds: list[Kind]) -> None:
    """Numbered blocks that follow one another at the same depth are items of a list, not headings."""
    i = 0
    while i < len(blocks):
        j = i
        while (
            j + 1 < len(blocks)
            and blocks[j].lines[0].numbered
            and blocks[j + 1].lines[0].numbered
            and kinds[j] is not Kind.FOOTNOTE
            and kinds[j + 1] is not Kind.FOOTNOTE
            and blocks[j].lines[0].depth == blocks[j + 1].lines[0].depth
        ):
            j += 1
        if j > i:
            for k in range(i, j + 1):
                kinds[k] = Kind.ITEM
        i = j + 1


def _unmarked_runs(blocks: list[Block], kinds: list[Kind]) -> list[list[int]]:
    """Runs of blocks on one page without mark or closing punctuation: list items, or headings."""
    runs: list[list[int]] = []
    for i, block in enumerate(blocks):
        open_ended = (
            kinds[i] is Kind.PARAGRAPH
            and not block.lines[0].mark
            and not re.search(r"[.:!?;”»\"]\d{0,2}$|[.!?] [A-ZÆØÅ]", block.text)
            and not _LABEL.match(block.text)
            and not block.text.startswith(QUOTE_MARKS)
        ) or (kinds[i] is Kind.PARAGRAPH and _title_like(block) and block.text[-1] in ":?")
        if not open_ended:
            continue
        same_run = (
            runs
            and runs[-1][-1] == i - 1
            and not block.lines[0].first_on_page
            and blocks[i - 1].text[-1] not in ":?"
        )
        if same_run:
            runs[-1].append(i)
        else:
            runs.append([i])
    return runs


def _without_titles(run: list[int], blocks: list[Block], kinds: list[Kind]) -> list[int]:
    """``run`` less the titles at its ends: those that touch what follows while the rest keeps a distance."""
    apart = [i for i in run[1:] if blocks[i].lines[0].blank_before]
    while len(run) >= 2 and len(apart) >= len(run) // 2:
        below = [block.lines[0] for block in blocks[run[-1] + 1 : run[-1] + 2]]
        touches = any(not (line.blank_before or line.mark or line.first_on_page) for line in below)
        if _title_like(blocks[run[-1]]) and touches:
            kinds[run[-1]] = Kind.HEADING
            run = run[:-1]
        elif _title_like(blocks[run[0]]) and not blocks[run[1]].lines[0].blank_before:
            kinds[run[0]] = Kind.HEADING
            run = run[1:]
        else:
            break
    return run


def _heads_something(i: int, blocks: list[Block], kinds: list[Kind]) -> bool:
    """Whether text, a list or another title follows block ``i`` on its page before anything else."""
    following = next((k for k in range(i + 1, len(blocks)) if kinds[k] is not Kind.PULL_QUOTE), None)
    if following is None:
        return False
    below, after = blocks[following], blocks[following].lines[0]
    if after.first_on_page:
        return False
    touches = after.blank_before == 0 and not after.mark
    if kinds[following] is Kind.HEADING:
        return touches or _strong_heading(below) or blocks[i].lines[0].first_on_page
    a_text = below.text[-1] in ".!?:;" or bool(_LABEL.match(below.text)) or len(below.text.split()) >= 8
    if not after.mark and not touches and not a_text:
        return False
    if i and blocks[i - 1].text.endswith(":") and kinds[i - 1] is Kind.PARAGRAPH:
        return touches
    return True


def _sentence_lists(blocks: list[Block], kinds: list[Kind]) -> None:
    """Short lines broken on purpose under a title or a colon are items though they end in full stops."""
    i = 0
    while i < len(blocks):
        j = i
        while j < len(blocks) and kinds[j] in (Kind.PARAGRAPH, Kind.ITEM) and not blocks[j].lines[0].mark:
            near = j == i or blocks[j].lines[0].blank_before == 0 or blocks[j].lines[0].opens_lower
            if not near or (blocks[j].lines[0].first_on_page and j > i):
                break
            j += 1
        headed = i > 0 and (kinds[i - 1] is Kind.HEADING or blocks[i - 1].text.endswith(":"))
        short = all(
            len(blocks[k].text) <= 220 and not re.search(r"[.!?] \S", blocks[k].text) for k in range(i, j)
        )
        if j - i >= 2 and headed and short:
            for k in range(i, j):
                kinds[k] = Kind.ITEM
        i = max(j, i + 1)


def mark_empty_templates(blocks: list[Block]) -> list[Block]:
    """A label that ends in a colon, has nothing under it, and comes back three times or more."""
    label = [
        b.kind in (Kind.PARAGRAPH, Kind.HEADING)
        and b.text.endswith(":")
        and (i + 1 == len(blocks) or blocks[i + 1].kind in (Kind.HEADING, Kind.FOOTNOTE))
        for i, b in enumerate(blocks)
    ]
    count = Counter(bare(b.text) for b, is_label in zip(blocks, label, strict=True) if is_label)
    return [
        replace(b, kind=Kind.TEMPLATE) if is_label and count[bare(b.text)] >= 3 else b
        for b, is_label in zip(blocks, label, strict=True)
    ]
