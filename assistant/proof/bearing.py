"""Which words of the quotes hold a word of a statement: the same word in another form, nynorsk or English
for it, a part of a compound, a plain rewording of it.

Words that share a key (``keys``) may stand for each other; "g:" is that of a group of rewordings
(``data/paraphrases.toml``), "p:" that of an English phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from rapidfuzz.distance import Levenshtein

from assistant.phrases import alternatives, load_data
from assistant.proof.claims import Claim
from assistant.proof.denial import denied
from assistant.proof.glossary import english_for, english_stem, phrase_stems
from assistant.proof.keys import (
    dictionary_forms,
    english_keys,
    norwegian_keys,
    particle_keys,
    pieces,
    root,
    roots,
)
from assistant.proof.words import Word, proof_data

ROOTED = "nwv"  # first letters of keys that a word shares with others of its root only
# English words that two Norwegian ones must share when nothing else joins them. One drops 58 of the 519
# honest statements of the development half, two drop 63; neither lets a tampered one through.
FEWEST_GLOSSES = 2
SHORTEST_MISSPELT = 9  # letters
MOST_SUSPENDED = 2  # words from a part with a suspended hyphen to the compound that ends it
MOST_BETWEEN = 4  # words inside a fixed phrase: "legge forholdene til rette"


@dataclass(frozen=True)
class Bearing:
    """Where a statement's words stand in the quotes: word of the statement → words of the quotes.

    ``whole`` holds those that are the same word, ``parts`` those that share a part of a compound.
    """

    whole: dict[int, frozenset[int]]
    parts: dict[int, frozenset[int]]
    literal: dict[int, frozenset[int]]  # whole, without rewordings
    same: dict[int, frozenset[int]]  # literal, of the same root

    def places(self, word: Word) -> frozenset[int]:
        """Every word of the quotes that has to do with ``word``."""
        return self.whole.get(word.place, frozenset()) | self.parts.get(word.place, frozenset())

    def closest(self, word: Word) -> frozenset[int]:
        """``places``, but of the same root alone where there are such."""
        return self.same.get(word.place) or self.places(word)


def settled(statement: Claim, quotes: Claim, held: Bearing) -> frozenset[int]:
    """The words of the quotes that the statement uses: of a word that stands in several of their sentences,
    only where most of the statement's sentence stands too.
    """
    used: set[int] = set()
    for number in {w.sentence for w in statement.words}:
        content = [w for w in statement.content() if w.sentence == number]
        counts: dict[int, int] = {}
        for word in content:
            for sentence in {quotes.words[p].sentence for p in held.closest(word)}:
                counts[sentence] = counts.get(sentence, 0) + 1
        for word in content:
            places = held.closest(word)
            most = max((counts[quotes.words[p].sentence] for p in places), default=0)
            used |= {p for p in places if counts[quotes.words[p].sentence] == most}
    return frozenset(used)


def bearing(statement: Claim, quotes: Claim) -> Bearing:
    """Find each word of ``statement`` in ``quotes``."""
    of_statement = [*_keyed(statement)]
    of_quotes = [*_keyed(quotes)]
    if not statement.english:  # only English words meet by English stems: "bygg" and "bygge" differ
        of_statement = [keys.without("e") for keys in of_statement]
    else:
        _add_phrases(statement, quotes, of_statement, of_quotes)
        _join_units(statement, of_statement)
    whole, parts, literal, akin = {}, {}, {}, {}
    for word, keys in zip(statement.words, of_statement, strict=True):
        same = frozenset(
            i
            for i, other in enumerate(of_quotes)
            if _meet(keys.whole & other.whole) or _misspelt(word.lower, quotes.words[i].lower)
        )
        plain = keys.plain
        literal[word.place] = frozenset(i for i in same if plain & of_quotes[i].plain)
        whole[word.place] = same
        rooted = frozenset(key for key in plain if key[0] in ROOTED)
        akin[word.place] = frozenset(i for i in same if rooted & of_quotes[i].plain)
        within = frozenset(
            i for i, other in enumerate(of_quotes) if i not in same and _meet(plain & other.parts)
        )
        if not same and not within and keys.pieces:
            pieces_alone = tuple(frozenset(k for k in piece if k[0] not in "ex") for piece in keys.pieces)
            within = _pieced(pieces_alone, of_quotes)
        parts[word.place] = within
    return Bearing(whole, parts, literal, akin)


def same_denial(word: Word, other: Word, *, english: bool) -> bool:
    """Whether two words, the first of a statement, mean the same with the prefix that denies in one of them:
    "dispute" and "uenighet", "unhappy" and "misnøye", but not "agreement" and "uenighet".
    """
    whole = (english_keys if english else norwegian_keys)(word.lower, denying=False)
    base = denied(other.lower, english=False)
    theirs = norwegian_keys(other.lower, denying=False)
    same = {key for key in whole & theirs if english or key[0] != "e"}
    return bool(same) and not (base and whole & norwegian_keys(base, denying=False))


def _pieced(wanted: tuple[frozenset[str], ...], of_quotes: Sequence[_Keys]) -> frozenset[int]:
    """Where all pieces of a compound stand: as words of their own, or in one compound of the quotes.

    "Økonomiplan" is not held by "kommuneplan" and "økonomistrategi".
    """
    for i, other in enumerate(of_quotes):
        if all(piece & (other.whole | other.parts) for piece in wanted):
            return frozenset({i})
    found = [frozenset(i for i, other in enumerate(of_quotes) if piece & other.whole) for piece in wanted]
    if all(found[:-1]) and not found[-1]:  # "individ- og systemnivå" holds "individnivå"
        last = max(found[-2]) if len(found) > 1 else 0
        ahead = range(last + 1, min(len(of_quotes), last + 1 + MOST_SUSPENDED))
        found[-1] = frozenset(i for i in ahead if wanted[-1] & of_quotes[i].parts)
    return frozenset().union(*found) if all(found) else frozenset()


def _meet(shared: frozenset[str]) -> bool:
    """Whether two words may stand for each other by the keys they share: not by one English gloss."""
    glosses = sum(key[0] == "x" for key in shared)
    return len(shared) > glosses or glosses >= FEWEST_GLOSSES


def _misspelt(word: str, other: str) -> bool:
    """Whether two long words differ by a letter inside, as where a document has a slip of the pen."""
    long = min(len(word), len(other)) >= SHORTEST_MISSPELT and word[0] == other[0]
    return long and Levenshtein.distance(word, other, score_cutoff=1) <= 1


@dataclass(frozen=True)
class _Keys:
    plain: frozenset[str]  # the word itself
    groups: frozenset[str]  # its rewordings
    pieces: tuple[frozenset[str], ...]  # of a compound, each with all its keys

    def without(self, kind: str) -> _Keys:
        """These keys but those of ``kind``."""
        return _Keys(
            frozenset(key for key in self.plain if key[0] != kind),
            self.groups,
            tuple(frozenset(key for key in piece if key[0] != kind) for piece in self.pieces),
        )

    @property
    def whole(self) -> frozenset[str]:
        return self.plain | self.groups

    @property
    def parts(self) -> frozenset[str]:
        return frozenset(key for piece in self.pieces for key in piece if key[0] != "g")


def _keyed(claim: Claim) -> Iterator[_Keys]:
    groups = _groups_in(claim)
    particles = [] if claim.english else particle_keys(claim.words)
    for word in claim.words:
        if claim.english:
            yield _Keys(english_keys(word.lower), groups[word.place], ())
        else:
            cut = tuple(norwegian_keys(part) | _groups_of((root(part),)) for part in pieces(word.lower))
            yield _Keys(norwegian_keys(word.lower) | particles[word.place], groups[word.place], cut)


def _add_phrases(statement: Claim, quotes: Claim, of_statement: list[_Keys], of_quotes: list[_Keys]) -> None:
    """Give the words of an English phrase a key of their own, shared with the Norwegian word for it."""
    stems = [english_stem(word.lower) for word in statement.words]
    for place, word in enumerate(quotes.words):
        forms = (word.lower, *pieces(word.lower))
        for number, form in enumerate(forms):
            for phrase in frozenset().union(*map(english_for, {form, *dictionary_forms(form)})):
                if len(phrase) < 2:
                    continue
                for start in range(len(stems) - len(phrase) + 1):
                    if tuple(stems[start : start + len(phrase)]) == phrase:
                        key = frozenset({f"p:{' '.join(phrase)}"})
                        for i in range(start, start + len(phrase)):
                            of_statement[i] = _Keys(of_statement[i].plain | key, of_statement[i].groups, ())
                        old = of_quotes[place]
                        if number:
                            of_quotes[place] = _Keys(old.plain, old.groups, (*old.pieces, key))
                        else:
                            of_quotes[place] = _Keys(old.plain | key, old.groups, old.pieces)


def _join_units(statement: Claim, of_statement: list[_Keys]) -> None:
    """Leave a verb with its particle ("follow up") only the keys that both have as a phrase."""
    for unit in alternatives(proof_data()["words"]["units"]):
        stems = [english_stem(each) for each in unit.split()]
        for start in range(len(statement.words) - len(stems) + 1):
            places = range(start, start + len(stems))
            if [english_stem(statement.words[i].lower) for i in places] != stems:
                continue
            groups = frozenset.intersection(*(of_statement[i].groups for i in places))
            for i in places:
                phrases = frozenset(key for key in of_statement[i].plain if key[0] == "p")
                of_statement[i] = _Keys(phrases, groups, ())


def _groups_in(claim: Claim) -> list[frozenset[str]]:
    """The groups of rewordings whose members stand in ``claim``, for each of its words."""
    found: list[set[str]] = [set() for _ in claim.words]
    if claim.english:
        read = [frozenset({english_stem(word.lower)}) for word in claim.words]
        table = _english_groups()
    else:
        read = [roots(word.lower) for word in claim.words]
        table = _norwegian_groups()
    for start, possible in enumerate(read):
        for phrase, groups in (entry for each in sorted(possible) for entry in table.get(each, ())):
            for place in _spread(read, start, phrase):
                found[place].update(groups)
    return [frozenset(each) for each in found]


def _spread(read: Sequence[frozenset[str]], start: int, phrase: Sequence[str]) -> list[int]:
    """Where the words of ``phrase`` stand from ``start`` on, few words between; [] when they do not."""
    places = [start]
    for each in phrase[1:]:
        ahead = range(places[-1] + 1, min(len(read), places[-1] + 2 + MOST_BETWEEN))
        found = next((i for i in ahead if each in read[i]), None)
        if found is None:
            return []
        places.append(found)
    return places


def _groups_of(roots: tuple[str, ...]) -> frozenset[str]:
    return frozenset(
        g for phrase, groups in _norwegian_groups().get(roots[0], ()) if phrase == roots for g in groups
    )


_Groups = dict[str, list[tuple[tuple[str, ...], tuple[str, ...]]]]


@cache
def _norwegian_groups() -> _Groups:
    return _group_table(lambda member: tuple(root(word) for word in member.split()))


@cache
def _english_groups() -> _Groups:
    return _group_table(phrase_stems)


def _group_table(cut: Callable[[str], tuple[str, ...]]) -> _Groups:
    table: dict[tuple[str, ...], set[str]] = {}
    for number, line in enumerate(_group_lines()):
        for member in alternatives(line):
            table.setdefault(cut(member), set()).add(f"g:{number}")
    by_first: _Groups = {}
    for phrase, groups in table.items():
        by_first.setdefault(phrase[0], []).append((phrase, tuple(sorted(groups))))
    return by_first


def _group_lines() -> Iterable[str]:
    return [line for line in load_data("paraphrases")["groups"].splitlines() if line.strip()]
