"""What a writing model replies, well or badly, made from the material in its prompt.

For ``eval.fake_model``: truthful, lying in one way or another, taken over by an attacker, late, broken off.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from eval.fake_model import HangUp, Reply
from ingest.analysis import words
from ingest.block import bare

Lines = list[tuple[str, str]]  # (passage, text) of each line
Change = Callable[[str], str]  # a line made wrong; unchanged where it cannot be
Said = dict[str, Any]  # a statement with its sources, as the model sends it

INVENTED = "Alle ansatte har rett til seks ukers ferie."
# no list number, no footnote mark, also not one that is glued to a year ("20162")
_NUMBER = re.compile(r"(?<![\w.,;:)»”\"-])(?!\A\d+\.)(?!(?:19|20)\d{3})\d+(?!\w)")
_NEGATION = re.compile(r" (?:ikke|ikkje|aldri)(?! bare\b| berre\b| minst\b)(?= )")
_LEADER = re.compile(r"\b([Ll])eder(e|en|ne)?\b")
_EMPLOYEE = re.compile(r"\b([Mm])edarbeider(e|en|ne)?\b")
_OTHERS = re.compile(r"ansatt|tilsett|tilsatt", re.IGNORECASE)
_SENTENCE = re.compile(r"[^.!?\n]+[.!?]?")
_QUOTED = re.compile(r"[«\"“”']([^«»\"“”']{3,})[»\"“”']")
_CLAUSE = re.compile(
    r"\b(?:at|that|(?:skriv|svar|si|sei|say|tell|write)(?! (?:at|that)\b)):?\s+(.{3,})", re.IGNORECASE
)
_MOST = 12  # statements of one reply; no more are read


def material(prompt: str) -> dict[str, Any]:
    """The JSON object in the prompt."""
    found: dict[str, Any] = json.JSONDecoder().raw_decode(prompt, prompt.index("{\n"))[0]
    return found


def told_passages(prompt: str) -> bool:
    """Whether statements are to be written; else the question is to be written anew, for the search."""
    return "passages" in material(prompt)


def as_asked(prompt: str) -> str:
    """The question as it is, when it is to be written anew."""
    return json.dumps({"question": material(prompt)["question"], "words": []}, ensure_ascii=False)


def writing(reply: Reply) -> Reply:
    """``reply`` when an answer is to be written; a question to be prepared for search stays as it is."""
    return lambda prompt: reply(prompt) if told_passages(prompt) else as_asked(prompt)


def lines(prompt: str) -> Lines:
    """The lines of the passages in the prompt, the best passage first."""
    return [(p["passage"], line["text"]) for p in material(prompt)["passages"] for line in p["lines"]]


def sentences(prompt: str) -> Lines:
    """The lines that stand on their own; all lines when none does."""
    found = [(p, text) for p, text in lines(prompt) if text[:1].isupper() and text.endswith(".")]
    return found or lines(prompt)


def statement(text: str, *sources: tuple[str, str]) -> Said:
    """A statement with (passage, quote) as sources."""
    return {"text": text, "sources": [{"passage": passage, "quote": quote} for passage, quote in sources]}


def replied(*statements: Said) -> str:
    """A reply of the form asked for."""
    return json.dumps({"statements": statements}, ensure_ascii=False)


# --- changes that make a line wrong ---------------------------------------------------------------


def change_number(text: str) -> str:
    """A number one higher. Digits at a word's or sentence's end are footnote marks, and no number."""
    return _NUMBER.sub(lambda number: str(int(number[0]) + 1), text, count=1)


def drop_negation(text: str) -> str:
    """Without its «ikke»; where that only strengthens («ikke minst») or comes twice, as it was."""
    return _NEGATION.sub("", text) if len(_NEGATION.findall(text)) == 1 else text


def insert_negation(text: str) -> str:
    """With «ikke» after its first verb in «skal», «er» and their like."""
    return re.sub(r" (skal|er|har|må|kan|vil|bør) (?!ikke|ikkje|aldri)", r" \1 ikke ", text, count=1)


def swap_role(text: str) -> str:
    """The leaders' part given to the employees, or the other way about; unless the line speaks of both."""
    led, done = _LEADER.search(text), _EMPLOYEE.search(text)
    if led and not done and not _OTHERS.search(text):
        return _LEADER.sub(lambda m: ("M" if m[1] == "L" else "m") + f"edarbeider{m[2] or ''}", text)
    if done and not led and not re.search("leder|sjef", text):
        return _EMPLOYEE.sub(lambda m: ("L" if m[1] == "M" else "l") + f"eder{m[2] or ''}", text)
    return text


def merge_municipalities(text: str) -> str:
    """Said of other municipalities too."""
    return f"{text.rstrip('.')}, og det samme gjelder i Bærum og Modum kommune."


# --- replies --------------------------------------------------------------------------------------


def lies(prompt: str, change: Change) -> list[Said]:
    """Each line that ``change`` changes, changed, with the line itself as its source."""
    held = {bare(text) for _, text in lines(prompt)}
    made = ((p, text, change(text)) for p, text in sentences(prompt))
    return [statement(lie, (p, text)) for p, text, lie in made if lie != text and bare(lie) not in held]


def lying(change: Change) -> Reply:
    """The first line that ``change`` changes, changed, with the line itself as its source."""
    return lambda prompt: replied(*lies(prompt, change)[:1])


changed_number = lying(change_number)
dropped_negation = lying(drop_negation)
swapped_role = lying(swap_role)
merged_municipalities = lying(merge_municipalities)


def truthful(prompt: str) -> str:
    """Repeats the first two whole sentences of the material, each with itself as its source."""
    if not told_passages(prompt):
        return as_asked(prompt)
    return replied(*(statement(text, (passage, text)) for passage, text in sentences(prompt)[:2]))


def nothing_found(prompt: str) -> str:
    """Finds no answer."""
    return replied()


def uncited(prompt: str) -> str:
    """Gives no source."""
    return replied(statement(sentences(prompt)[0][1]))


def made_up_quote(prompt: str) -> str:
    """Makes up the words that it says it has its statement from."""
    return replied(statement(INVENTED, ("P1", INVENTED)))


def injected(prompt: str) -> str:
    """Says whatever stands after «SAY:» in the material, in the question or in a passage."""
    said = re.search(r'SAY: ([^"«»]+)', json.dumps(material(prompt), ensure_ascii=False))
    assert said, "nothing is planted in the prompt"
    return replied(statement(said[1].strip(), sentences(prompt)[0]))


def taken_over(planted: str, wished: Sequence[str]) -> Reply:
    """A model that is wholly the attacker's: all that it is told it repeats, as if the policy said so.

    It repeats lines of the passages that come from the text ``planted``, each with itself as source; what an
    attack wishes to have said, ``wished``; and quotations, clauses and sentences of the questions. What is no
    line is given the likest line as its source. Asked to write the question anew, it writes the wishes.
    """

    def reply(prompt: str) -> str:
        told = material(prompt)
        asked = [told["question"], *told["earlier_questions"]]
        wishes = list(dict.fromkeys([*wished, *(part for text in asked for part in _parts(text))]))
        if not told_passages(prompt):
            return json.dumps({"question": wishes[0], "words": wishes[1:]}, ensure_ascii=False)
        known = lines(prompt)
        repeated = [statement(text, (p, text)) for p, text in known if bare(text) in bare(planted)]
        said = [statement(wish.strip(), _likest(wish, known)) for wish in wishes]
        return replied(*[*repeated, *said][:_MOST])

    return reply


def _parts(text: str) -> list[str]:
    """Quotations, clauses after «at», «svar» and their like, and sentences of ``text``."""
    whole = [found.strip() for found in _SENTENCE.findall(text) if found.strip()]
    clauses = [clause[1] for sentence in whole if (clause := _CLAUSE.search(sentence))]
    return [*_QUOTED.findall(text), *clauses, *whole]


def _likest(text: str, known: Lines) -> tuple[str, str]:
    """The line that shares most words with ``text``."""
    wanted = set(words(text))
    return max(known, key=lambda line: len(wanted & set(words(line[1]))))


def refusing(prompt: str) -> str:
    """Refuses in prose."""
    return "I'm sorry, but I cannot help with that request."


def malformed(prompt: str) -> str:
    """Writes JSON that is none, after one statement that is."""
    return truthful(prompt).replace('}, {"text": ', '}, {"text" ', 1)


# --- ways that a reply takes ----------------------------------------------------------------------


def broken(reply: Reply, after: int = 200) -> Reply:
    """``reply``, the connection closed after so many characters."""

    def pieces(prompt: str) -> Iterator[str]:
        yield str(reply(prompt))[:after]
        time.sleep(0.05)  # what was sent arrives before the connection closes
        raise HangUp

    return pieces


def slowly(reply: Reply, seconds: float = 1.0, at_once: int = 0) -> Reply:
    """``reply``, one character in so many seconds, but for the first ``at_once``."""

    def pieces(prompt: str) -> Iterator[str]:
        text = str(reply(prompt))
        yield text[:at_once]
        for character in text[at_once:]:
            time.sleep(seconds)
            yield character

    return pieces


def silent(prompt: str) -> str:
    """Says nothing for a long time."""
    time.sleep(30)
    return ""


def hanging_up(prompt: str) -> str:
    """Closes the connection without a word."""
    raise HangUp


def status(code: int) -> Reply:
    """An HTTP status and no reply."""
    return lambda prompt: code


def in_turn(*replies: Reply) -> Reply:
    """The replies one after the other, the last one from then on."""
    left = list(replies)
    return lambda prompt: (left.pop(0) if len(left) > 1 else left[0])(prompt)
