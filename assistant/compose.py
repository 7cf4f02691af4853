"""What the reader gets: the answer as Markdown, or why there is none, put together as the Answer."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import groupby

from assistant.answer import QUOTES, Answer, Citation, Language, Statement
from assistant.answerability import settled_elsewhere
from assistant.cite import cite
from assistant.phrases import load_data, phrase
from assistant.question_type import answer_type, asks_for_detail
from assistant.trace import Trace
from assistant.verify import citation_holds
from assistant.writer import NO_ANSWER
from ingest.document import Document

CLOSEST = 3  # passages offered when there is no answer


def finished(trace: Trace) -> Trace:
    """Put the Answer together."""
    timing = trace.timing
    timing.total = round(timing.understand + timing.retrieve + timing.answer + timing.verify, 3)
    closest = closest_places(trace) if trace.status == "not_in_policy" else []
    trace.answer = Answer(
        status=trace.status,
        answer=answered_text(trace) if trace.status == "answered" else unanswered_text(trace, bool(closest)),
        language=trace.understood.language,
        statements=trace.statements,
        citations=trace.citations,
        closest=closest,
        understood=trace.understood.search_text,
        answered_by=trace.answered_by,
        timing_ms=timing,
    )
    return trace


def answered_text(trace: Trace) -> str:
    """The answer as Markdown: a line that says what follows, then quotes by section or written statements."""
    language = trace.understood.language
    titles = _titles(dict.fromkeys(c.title for c in trace.citations), language)
    if trace.answered_by != QUOTES:
        lead = phrase("lead_written", language, titles=titles, model=trace.answered_by)
        written = [f"{s.text} {_numbers(s)}" for s in trace.statements]
        return "\n\n".join([lead, *written, *validity(trace.citations, trace.index.documents, language)])
    lead = phrase("lead", language, titles=titles)
    if trace.written is not None and trace.written.problem != NO_ANSWER:
        lead = f"{phrase('written_failed', language)} {lead}"
    items = {f for ref in trace.refs if ref.span.kind == "item" for f in ref.span.fragments}
    numbers = frozenset(c.n for c in trace.citations if (c.start, c.end) in items)
    quotes = quoted_text(trace.statements, trace.citations, numbers)
    return "\n\n".join([lead, *quotes, *validity(trace.citations, trace.index.documents, language)])


def quoted_text(
    statements: Sequence[Statement], citations: Sequence[Citation], items: frozenset[int]
) -> list[str]:
    """The quotes as Markdown paragraphs, each section under its headings.

    ``items`` holds the first citation numbers of statements that are list items.
    """
    by_number = {c.n: c for c in citations}
    blocks = []
    for (_, section), group in groupby(
        statements,
        key=lambda s: (by_number[s.citations[0]].document, tuple(by_number[s.citations[0]].section)),
    ):
        if section:
            blocks.append(f"**{section_label(section)}**")
        for is_item, same in groupby(group, key=lambda s: s.citations[0] in items):
            shown = [f"{s.text} {_numbers(s)}" for s in same]
            blocks += ["\n".join(f"- {line}" for line in shown)] if is_item else shown
    return blocks


def validity(
    citations: Sequence[Citation], documents: Mapping[str, Document], language: Language
) -> list[str]:
    """When what is cited was adopted and until when it holds, with a warning where that time has passed.

    One paragraph, or none. ``documents`` maps the ids of those cited to them.
    """
    lines = [
        phrase("adopted", language, date=readable_date(adopted, language))
        for adopted in dict.fromkeys(c.adopted for c in citations if c.adopted)
    ]
    today = date.today().isoformat()
    parts = dict.fromkeys((_part_for_a_time(c, documents), c.valid_to) for c in citations if c.valid_to)
    for part, until in parts:
        key = "expired" if until < today else "valid_to"
        lines.append(phrase(key, language, section=f"«{part}»", date=readable_date(until, language)))
    return [" ".join(lines)] if lines else []


def _part_for_a_time(citation: Citation, documents: Mapping[str, Document]) -> str:
    """The chapter that the citation's ``valid_to`` is of, or the document's title."""
    periods = documents[citation.document].periods
    return next((p.section for p in periods if p.section in citation.section), citation.title)


def readable_date(iso: str, language: Language) -> str:
    """An ISO 8601 date as it is written in ``language``: "19. juni 2025"."""
    day = date.fromisoformat(iso)
    month = load_data("phrases")["months"][language].split()[day.month - 1]
    return f"{day.day} {month} {day.year}" if language == "en" else f"{day.day}. {month} {day.year}"


def unanswered_text(trace: Trace, closest: bool) -> str:
    """What the reader is told when there is no answer, and where such things are settled.

    ``closest``: whether passages are shown beside it.
    """
    question, own = trace.understood, trace.index.name
    language = question.language
    if trace.status == "other_municipality":
        known = question.other in (index.name for index in trace.index.others)
        key = "other_municipality" if known else "unknown_municipality"
        return phrase(key, language, other=question.other, own=own)
    if trace.status == "smalltalk":
        return phrase("smalltalk", language, own=own)
    if question.kind == "instruction":
        return phrase("instruction", language, own=own)
    titles = _titles((d.title for d in trace.index.documents.values()), language)
    kind, topic = answer_type(question.asked), settled_elsewhere(trace.neighbours)
    if topic is not None:
        text = phrase("settled_elsewhere", language, titles=titles, where=topic.where_in(language))
    elif asks_for_detail(kind):
        text = phrase("detail_not_said", language, titles=titles, detail=phrase(f"detail_{kind}", language))
    elif kind == "why":
        text = phrase("premise_not_said", language, titles=titles)
    else:
        text = phrase("not_in_policy", language, titles=titles)
    return f"{text} {phrase('not_in_policy_closest', language)}" if closest else text


def closest_places(trace: Trace) -> list[Citation]:
    """The best ranked spans as citations, for a look; they support nothing."""
    refs = [ranked.ref for ranked in trace.retrieved if ranked.span.kind != "footnote"][:CLOSEST]
    _, citations = cite(refs, trace.index.documents)
    return [c for c in citations if citation_holds(c, trace.index.documents, trace.asked.municipality)]


def section_label(section: Sequence[str]) -> str:
    """A heading path for the reader: at most the last two headings, without closing colons."""
    return " › ".join(heading.rstrip(": ") for heading in section[-2:])


def _numbers(statement: Statement) -> str:
    return "".join(f"[{n}]" for n in statement.citations)


def _titles(titles: Iterable[str], language: Language) -> str:
    return _joined([f"«{title}»" for title in titles], language)


def _joined(parts: Sequence[str], language: Language) -> str:
    return f" {phrase('and', language)} ".join(
        [", ".join(parts[:-1]), parts[-1]] if len(parts) > 1 else parts
    )
