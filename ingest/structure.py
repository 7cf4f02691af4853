"""From a document's text to its structure: headings, paragraphs, list items, footnotes, furniture.

``read_structure`` is the way through; each step is one function below it. The rules look at shape
(marks, case, punctuation, width of lines, page breaks), never at the words of one document.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from enum import StrEnum

from ingest.lines import Line, is_furniture, read_lines, words_of


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    ITEM = "item"
    FOOTNOTE = "footnote"
    PULL_QUOTE = "pull_quote"  # repeats words that stand in a paragraph elsewhere
    TEMPLATE = "template"  # a form's label with nothing filled in
    FURNITURE = "furniture"


_BODY = (Kind.PARAGRAPH, Kind.ITEM)
_QUOTE_MARKS = ("“", "«", '"', "”")
_LABEL = re.compile(r"\w+: ")  # "Mål: …", "Strategi: …"


@dataclass(frozen=True)
class Block:
    """A run of lines that belong together.

    ``fragments`` are (start, end) offsets into the document; more than one when something that does
    not belong to the text (a web address, a page number) stands between.
    """

    kind: Kind
    fragments: tuple[tuple[int, int], ...]
    text: str  # readable: lines joined, hyphenation undone
    lines: tuple[Line, ...] = field(repr=False, default=())
    level: int = 0  # of a heading, 1 is highest
    heading_path: tuple[str, ...] = ()
    page: int = 0  # as far as the text tells; counts from 0

    @property
    def start(self) -> int:
        return self.fragments[0][0]

    @property
    def end(self) -> int:
        return self.fragments[-1][1]


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


def set_furniture_aside(lines: list[Line]) -> tuple[list[Line], set[int]]:
    """Lines of the text proper, and the start offsets of the lines that are not."""
    padded = [None, *lines, None]
    furniture = {
        line.start
        for i, line in enumerate(lines)
        if is_furniture(line, (padded[i], padded[i + 2]))
    }
    return [line for line in lines if line.start not in furniture], furniture


# --- lines → blocks -------------------------------------------------------------------------------


def join_lines(text: str, lines: list[Line], furniture: set[int]) -> list[Block]:
    """Group lines that one sentence, heading or list item runs over."""
    width = _widths(lines)
    trailing = _wrapped_lines_end_in_space(lines)
    groups: list[list[Line]] = []
    for line in lines:
        previous = groups[-1][-1] if groups else None
        if previous is not None and _goes_on(groups[-1], line, width, trailing):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [_block(text, group, furniture) for group in groups]


def _goes_on(group: list[Line], line: Line, width: dict[int, int], trailing: bool) -> bool:
    """Whether ``line`` continues the block that ends in the last line of ``group``."""
    previous = group[-1]
    near = line.blank_before == 0
    # this document marks wrapped lines, and this (if not too short to tell) is none
    broken = trailing and not previous.wraps and len(previous.text) > 20
    capitals, small = _caps(" ".join(x.content for x in group)), not _caps(line.text)
    last = previous.last_word
    unfinished = (last.lower() in words_of("unfinished") and not capitals) or previous.text[-1] in ",/"
    if line.mark:
        if near and line.mark.isdigit() and capitals and not small:
            return not line.first_on_page and not previous.mark
        return line.depth == 1 and line.mark.isdigit() and unfinished and near
    if capitals and small:
        return False  # a title in capitals ends where small letters begin
    if not capitals and not small and not unfinished and not last.isupper():
        return False
    if previous.text[-1] == "-" and previous.text[-2:-1].isalpha() and line.opens_lower:
        return True
    if near and group[0].numbered and len(previous.text) <= 40 and not line.opens_lower and small:
        return False  # a section number and its title stand on a line of their own
    ended = bool(re.search(r"[.!?:;]\d{0,2}[\"»”)]?$", previous.text))
    column = width[previous.start]
    full = len(previous.text) + 1 + len(line.first_word) > column
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
            return previous.wraps and len(previous.text) > 0.6 * column
        return line.blank_before <= 3 and not (near and broken)
    if unfinished:
        return (line.blank_before <= 1 and not line.first_on_page) or previous.text[-1] == ","
    if ended:
        return near and full and not broken and not line.first_on_page and not capitals
    if near and capitals:
        return not line.first_on_page or previous.first_on_page
    return near and full and not broken and not line.first_on_page


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
    return Block(
        kind, tuple(fragments), readable(text, fragments), tuple(group)
    )


def readable(text: str, fragments: list[tuple[int, int]] | tuple[tuple[int, int], ...]) -> str:
    """The characters at ``fragments`` as one line of prose.

    Only white space, symbol-font bullets and the hyphens of wrapped words are changed; a hyphen before
    "og" ("lov- og avtaleverk") or after a capital ("HR-enheten") stays.
    """
    joined = " \n ".join(text[start:end] for start, end in fragments)
    joined = re.sub(r"[\uf000-\uf8ff\ufeff\u00ad]", " ", joined)
    joined = re.sub(
        r"(?<=[a-zæøåéäö])-\s*\n\s*(?!(?:og|eller|samt|til|and|or)\b)(?=[a-zæøåéäö])", "", joined
    )
    joined = re.sub(r"(?<=[A-ZÆØÅ0-9])-\s*\n\s*", "-", joined)
    return " ".join(joined.split())


def _widths(lines: list[Line]) -> dict[int, int]:
    """For each line the width of the column it stands in: the longest of the lines that touch it."""
    widths: dict[int, int] = {}
    chunk: list[Line] = []
    for line in [*lines, None]:
        if line is not None and line.blank_before == 0 and not line.first_on_page and chunk:
            chunk.append(line)
            continue
        longest = max((len(x.text) for x in chunk), default=0)
        widths |= {x.start: longest for x in chunk}
        chunk = [line] if line is not None else []
    return widths


def _wrapped_lines_end_in_space(lines: list[Line]) -> bool:
    """Whether this document leaves a space where it wraps a line, seen on lines that surely go on."""
    sure = [
        a.wraps
        for a, b in zip(lines, lines[1:], strict=False)
        if b.opens_lower and not b.mark and b.blank_before == 0 and a.text[-1] not in "-.:"
    ]
    return len(sure) >= 5 and sum(sure) >= 0.8 * len(sure)


def _abbreviated(line: str) -> bool:
    last = line.rstrip(".").rsplit(maxsplit=1)[-1].lower()
    return line.endswith(".") and last in words_of("abbreviations")


def _caps(text: str) -> bool:
    letters = [c for c in text if c.isalpha()]
    return len(letters) >= 2 and sum(c.isupper() for c in letters) >= 0.85 * len(letters)


# --- kinds ----------------------------------------------------------------------------------------


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
        if i - 1 in notes and i not in number and block.lines[0].opens_lower and not block.lines[0].blank_before:
            notes.add(i)
    return [replace(b, kind=Kind.FOOTNOTE) if i in notes else b for i, b in enumerate(blocks)]


def mark_pull_quotes(blocks: list[Block]) -> list[Block]:
    """Paragraphs of five words or more that stand, letter for letter, in another block.

    Of two that are the same the first is kept; a short text that comes back is a title, not a quotation.
    """
    bare = [_bare(b.text) for b in blocks]
    count = Counter(bare)
    whole = [i for i, b in enumerate(blocks) if b.kind in _BODY and not b.text.startswith(_QUOTE_MARKS)]

    def repeats(i: int) -> bool:
        words = len(blocks[i].text.split())
        if count[bare[i]] > 1:
            return words >= 8 and blocks[i].text[-1] in ".!" and bare[i] in bare[:i]
        edges = [block.lines[0] for block in blocks[i : i + 2]]
        apart = all(line.blank_before or line.first_on_page for line in edges)
        return apart and words >= 5 and len(bare[i]) >= 24 and any(j != i and bare[i] in bare[j] for j in whole)

    return [
        replace(block, kind=Kind.PULL_QUOTE)
        if block.kind is Kind.PARAGRAPH and not block.lines[0].mark and repeats(i)
        else block
        for i, block in enumerate(blocks)
    ]


def _bare(text: str) -> str:
    return "".join(c for c in text.casefold() if c.isalnum())


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
    items = Counter(_bare(b.text) for b, k in zip(blocks, kinds, strict=True) if k is Kind.ITEM)
    for run in short:
        for i in reversed(run):
            if items[_bare(blocks[i].text)] >= 3 and not blocks[i].lines[0].first_on_page:
                kinds[i] = Kind.ITEM  # a name that fills many cells of a table
            elif _title_like(blocks[i]) and _heads_something(i, blocks, kinds):
                kinds[i] = Kind.HEADING
    _sentence_lists(blocks, kinds)
    _settle_empty_titles(blocks, kinds)
    return [replace(block, kind=kind) for block, kind in zip(blocks, kinds, strict=True)]


def _titles_seen_elsewhere(runs: list[list[int]], blocks: list[Block], kinds: list[Kind]) -> None:
    """A line in a run that is a title elsewhere, with a longer text below it, is a title here too."""
    alone = {_bare(blocks[run[0]].text) for run in runs if len(run) == 1 and _title_like(blocks[run[0]])}
    titles = alone | {_bare(b.text) for b, k in zip(blocks, kinds, strict=True) if k is Kind.HEADING}
    for run in runs:
        for i in run[:-1]:
            known = _title_like(blocks[i]) and _bare(blocks[i].text) in titles
            if len(run) >= 3 and known and len(blocks[i + 1].text.split()) >= 5:
                kinds[i] = Kind.HEADING


def _settle_empty_titles(blocks: list[Block], kinds: list[Kind]) -> None:
    """A weak title with nothing under it before a title of higher standing is text."""
    seen = Counter(_bare(b.text) for b, k in zip(blocks, kinds, strict=True) if k is Kind.HEADING)
    for i, (block, following) in enumerate(zip(blocks, blocks[1:], strict=False)):
        if kinds[i] is kinds[i + 1] is Kind.HEADING and not _strong_heading(block):
            repeated = seen[_bare(following.text)] >= 3 and not following.lines[0].numbered
            if _strong_heading(following) and not repeated and not block.lines[0].first_on_page:
                kinds[i] = Kind.ITEM


def _strong_heading(block: Block) -> bool:
    """A title by its own looks: capitals, or a section number before a few words."""
    title = block.text.strip()
    words = title.split()
    if not words or len(words) > 14 or len(title) > 110 or title[-1] in ".,;":
        return False
    if _caps(title):
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
            and not block.text.startswith(_QUOTE_MARKS)
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
        last, follows = run[-1], blocks[run[-1] + 1] if run[-1] + 1 < len(blocks) else None
        touches = follows is not None and not follows.lines[0].blank_before and not follows.lines[0].mark
        if _title_like(blocks[last]) and touches and not follows.lines[0].first_on_page:
            kinds[last] = Kind.HEADING
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
    """Two or more short lines broken on purpose under a title or a colon are items though they end in dots."""
    i = 0
    while i < len(blocks):
        j = i
        while j < len(blocks) and kinds[j] in (Kind.PARAGRAPH, Kind.ITEM) and not blocks[j].lines[0].mark:
            near = j == i or blocks[j].lines[0].blank_before == 0 or blocks[j].lines[0].opens_lower
            if not near or blocks[j].lines[0].first_on_page and j > i:
                break
            j += 1
        headed = i > 0 and (kinds[i - 1] is Kind.HEADING or blocks[i - 1].text.endswith(":"))
        short = all(len(blocks[k].text) <= 220 and not re.search(r"[.!?] \S", blocks[k].text) for k in range(i, j))
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
    count = Counter(_bare(b.text) for b, is_label in zip(blocks, label, strict=True) if is_label)
    return [
        replace(b, kind=Kind.TEMPLATE) if is_label and count[_bare(b.text)] >= 3 else b
        for b, is_label in zip(blocks, label, strict=True)
    ]


# --- levels and paths -----------------------------------------------------------------------------

_LEVEL_PAGE, _LEVEL_CAPS, _LEVEL_TITLE, _LEVEL_REPEATED = 10, 20, 30, 40


def set_levels(blocks: list[Block]) -> list[Block]:
    """Give each heading a level.

    Section numbers tell their own; a title that comes back three times or more stands under the
    others; one at the top of a page stands high unless it lies between chapters n and n + 1.
    """
    count = Counter(_bare(b.text) for b in blocks if b.kind is Kind.HEADING)
    chapters = [
        (i, int(re.findall(r"\d+", b.lines[0].mark)[0]))
        for i, b in enumerate(blocks)
        if b.kind is Kind.HEADING and b.lines[0].depth == 1
    ]
    inside = {
        k
        for (i, n), (j, following) in zip(chapters, chapters[1:], strict=False)
        if following == n + 1
        for k in range(i + 1, j)
    }

    def level(i: int, block: Block) -> int:
        first = block.lines[0]
        if first.numbered:
            return _LEVEL_PAGE + first.depth
        if count[_bare(block.text)] >= 3:
            return _LEVEL_REPEATED
        if first.first_on_page and i not in inside:
            return _LEVEL_PAGE
        return _LEVEL_CAPS if _caps(block.text) else _LEVEL_TITLE

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
        only_titles = all(b.kind not in _BODY or _is_motto(page, i) for i, b in enumerate(page))
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
    late = _late_headings(blocks)
    path: list[tuple[int, str]] = []
    done: list[Block] = []
    for i, block in enumerate(blocks):
        if block.kind is Kind.HEADING:
            if i not in late.values_flat:
                path = [p for p in path if p[0] < block.level]
                path.append((block.level, block.text))
            done.append(replace(block, heading_path=tuple(t for _, t in path)))
        else:
            headings = late.of_block.get(i)
            titles = tuple(blocks[h].text for h in headings) if headings else tuple(t for _, t in path)
            done.append(replace(block, heading_path=titles))
    return done


@dataclass
class _Late:
    of_block: dict[int, list[int]]
    values_flat: set[int]


def _late_headings(blocks: list[Block]) -> _Late:
    """Headings printed below what they head.

    Two shapes: titles at the foot of a page whose text begins without one, and a title that has
    nothing under it, stands right below a list, and is followed by a sister ("ytre ramme" after
    "indre ramme") that does have text.
    """
    of_block: dict[int, list[int]] = {}
    used: set[int] = set()
    pages: dict[int, list[int]] = {}
    for i, block in enumerate(blocks):
        pages.setdefault(block.page, []).append(i)
    for indices in pages.values():
        loud = [i for i in indices if blocks[i].kind in _BODY and not _is_motto(blocks, i)]
        headings = [i for i in indices if blocks[i].kind is Kind.HEADING]
        if not loud or not headings:
            continue
        foot = [h for h in headings if h > loud[-1]]
        orphans = [i for i in loud if not any(h < i for h in headings)]
        if foot and orphans:
            for i in orphans:
                of_block[i] = foot
            used |= set(foot)
    for i, block in enumerate(blocks[:-1]):
        sister = blocks[i + 1]
        if not (block.kind is sister.kind is Kind.HEADING and i and blocks[i - 1].kind is Kind.ITEM):
            continue
        if i in used or block.text.split()[-1] != sister.text.split()[-1]:
            continue
        j = i - 1
        while j >= 0 and blocks[j].kind is Kind.ITEM:
            of_block[j] = [i]
            j -= 1
        used.add(i)
    return _Late(of_block, used)


def _is_motto(blocks: list[Block], i: int) -> bool:
    """A quotation set off from the text, or the line right below it that says where it is from."""
    if blocks[i].text.startswith(_QUOTE_MARKS):
        return True
    return i > 0 and blocks[i - 1].text.startswith(_QUOTE_MARKS) and len(blocks[i].text.split()) <= 8
