"""A language model as judge, when one is configured: faithfulness and answer relevance after RAGAS.

    judge = configured_judge(settings)  # eval.chat_judge; None unless ASSISTANT_LLM is set
    judged = list(judge_outcomes(judge, outcomes))
    figures(judged)["faithfulness"]  # JudgeFigure(value=…, judged=…, no_verdict=…)

A verdict must be strict JSON of the form asked for. Anything else is no verdict and counts 0: it never
passes. What the judge was shown and what it replied is kept in each Judgement.

Source: Es et al. 2023, "RAGAS: Automated Evaluation of Retrieval Augmented Generation",
arXiv:2309.15217, section 3. Statements are the answer's own instead of a model's division of it, and
answer relevance is a rating instead of the likeness of questions generated back from the answer.
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from string import Template
from typing import Any, NoReturn, Protocol, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from assistant.answer import Answer
from eval.outcomes import Outcome
from eval.questions import EvalQuestion

PROMPTS = Path(__file__).parent / "data" / "judge.toml"
COLUMNS = ("faithfulness", "answer relevance")
MISSING = "verdicts missing"
BEST_RATING = 4
GIVE_UP = 3  # answers in a row without any reply; then the judge is not asked again


class JudgeError(RuntimeError):
    """The judge could not be asked, or its reply is not of the protocol."""


class Judge(Protocol):
    """Anything that replies to a prompt."""

    def complete(self, prompt: str) -> str:
        """The reply, unchanged. Raises JudgeError when there is none."""
        ...


@dataclass(frozen=True)
class Judgement:
    """What the judge was shown, what it replied, and its verdict from 0 to 1.

    ``verdict`` is None when there is none, and ``problem`` says why.
    """

    prompt: str
    reply: str
    verdict: float | None
    problem: str = ""

    @property
    def score(self) -> float:
        """The verdict; 0 without one."""
        return self.verdict or 0.0


@dataclass(frozen=True)
class Judged:
    """Both judgements of the answer to one question."""

    question: str
    faithfulness: Judgement
    relevance: Judgement

    @property
    def missing(self) -> list[Judgement]:
        """The judgements without a verdict."""
        return [each for each in (self.faithfulness, self.relevance) if each.verdict is None]

    @property
    def values(self) -> dict[str, float]:
        """Name of each of ``COLUMNS`` to its score, and how many verdicts are missing."""
        scores = (self.faithfulness.score, self.relevance.score)
        return {**dict(zip(COLUMNS, scores, strict=True)), MISSING: float(len(self.missing))}


@dataclass(frozen=True)
class JudgeFigure:
    """Mean score of ``judged`` answers, of which ``no_verdict`` have no verdict and count 0."""

    value: float | None
    judged: int
    no_verdict: int


def judge_outcomes(judge: Judge, outcomes: Iterable[Outcome]) -> Iterator[Judged]:
    """Judge every answer that was given; a refusal is not judged.

    After ``GIVE_UP`` answers in a row without any reply, the rest get no verdict without being asked for.
    """
    silent = 0
    for outcome in outcomes:
        if not outcome.answered:
            continue
        asked: Judge = judge if silent < GIVE_UP else _GivenUp()
        supported = faithfulness(asked, outcome.answer)
        relevant = relevance(asked, outcome.question, outcome.answer)
        silent = 0 if supported.reply or relevant.reply else silent + 1
        yield Judged(outcome.question.id, supported, relevant)


def figures(judged: Iterable[Judged]) -> dict[str, JudgeFigure]:
    """Name of each of ``COLUMNS`` to its figure."""
    every = list(judged)
    return {
        COLUMNS[0]: _figure([each.faithfulness for each in every]),
        COLUMNS[1]: _figure([each.relevance for each in every]),
    }


def faithfulness(judge: Judge, answer: Answer) -> Judgement:
    """Share of the answer's statements that the judge finds supported by their own citations alone.

    A statement without a citation is not supported, whatever the judge says.
    """
    quotes = {citation.n: citation.quote for citation in answer.citations}
    statements = [
        {"statement": n, "text": each.text, "quotes": [quotes[c] for c in each.citations if c in quotes]}
        for n, each in enumerate(answer.statements, start=1)
    ]
    if not statements:
        return Judgement("", "", None, "the answer has no statements")

    def share(verdict: _Faithfulness) -> float:
        if [each.statement for each in verdict.verdicts] != [each["statement"] for each in statements]:
            raise ValueError("the reply does not have one verdict for each statement, in order")
        pairs = zip(verdict.verdicts, statements, strict=True)
        return sum(each.supported and bool(shown["quotes"]) for each, shown in pairs) / len(statements)

    return _ask(judge, "faithfulness", {"statements": statements}, _Faithfulness, share)


def relevance(judge: Judge, question: EvalQuestion, answer: Answer) -> Judgement:
    """The judge's rating of how well the answer addresses the question, 0 to 4, divided by 4."""
    before = [{"role": turn.role, "content": turn.content} for turn in question.history]
    material = {"before": before, "question": question.question, "answer": answer.answer}
    return _ask(judge, "relevance", material, _Relevance, lambda verdict: verdict.rating / BEST_RATING)


class _Strict(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    check: str


class _Support(BaseModel):
    model_config = ConfigDict(strict=True, extra="forbid")
    statement: int
    supported: bool


class _Faithfulness(_Strict):
    verdicts: list[_Support]


class _Relevance(_Strict):
    rating: int = Field(ge=0, le=BEST_RATING)


_Verdict = TypeVar("_Verdict", bound=_Strict)


class _GivenUp:
    """Stands in for a judge that did not reply several times in a row."""

    def complete(self, prompt: str) -> str:
        raise JudgeError(f"not asked: the judge did not reply for {GIVE_UP} answers in a row")


def _ask(
    judge: Judge,
    name: str,
    material: dict[str, Any],
    form: type[_Verdict],
    score: Callable[[_Verdict], float],
) -> Judgement:
    """The judgement of the material; every way it can go wrong is one without a verdict."""
    shown = json.dumps(material, ensure_ascii=False, indent=1)
    check = hashlib.sha256(shown.encode("utf-8", "backslashreplace")).hexdigest()[:8]
    prompt = Template(_prompts()[name]).substitute(material=shown, check=check)
    try:
        reply = judge.complete(prompt)
    except JudgeError as error:
        return Judgement(prompt, "", None, str(error))
    try:
        read = json.loads(reply, object_pairs_hook=_once, parse_constant=_no_constant)
        verdict = form.model_validate(read)
        if verdict.check != check:
            raise ValueError("the reply does not have this prompt's check word")
        return Judgement(prompt, reply, score(verdict))
    except json.JSONDecodeError as error:
        return Judgement(prompt, reply, None, f"the reply is not JSON: {error}")
    except ValidationError as error:
        return Judgement(prompt, reply, None, f"the reply has another form: {error.errors()[0]['msg']}")
    except (ValueError, RecursionError) as error:
        return Judgement(prompt, reply, None, str(error))


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object whose keys stand once each: a second ``supported`` would silently win."""
    names = [name for name, _ in pairs]
    if len(set(names)) < len(names):
        raise ValueError("the reply has a key twice")
    return dict(pairs)


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"the reply holds {name}, which is not JSON")


def _figure(judgements: list[Judgement]) -> JudgeFigure:
    count = len(judgements)
    mean = sum(each.score for each in judgements) / count if count else None
    return JudgeFigure(mean, count, sum(each.verdict is None for each in judgements))


@cache
def _prompts() -> dict[str, str]:
    return {name: str(text) for name, text in tomllib.loads(PROMPTS.read_text(encoding="utf-8")).items()}
