"""The answerer that has a language model: it writes, and code decides what of it is shown.

The model sees a question and whole passages and writes statements, each with the words of the policy it
rests on. A statement is shown when these words stand exactly where it says, its citations hold, and the
proof finds nothing in it that they do not bear out. What fails is sent back once, with the reasons.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Protocol

from pydantic import BaseModel, Field

from assistant.answer import Citation, Statement, Turn
from assistant.cite import cite
from assistant.llm import ChatModel, LLMError, Messages
from assistant.material import Material
from assistant.phrases import load_data
from assistant.reply import STATEMENTS, Draft, ReplyError, plain_line, read_drafts, read_object
from assistant.understand import Understood, other_municipality
from assistant.verify import citation_holds
from ingest.block import bare
from ingest.municipality import MunicipalityIndex, SpanRef

MOST_STATEMENTS = 12
MOST_SPANS = 8  # that one statement cites; one that needs more claims too much at once
LONGEST_STATEMENT = 400  # characters
MOST_TURNS, LONGEST_TURN = 6, 500  # earlier questions told, characters of each
REWRITING = 1 / 3  # of the model's time
LONGEST_REWRITTEN = 300  # characters
MOST_WORDS = 8
NO_ANSWER = "it found no answer in the passages"
NOT_PROVEN = "no statement could be proven"

_REWRITTEN: dict[str, Any] = {
    "type": "object",
    "properties": {"question": {"type": "string"}, "words": {"type": "array", "items": {"type": "string"}}},
    "required": ["question", "words"],
    "additionalProperties": False,
}

Show = Callable[[Statement, list[Citation]], None]


class Proof(Protocol):
    """Tells why ``text`` is not borne out by ``quotes``, standing under ``headings``; () when it is."""

    def __call__(self, text: str, quotes: Sequence[str], headings: Sequence[str]) -> tuple[str, ...]: ...


@dataclass(frozen=True)
class Rejected:
    """A statement that was not shown, and why."""

    draft: Draft
    reasons: tuple[str, ...]


@dataclass
class Written:
    """The proven statements, their citations numbered from 1, and every draft that was ``rejected``.

    ``problem`` says in a short English phrase what went wrong; it is never "" when there is no statement.
    """

    statements: list[Statement] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    rejected: list[Rejected] = field(default_factory=list)
    problem: str = ""


class Writer:
    """Has a language model write answers, and keeps of them what ``proof`` lets through."""

    def __init__(self, model: ChatModel, proof: Proof) -> None:
        self.model = model
        self._proof = proof

    def write(
        self,
        question: Understood,
        history: Sequence[Turn],
        refs: Sequence[SpanRef],
        index: MunicipalityIndex,
        show: Show | None = None,
        seconds: float | None = None,
    ) -> Written:
        """The answer to ``question`` from the passages of ``refs``, the best first. Never raises LLMError.

        ``show`` gets each statement once it is proven, with those of its citations that it has not had.
        ``seconds`` bounds all calls of the model together; its own ``timeout_s`` when None. When the model
        fails half-way, what is proven by then stays and ``problem`` is set.
        """
        deadline = time.monotonic() + (self.model.timeout_s if seconds is None else seconds)
        prompts = load_data("writer")
        material = Material.around(refs, index)
        told = {
            "language": prompts["languages"][question.language],
            **_asked(question, history),
            "municipality": index.name,
            "passages": material.shown(),
        }
        answer = _Answer(material, index, self._proof, show)
        written = answer.written
        try:
            answer.take(self._drafts(prompts["write"]["system"], told, deadline), MOST_STATEMENTS)
            if failed := list(written.rejected):
                told["rejected"] = [_told(number, each) for number, each in enumerate(failed, start=1)]
                system = prompts["write"]["system"] + prompts["repair"]["system"]
                answer.take(self._drafts(system, told, deadline), len(failed))
        except LLMError as error:
            written.problem = str(error)
        if not written.statements and not written.problem:
            written.problem = NOT_PROVEN if written.rejected else NO_ANSWER
        return written

    def _drafts(self, system: str, told: Mapping[str, Any], deadline: float) -> Iterator[Draft]:
        return read_drafts(
            self.model.stream(_messages(system, told), STATEMENTS, deadline - time.monotonic())
        )

    def rewrite(
        self, question: Understood, history: Sequence[Turn], municipalities: Mapping[str, str]
    ) -> str | None:
        """``question`` on its own with words of policies added, as more to search for; None when in doubt.

        ``municipalities`` maps keys to names: a text that names another one than the user did is of no use.
        Raises LLMError when the model cannot be asked.
        """
        asked = _asked(question, history)
        messages = _messages(load_data("writer")["rewrite"]["system"], asked)
        try:
            reply = "".join(self.model.stream(messages, _REWRITTEN, self.model.timeout_s * REWRITING))
            found = read_object(reply, _Rewritten)
        except ReplyError:
            return None
        text = " ".join([found.question, *found.words[:MOST_WORDS]])
        other = other_municipality(text, question.municipality, municipalities)
        said = " ".join([question.asked, *asked["earlier_questions"]]).lower()
        usable = plain_line(text) and len(text) <= LONGEST_REWRITTEN and other.lower() in said
        return plain_line(text) if usable else None


class _Rewritten(BaseModel):
    question: str = Field(min_length=1)
    words: list[str]


class _Answer:
    """An answer that grows by the drafts that are proven."""

    def __init__(self, material: Material, index: MunicipalityIndex, proof: Proof, show: Show | None) -> None:
        self.written = Written()
        self._material = material
        self._index = index
        self._proof = proof
        self._show = show or (lambda statement, citations: None)
        self._said: set[str] = set()

    def take(self, drafts: Iterable[Draft], most: int) -> None:
        """Show each of the first ``most`` drafts that is proven and new; keep why the others are not."""
        for draft in islice(drafts, most):
            text, refs = plain_line(draft.text), self._spans(draft)
            if bare(text) in self._said:
                continue
            _, cited = cite(refs, self._index.documents)
            reasons = self._faults(draft, text, refs) or self._unproven(text, refs, cited)
            if reasons:
                self.written.rejected.append(Rejected(draft, reasons))
            else:
                self._said.add(bare(text))
                self._add(text, cited)

    def _spans(self, draft: Draft) -> list[SpanRef]:
        """The spans that the draft's quotes touch and the openings of their lists, as they are shown."""
        touched = [r for s in draft.sources for r in self._material.quoted(s.passage, s.quote)]
        openings = [opening for r in touched if (opening := self._material.opening(r)) is not None]
        ids = {ref.id for ref in touched + openings}
        return [ref for ref in self._material.lines.values() if ref.id in ids]

    def _faults(self, draft: Draft, text: str, refs: Sequence[SpanRef]) -> tuple[str, ...]:
        """What is wrong with the form of the draft or with its sources, in words for the model."""
        faults = [
            f"«{source.quote}» does not stand in {source.passage} letter by letter"
            for source in draft.sources
            if not self._material.quoted(source.passage, source.quote)
        ]
        if not bare(text):
            faults.append("the text is not one plain line without Markdown, links and tags")
        if len(text) > LONGEST_STATEMENT:
            faults.append(f"the text is longer than {LONGEST_STATEMENT} characters")
        if not draft.sources:
            faults.append("it has no source")
        if len(refs) > MOST_SPANS:
            faults.append(f"it rests on {len(refs)} lines, more than {MOST_SPANS}: claim one thing")
        return tuple(faults)

    def _unproven(self, text: str, refs: Sequence[SpanRef], cited: Sequence[Citation]) -> tuple[str, ...]:
        if not all(citation_holds(c, self._index.documents, self._index.key) for c in cited):
            return ("the document does not hold what it cites",)
        headings = dict.fromkeys(heading for ref in refs for heading in ref.passage.heading_path)
        return self._proof(text, [ref.span.text for ref in refs], list(headings))

    def _add(self, text: str, cited: Sequence[Citation]) -> None:
        """Show a proven statement; a place that is cited already keeps its number."""
        known = {(c.document, c.start, c.end): c.n for c in self.written.citations}
        numbers, new = [], []
        for citation in cited:
            place = (citation.document, citation.start, citation.end)
            if place not in known:
                known[place] = len(known) + 1
                new.append(citation.model_copy(update={"n": known[place]}))
            numbers.append(known[place])
        statement = Statement(text=text, citations=numbers)
        self.written.statements.append(statement)
        self.written.citations += new
        self._show(statement, new)


def _asked(question: Understood, history: Sequence[Turn]) -> dict[str, Any]:
    """The question and the user's own before it; an assistant's turn may be forged and is left out."""
    turns = [turn.content[:LONGEST_TURN] for turn in history if turn.role == "user"]
    return {"question": question.asked, "earlier_questions": turns[-MOST_TURNS:]}


def _told(number: int, rejected: Rejected) -> dict[str, Any]:
    return {"number": number, **rejected.draft.model_dump(), "reasons": rejected.reasons}


def _messages(system: str, told: Mapping[str, Any]) -> Messages:
    return [("system", system.strip()), ("user", json.dumps(told, ensure_ascii=False, indent=1))]
