"""What employees ask that policies usually leave to other documents: the topic map of ``data/elsewhere``.

One table a topic::

    [egenmelding]
    where_nb = "folketrygdloven, IA-avtalen og kommunens rutine for sykefravær"
    where_nn = "…"
    where_en = "…"
    nb = '''
    hvor mange egenmeldingsdager har jeg
    '''                       # one question a line; nn and en likewise

The questions are indexed beside those of a question bank. A question that is more like these than like
any that the documents answer is not answered, and the reader is told where such a thing is settled.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache

from ingest.lines import DATA

FOLDER = DATA / "elsewhere"
LANGUAGES = ("nb", "nn", "en")


@dataclass(frozen=True)
class Topic:
    """A matter that is settled elsewhere: ``where``, by language, and how people ask."""

    name: str
    where: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]

    def where_in(self, language: str) -> str:
        """Where such a thing is usually settled, in ``language``."""
        return dict(self.where)[language]


@cache
def topics() -> tuple[Topic, ...]:
    """All topics, in the order of the files."""
    found = []
    for file in sorted(FOLDER.glob("*.toml")):
        for name, table in tomllib.loads(file.read_text(encoding="utf-8")).items():
            lines = [line.strip() for language in LANGUAGES for line in table[language].splitlines()]
            where = tuple((language, table[f"where_{language}"]) for language in LANGUAGES)
            found.append(Topic(name, where, tuple(line for line in lines if line)))
    return tuple(found)


@cache
def elsewhere_questions() -> tuple[tuple[str, Topic], ...]:
    """Every question of every topic, with its topic."""
    return tuple((question, topic) for topic in topics() for question in topic.questions)
