"""Which headings each block stands under, those printed after their text included."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from dataclasses import replace

from ingest.block import BODY, QUOTE_MARKS, Block, Kind, bare, is_capitals

_LEVEL_PAGE, _LEVEL_CAPS, _LEVEL_TITLE, _LEVEL_LABEL, _LEVEL_REPEATED = 10, 20, 30, 35, 40


def set_levels(blocks: list[Block]) -> list[Block]:
    """Give each heading a level.

    Section numbers tell their own. Of the others, one that comes back three times or more stands
    lowest, and one that ends in a colon heads a list under the title above. One at the top of a page
    stands high, unless it lies between chapters n and n + 1, or opens a text without pages and has text
    of its own.
    """
    count = Counter(bare(b.text) for b in blocks if b.kind is Kind.HEADING)
    chapters = [
        (i, int(re.findall(r"\d+", b.lines[0].mark)[0]))
        for i, b in enumerate(blocks)
        if b.kind is Kind.HEADING and b.lines[0].depth == 1
    ]
    inside = {
        k
        for (i, n), (j, following) in itertools.pairwise(chapters)
        if following == n + 1
        for k in range(i + 1, j)
    }

    paged = any(b.lines[0].first_on_page for b in blocks[1:])

    def level(i: int, block: Block) -> int:
        first = block.lines[0]
        if first.numbered:
            return _LEVEL_PAGE + first.depth
        if count[bare(block.text)] >= 3:
            return _LEVEL_REPEATED
        alone = blocks[i + 1 : i + 2] and blocks[i + 1].kind is not Kind.HEADING
        if first.first_on_page and i not in inside and (paged or not alone):
            return _LEVEL_PAGE
        if is_capitals(block.text):
            return _LEVEL_CAPS
        return _LEVEL_LABEL if block.text.endswith(":") else _LEVEL_TITLE

    return [replace(b, level=level(i, b)) if b.kind is Kind.HEADING else b for i, b in enumerate(blocks)]


def number_pages(blocks: list[Block]) -> list[Block]:
    """Count pages as the text shows them.

    A page that holds only titles and mottos, after one that holds only text without a title or ends in
    a chapter's number and name, is the lower part of that page.
    """
    pages: list[list[Block]] = []
    for i, block in enumerate(blocks):
        if block.lines[0].first_on_page or not pages:
            pages.append([])
        pages[-1].append(blocks[i])
    merged: list[list[Block]] = []
    for page in pages:
        only_titles = all(b.kind not in BODY or _is_motto(page, i) for i, b in enumerate(page))
        if merged and only_titles:
            above = merged[-1]
            untitled = all(b.kind is not Kind.HEADING for b in above)
            cut = above[-1].kind is Kind.HEADING and above[-1].lines[0].numbered
            if untitled or cut:
                above.extend(page)
                continue
        merged.append(list(page))
    return [replace(b, page=n) for n, page in enumerate(merged) for b in page]


def set_heading_paths(blocks: list[Block]) -> list[Block]:
    """Hang every block under its headings, those printed after their text included."""
    late = _titles_at_page_feet(blocks)
    below_lists = _titles_below_lists(blocks, {h for feet in late.values() for h in feet})
    late_paths = {h: feet[: n + 1] for feet in late.values() for n, h in enumerate(feet)}
    path: list[tuple[int, str]] = []
    done: list[Block] = []
    for i, block in enumerate(blocks):
        feet = None if i in below_lists else late_paths.get(i) or late.get(i)
        title = blocks[below_lists[i]] if i in below_lists else block
        if feet is None and title.kind is Kind.HEADING and (title.level, title.text) not in path[-1:]:
            path = [p for p in path if p[0] < title.level and not _are_sisters(p[1], title.text)]
            path.append((title.level, title.text))
        after_list = block.kind is Kind.PARAGRAPH and i > 0 and blocks[i - 1].kind is Kind.ITEM
        if after_list and path and path[-1][1].endswith(":"):  # "Strategier:" heads its list and no more
            path.pop()
        titles = tuple(blocks[h].text for h in feet) if feet else tuple(title for _, title in path)
        done.append(replace(block, heading_path=titles))
    return done


def _titles_at_page_feet(blocks: list[Block]) -> dict[int, list[int]]:
    """For each block on a page that begins without a title, the positions of those at the page's foot."""
    late: dict[int, list[int]] = {}
    pages: dict[int, list[int]] = {}
    for i, block in enumerate(blocks):
        pages.setdefault(block.page, []).append(i)
    for indices in pages.values():
        body = [i for i in indices if blocks[i].kind in BODY]
        text = [i for i in body if not _is_motto(blocks, i)]
        headings = [i for i in indices if blocks[i].kind is Kind.HEADING]
        feet = [h for h in headings if text and h > text[-1]]
        above = [h for h in headings if h not in feet]
        if feet and not (above and above[0] < text[0]):
            late |= {i: feet for i in body if not any(h < i for h in above)}
    return late


def _titles_below_lists(blocks: list[Block], used: set[int]) -> dict[int, int]:
    """For each item of a list whose title is printed below it, the position of that title.

    Such a title has nothing under it, stands right below the list, and is followed by a sister
    ("ytre ramme" after "indre ramme") that does have text. Those in ``used`` head something else.
    """
    late: dict[int, int] = {}
    for i, (block, sister) in enumerate(itertools.pairwise(blocks)):
        below_list = i > 0 and blocks[i - 1].kind is Kind.ITEM
        if not (block.kind is sister.kind is Kind.HEADING and below_list) or i in used:
            continue
        if _are_sisters(block.text, sister.text):
            for j in range(i - 1, -1, -1):
                if blocks[j].kind is not Kind.ITEM:
                    break
                late[j] = i
    return late


def _are_sisters(one: str, other: str) -> bool:
    """Whether two titles are of one make, as "VÅRE ANSATTE" and "VÅRE LEDERE" are."""
    a, b = one.casefold().rstrip(": ").split(), other.casefold().rstrip(": ").split()
    alike = 2 <= len(a) == len(b) <= 3 and is_capitals(one) == is_capitals(other)
    return alike and a != b and (a[0] == b[0] or a[-1] == b[-1])


def _is_motto(blocks: list[Block], i: int) -> bool:
    """A quotation set off from the text, or the line right below it that says where it is from."""
    if blocks[i].text.startswith(QUOTE_MARKS):
        return True
    return i > 0 and blocks[i - 1].text.startswith(QUOTE_MARKS) and len(blocks[i].text.split()) <= 8
