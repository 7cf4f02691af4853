"""The passages that a language model is shown, and the way back from its quotes to whole spans."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ingest.instructions import is_doubtful
from ingest.municipality import MunicipalityIndex, SpanRef

MOST_PASSAGES = 8
FEWEST_WORDS = 3  # of a quote that is less than a whole span; fewer could stand anywhere


@dataclass(frozen=True)
class Material:
    """Whole passages; ``lines`` maps names such as "P2.3" to their spans, in the order shown."""

    lines: Mapping[str, SpanRef]
    titles: Mapping[str, str]

    @classmethod
    def around(cls, refs: Sequence[SpanRef], index: MunicipalityIndex) -> Material:
        """The passages that ``refs`` stand in, in their order, at most MOST_PASSAGES.

        A sentence that may be meant for machines is not among the lines.
        """
        ids = list(dict.fromkeys(ref.passage.id for ref in refs))[:MOST_PASSAGES]
        lines = {
            f"P{number}.{n}": ref
            for number, passage in enumerate(ids, start=1)
            for n, ref in enumerate(index.spans_of(passage), start=1)
            if not is_doubtful(ref.span.text)
        }
        return cls(lines, {document.id: document.title for document in index.documents.values()})

    def shown(self) -> list[dict[str, Any]]:
        """The passages as a language model is shown them."""
        passages: dict[str, dict[str, Any]] = {}
        for name, ref in self.lines.items():
            number = name.partition(".")[0]
            heading = {"document": self.titles[ref.passage.document], "headings": ref.passage.heading_path}
            passage = passages.setdefault(number, {"passage": number, **heading, "lines": []})
            line = {"line": name, "text": _plain(ref.span.text)}
            if (opening := self.opening(ref)) is not None:
                line["opened_by"] = _plain(opening.span.text)
            passage["lines"].append(line)
        return list(passages.values())

    def opening(self, ref: SpanRef) -> SpanRef | None:
        """The sentence that opens the list ``ref`` stands in; None when none stands in its passage."""
        siblings = (other for other in self.lines.values() if other.passage.id == ref.passage.id)
        return next((s for s in siblings if ref.span.lead_in and s.span.text == ref.span.lead_in), None)

    def quoted(self, place: str, quote: str) -> list[SpanRef]:
        """The spans of ``place``, a passage or one of its lines, that ``quote`` touches.

        [] when it does not stand there exactly, white space and Unicode's NFC aside, from the beginning of a
        word to the end of one; or when it is less than FEWEST_WORDS and no whole span.
        """
        refs = [ref for name, ref in self.lines.items() if name == place or name.startswith(f"{place}.")]
        texts, quote = [_plain(ref.span.text) for ref in refs], _plain(quote)
        if len(quote.split()) < FEWEST_WORDS:
            return [ref for ref, text in zip(refs, texts, strict=True) if text == quote][:1]
        begin = _find_words(quote, " ".join(texts))
        touched, at = [], 0
        for ref, text in zip(refs, texts, strict=True):
            if begin >= 0 and begin < at + len(text) and at < begin + len(quote):
                touched.append(ref)
            at += len(text) + 1
        return touched


def _plain(text: str) -> str:
    """``text`` in Unicode's NFC, every run of white space one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def _find_words(quote: str, text: str) -> int:
    """Where ``quote`` stands in ``text`` as whole words; -1 when it does not."""
    at = text.find(quote)
    while at >= 0:
        around = text[at - 1 : at] + quote[0], quote[-1] + text[at + len(quote) :][:1]
        if not any(len(pair) == 2 and pair.isalnum() for pair in around):
            return at
        at = text.find(quote, at + 1)
    return -1
