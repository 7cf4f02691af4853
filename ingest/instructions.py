"""Text that tells a machine what to do: hidden in a document, or sent in place of a question.

Patterns are in ``data/instructions.toml``; two learnt classifiers know more ways of saying it,
surer of messages than of a document's sentences.
Text is looked at as it reads to a person: characters of no width, look-alikes of other alphabets, letters
set apart and digits for letters are undone first.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import tomllib
import unicodedata
from functools import cache
from typing import Any

from ingest.lines import DATA
from ingest.wording import WordingModel

MODELS = DATA / "instructions"
SHORTEST_SENTENCE = 4  # words; a shorter one is a title
LEARNT = "learnt"  # the kind when no pattern names one
# Cyrillic and Greek letters that look like Latin ones (after Unicode TR 39, confusables)
_LOOK_ALIKES = str.maketrans("аеорсухіѕјһԁԛԝєοανικυτρνӏɡ", "aeopcyxisjhdqweoavikutpvlg")
_LEET = str.maketrans("0134578@$", "oieastbas")
_SPACED = re.compile(r"(?<!\w)(?:\w[ .*_-]){3,}\w(?!\w)")
_BASE64 = re.compile(r"(?<![\w+/])[A-Za-z0-9+/]{20,}={0,2}(?![\w+/=])")
_HEX = re.compile(r"\b(?:[0-9a-f]{2}[ :]){7,}[0-9a-f]{2}\b", re.IGNORECASE)
_WIDTHLESS = "\u200b\u200c\u200d\u2060\ufeff\u00ad"


def speaks_to_machines(text: str) -> bool:
    """Whether a sentence of a document tells a machine what to answer; such a sentence is never quoted."""
    read = readable_text(text)
    names, tells, alone = _planted()
    return any(pattern.search(read) for pattern in alone) or bool(names.search(read) and tells.search(read))


def is_doubtful(text: str) -> bool:
    """Whether a sentence of a document may be meant for machines, as far as a guess from its words can tell.

    It is quoted as any other, for a policy's words are not left out on a guess; but a person should look at
    it, and no language model is shown it.
    """
    read = model_text(text)
    long_enough = len(read.split()) >= SHORTEST_SENTENCE
    by_guess = long_enough and learnt("sentence").score(read) > _thresholds()["sentence"]
    return by_guess or speaks_to_machines(text)


def instruction_in(text: str) -> str:
    """The kind of instruction ("override", LEARNT …) in place of a question; "" without one."""
    if kind := pattern_in(text):
        return kind
    if _honest().search(readable_text(text)):
        return ""
    return LEARNT if learnt("message").score(model_text(text)) > _thresholds()["message"] else ""


def pattern_in(text: str) -> str:
    """The kind of instruction that a pattern, or a message in code, tells; "" without one."""
    if _hidden(text):
        return "encoded"
    read = readable_text(text)
    versions = dict.fromkeys((read, readable_text(_unspaced(text)), _unleet(read)))
    for kind, patterns in _patterns().items():
        if any(pattern.search(version) for version in versions for pattern in patterns):
            return kind
    return ""


def model_text(text: str) -> str:
    """``text`` as the learnt classifiers see it: marks that programs use, too, are words."""
    return re.sub(r"[\[\]{}<>|#=*]+", " mark ", readable_text(text))


@cache
def learnt(name: str) -> WordingModel:
    """A classifier of ``ingest/data/instructions``, learnt by ``ingest.training.train_instructions``.

    ``name``: "message" or "sentence". The higher its score, the surer that a text steers a machine.
    """
    return WordingModel.load(MODELS / f"{name}.json")


@cache
def _thresholds() -> dict[str, float]:
    found: dict[str, float] = json.loads((MODELS / "thresholds.json").read_text(encoding="utf-8"))
    return found


def readable_text(text: str) -> str:
    """``text`` in lower case as a person reads it, on one line but for line breaks."""
    text = unicodedata.normalize("NFKC", text).casefold().replace("ß", "ss").translate(_LOOK_ALIKES)
    text = "".join(
        c for c in text if c not in _WIDTHLESS and unicodedata.category(c) not in ("So", "Cf", "Mn")
    )
    return "\n".join(" ".join(line.split()) for line in text.splitlines() if line.strip())


def _unspaced(text: str) -> str:
    """Letters that were set apart, put together: "i g n o r e r" reads "ignorer"."""
    joined = re.sub(r"(?<=\w)[ \u2003]{2,}(?=\w)", "\u2003", text)
    return _SPACED.sub(lambda match: re.sub(r"[ .*_-]", "", match.group()), joined).replace("\u2003", " ")


def _unleet(text: str) -> str:
    """Digits that stand for letters inside words, put back."""
    return re.sub(r"\w*(?:[a-zæøå]\d|\d[a-zæøå])\w*", lambda match: match.group().translate(_LEET), text)


def _hidden(text: str) -> bool:
    """Whether a stretch of ``text`` is readable text in base64 or hexadecimal."""
    if _HEX.search(text):
        return True
    for match in _BASE64.finditer(text):
        word = match.group()
        if word.islower() or (word.isalpha() and word[1:].islower()):
            continue  # a long word
        try:
            decoded = base64.b64decode(word + "=" * (-len(word) % 4), validate=False).decode("utf-8")
        except (binascii.Error, UnicodeDecodeError):
            continue
        if sum(c.isalpha() or c.isspace() for c in decoded) >= 0.8 * len(decoded):
            return True
    return False


@cache
def _data() -> dict[str, Any]:
    with (DATA / "instructions.toml").open("rb") as file:
        return tomllib.load(file)


@cache
def _patterns() -> dict[str, tuple[re.Pattern[str], ...]]:
    words = _data()["words"]

    def compiled(pattern: str) -> re.Pattern[str]:
        for name, listed in words.items():
            pattern = pattern.replace("{" + name + "}", listed)
        return re.compile(pattern)

    return {kind: tuple(map(compiled, listed)) for kind, listed in _data()["patterns"].items()}


@cache
def _honest() -> re.Pattern[str]:
    return re.compile(_data()["honest"]["asks_for_form"])


@cache
def _planted() -> tuple[re.Pattern[str], re.Pattern[str], tuple[re.Pattern[str], ...]]:
    table = _data()["planted"]
    return re.compile(table["names"]), re.compile(table["tells"]), tuple(map(re.compile, table["alone"]))
