"""Pieces of HTML for HR's page. Everything that comes from a question or a document is escaped.

They are shown by Gradio's Markdown component (its HTML component needs a script policy that allows eval),
so each piece is one line: Markdown leaves HTML alone up to the next blank line.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape as escape_html
from urllib.parse import quote

from assistant.answer import QUOTES, Answer, Citation, Language
from assistant.features import PARTS
from assistant.neighbours import Neighbour
from assistant.phrases import load_data
from assistant.retrieve import Ranked
from assistant.trace import Trace
from assistant.writer import NO_ANSWER, NOT_PROVEN, Written

NEAREST = 8  # known questions shown
_PROBLEMS = {NO_ANSWER: "found_no_answer", NOT_PROVEN: "nothing_proven"}  # those that we have own words for


def label(key: str, language: Language, **values: object) -> str:
    """The text ``key`` of ``data/hr.toml`` with ``{names}`` filled in; KeyError when there is none."""
    found: str = load_data("hr")[key][language]
    return found.format(**values)


def escape(text: str) -> str:
    """``text`` for use inside HTML, on one line; its line breaks are kept as character references."""
    return escape_html(text).replace("\r", "&#13;").replace("\n", "&#10;")


def answer_markdown(answer: Answer) -> str:
    """The answer's own Markdown, with any HTML in it shown as text."""
    return answer.answer.replace("&", "&amp;").replace("<", "&lt;")


def message_html(message: str) -> str:
    """A message in place of an outcome."""
    return f'<p class="message" role="alert">{escape(message)}</p>'


def outcome_html(trace: Trace, language: Language) -> str:
    """Status, the question as it was understood, how surely it is answered, who answered, milliseconds."""
    answer = trace.answer
    assert answer is not None, "a finished trace has an answer"
    steps = answer.timing_ms.model_dump()
    timing = " · ".join(f"{label(f'step_{step}', language)} {ms:.0f} ms" for step, ms in steps.items())
    rows = [
        (label("status", language), label(f"status_{answer.status}", language)),
        (label("understood", language), answer.understood),
    ]
    if trace.rewritten not in ("", answer.understood):
        rows.append((label("rewritten", language), trace.rewritten))
    if trace.understood.kind == "question":
        rows.append((label("probability", language), _probability(trace.probability, language)))
    if answer.status == "answered":
        rows.append((label("answered_by", language), _answered_by(answer, language)))
    rows.append((label("timing", language), timing))
    items = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in rows)
    return f'<dl class="outcome" data-status="{answer.status}">{items}</dl>'


def neighbours_html(neighbours: Sequence[Neighbour], language: Language) -> str:
    """A table of the known questions most like the one asked, surest first, and what is known of each."""
    heading = escape(label("neighbours", language))
    if not neighbours:
        return f"<h3>{heading}</h3><p>{escape(label('no_neighbours', language))}</p>"
    names = [label(key, language) for key in ("same", "known_question", "side")]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(
        f"<tr><td>{_percent(each.same, language, 0)}</td><td>{escape(each.text)}</td>"
        f"<td>{escape(_side(each, language))}</td></tr>"
        for each in neighbours[:NEAREST]
    )
    table = f"<table><caption>{heading}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="neighbours" tabindex="0" role="region" aria-label="{heading}">{table}</div>'


def written_html(written: Written | None, language: Language) -> str:
    """What went wrong with the language model, and each draft of it that was rejected, with the reasons.

    "" when it was not asked or all that it wrote was proven.
    """
    if written is None or not (written.problem or written.rejected):
        return ""
    parts = [f"<h3>{escape(label('written', language))}</h3>"]
    if written.problem in _PROBLEMS:
        parts.append(f'<p class="problem">{escape(label(_PROBLEMS[written.problem], language))}</p>')
    elif written.problem:
        said = escape(label("problem", language))
        parts.append(f'<p class="problem">{said} <span lang="en">{escape(written.problem)}</span></p>')
    if written.rejected:
        drafts = "".join(
            f"<li><q>{escape(each.draft.text)}</q>"
            + "".join(f'<br><small lang="en">{escape(reason)}</small>' for reason in each.reasons)
            + "</li>"
            for each in written.rejected
        )
        parts.append(f'<p>{escape(label("rejected", language))}</p><ol class="rejected">{drafts}</ol>')
    return "".join(parts)


def citations_html(answer: Answer, language: Language) -> str:
    """The citations, or the closest places when there is no answer: document, section, dates, exact quote."""
    key, citations = ("citations", answer.citations) if answer.citations else ("closest", answer.closest)
    if not citations:
        return ""
    items = "".join(f"<li>{_citation_html(citation, language)}</li>" for citation in citations)
    return f'<h3>{escape(label(key, language))}</h3><ul class="{key}">{items}</ul>'


def passages_html(retrieved: Sequence[Ranked], language: Language) -> str:
    """A table of the passages found, best first, with what each part of the search makes of them."""
    heading = escape(label("passages", language))
    if not retrieved:
        return f"<h3>{heading}</h3><p>{escape(label('no_passages', language))}</p>"
    names = [label(key, language) for key in ("rank", "chosen", "text", "place", "score", *PARTS)]
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    rows = "".join(_row_html(rank, found, language) for rank, found in enumerate(retrieved, 1))
    table = f"<table><caption>{heading}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f'<div class="passages" tabindex="0" role="region" aria-label="{heading}">{table}</div>'


def _answered_by(answer: Answer, language: Language) -> str:
    return label("quotes", language) if answer.answered_by == QUOTES else answer.answered_by


def _probability(probability: float, language: Language) -> str:
    """ "62 % (answered from 48 %)"."""
    threshold = float(load_data("answerability")["threshold"]["answer_from"])
    values = {"probability": _percent(probability, language), "threshold": _percent(threshold, language)}
    return label("probability_of", language, **values)


def _percent(share: float, language: Language, decimals: int = 1) -> str:
    """A share, 0 to 1, as a percentage; a decimal may decide beside the threshold."""
    number = f"{100 * share:.{decimals}f}"
    return f"{number}%" if language == "en" else f"{number.replace('.', ',')}\u00a0%"


def _side(neighbour: Neighbour, language: Language) -> str:
    where = neighbour.topic.where_in(language) if neighbour.topic is not None else ""
    return label(f"side_{neighbour.side}", language, where=where)


def _citation_html(citation: Citation, language: Language) -> str:
    where = " › ".join([citation.title, *citation.section])
    dates = [
        label(name, language, date=date)
        for name, date in (("adopted", citation.adopted), ("valid_to", citation.valid_to))
        if date
    ]
    address = f"/documents/{quote(citation.municipality, '')}/{quote(citation.document, '')}"
    link = f'<a href="{address}#s={citation.start}&amp;e={citation.end}" target="_blank">{escape(where)}</a>'
    about = f" <small>({escape(', '.join(dates))})</small>" if dates else ""
    return f"[{citation.n}] {link}{about}<blockquote>{escape(citation.quote)}</blockquote>"


def _row_html(rank: int, found: Ranked, language: Language) -> str:
    scores = [f"{max(found.scores[name] for name in part):.2f}" for part in PARTS.values()]
    chosen = label("yes" if found.chosen else "no", language)
    where = " › ".join([found.passage.document, *found.passage.heading_path])
    cells = [chosen, found.span.text, where, f"{found.score:.3f}", *scores]
    row = f'<th scope="row">{rank}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells)
    return f'<tr class="chosen">{row}</tr>' if found.chosen else f"<tr>{row}</tr>"
