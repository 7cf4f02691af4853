"""The index on disk and in memory.

A folder with generations and a pointer::

    index/CURRENT                    name of the generation in use
    index/generations/<name>/manifest.json, documents.json, chroma/, elsewhere.npy, wording.json,
        concepts/, precedents/, and for each municipality lexical/<key>/, asked/<key>/ (its question bank),
        meant/<key>.npz and precedents/<key>.npz (concepts and precedents of its spans)

A generation is written whole, then the pointer is moved in one step. A crash half-way leaves the old
generation in use; a running server sees the pointer move and opens the new one.
"""

from __future__ import annotations

import json
import os
import shutil
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache, lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np

from ingest.concepts import ConceptIndex, SpanConcepts
from ingest.document import Document, Period
from ingest.elsewhere import elsewhere_questions
from ingest.embedding import Embedder, Vectors
from ingest.errors import IndexMismatch, IndexMissing, IndexReadOnly
from ingest.lexical import QUESTION_FIELDS, SPAN_FIELDS, LexicalIndex
from ingest.municipality import (
    Entry,
    MunicipalityIndex,
    meaning_text,
    passage_text,
    question_refs,
    span_refs,
    span_text,
)
from ingest.passages import Passage, Span
from ingest.question_bank import BankQuestion
from ingest.thesaurus import SPOKEN, Concept, load_thesaurus, thesaurus_fingerprint
from ingest.vectors import VectorStore
from ingest.wording import WordingModel

POINTER = "CURRENT"
LONGEST_PRECEDENT = 4  # spans; an answer of more is about too much
KEEP_GENERATIONS = 2  # the one in use and the one before, which a running server may still read
_DAMAGE = (OSError, ValueError, KeyError, TypeError, EOFError)  # what reading a damaged file raises


@dataclass(frozen=True)
class Index:
    """An opened generation."""

    generation: str
    municipalities: dict[str, MunicipalityIndex]
    embedding: str


# --- reading --------------------------------------------------------------------------------------


def current_generation(folder: Path) -> str | None:
    """Name of the generation in use; None when there is none."""
    try:
        name = (folder / POINTER).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if name and (folder / "generations" / name / "manifest.json").is_file() else None


def open_index(folder: Path, embedding_fingerprint: str) -> Index:
    """Open the generation in use.

    Raises IndexMissing when there is none or it is damaged, and IndexMismatch when it was made by
    another embedding model or another version of this program.
    """
    name = current_generation(folder)
    if name is None:
        raise IndexMissing(f"There is no finished index in {folder}. Run: assistant ingest")
    manifest = read_manifest(folder, name)
    if manifest["embedding_fingerprint"] != embedding_fingerprint:
        raise IndexMismatch(
            f"The index in {folder} was made with the embedding model {manifest['embedding']!r}, "
            "which is not the one in the settings now (or has changed). Run: assistant ingest"
        )
    if manifest["code"] != code_fingerprint():
        raise IndexMismatch(
            f"The index in {folder} was made by another version of this program. Run: assistant ingest"
        )
    generation = folder / "generations" / name
    try:
        vectors = VectorStore.open(generation / "chroma")
        elsewhere: Vectors = np.load(generation / "elsewhere.npy")
        wording = WordingModel.load(generation / "wording.json")
        concepts = ConceptIndex.load(generation / "concepts")
        precedents = ConceptIndex.load(generation / "precedents")
        municipalities = {}
        for key, entries in _by_municipality(read_entries(folder, name)).items():
            for level, texts in _embedded_texts(entries).items():
                if texts and vectors.count(key, level) != len(texts):
                    raise ValueError(f"vectors of {key} are missing")
            size = sum(len(p.spans) for e in entries for p in e.passages)
            lexical = LexicalIndex.load(generation / "lexical" / key, SPAN_FIELDS, size)
            questions = sum(len(e.questions) for e in entries) + len(elsewhere_questions())
            asked = LexicalIndex.load(generation / "asked" / key, QUESTION_FIELDS, questions)
            described = (
                (concepts, SpanConcepts.load(generation / "meant" / f"{key}.npz")),
                (precedents, SpanConcepts.load(generation / "precedents" / f"{key}.npz")),
            )
            municipalities[key] = MunicipalityIndex(
                key, entries, lexical, asked, *described, vectors, elsewhere, wording
            )
        for key, municipality in municipalities.items():
            municipality.others = tuple(m for other, m in municipalities.items() if other != key)
    except _DAMAGE as error:
        raise IndexMissing(f"The index in {folder} is damaged ({error}). Run: assistant ingest") from error
    return Index(name, municipalities, manifest["embedding"])


def read_manifest(folder: Path, name: str) -> dict[str, Any]:
    """What a generation says of itself; raises IndexMissing when that cannot be read."""
    try:
        manifest: dict[str, Any] = json.loads(
            (folder / "generations" / name / "manifest.json").read_text(encoding="utf-8")
        )
        return {key: manifest[key] for key in ("embedding", "embedding_fingerprint", "code", "thesaurus")}
    except _DAMAGE as error:
        raise IndexMissing(f"The index in {folder} is damaged ({error}). Run: assistant ingest") from error


def read_entries(folder: Path, name: str) -> list[Entry]:
    """The documents and passages of a generation."""
    raw = json.loads((folder / "generations" / name / "documents.json").read_text(encoding="utf-8"))
    return [_entry_from_json(item) for item in raw]


@cache
def code_fingerprint() -> str:
    """A hash of the code and word lists that make the index."""
    package = Path(__file__).parent
    digest = sha256()
    for file in sorted(
        [
            *package.glob("*.py"),
            *package.glob("data/*.toml"),
            *package.glob("data/elsewhere/*.toml"),
            *package.glob("data/instructions/*.json"),
        ]
    ):
        digest.update(file.name.encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()


# --- writing --------------------------------------------------------------------------------------


def write_index(
    folder: Path, entries: Sequence[Entry], embedder: Embedder, own_thesaurus: Path | None = None
) -> str:
    """Write a new generation and make it the one in use; returns its name.

    Vectors of texts that the generation before holds, made by the same model and program, are taken
    from there. ``own_thesaurus`` adds to the package's concepts.
    Raises IndexReadOnly when the folder cannot be written, ThesaurusError.
    """
    concepts = _concepts(own_thesaurus, thesaurus_fingerprint(own_thesaurus))
    name = uuid.uuid4().hex[:12]
    generation = folder / "generations" / name
    known = _vectors_before(folder, embedder)
    try:
        generation.mkdir(parents=True)
        store = VectorStore(generation / "chroma")
        concepts.save(generation / "concepts")
        (generation / "meant").mkdir()
        precedents = ConceptIndex.build(_precedents(entries))
        precedents.save(generation / "precedents")
        _learn_wording(entries).save(generation / "wording.json")
        np.save(generation / "elsewhere.npy", _elsewhere_vectors(folder, embedder))
        for key, of_key in _by_municipality(entries).items():
            _write_vectors(store, known, key, _embedded_texts(of_key), embedder)
            _write_lexical(generation, key, of_key)
            texts = [meaning_text(ref) for ref in span_refs(p for entry in of_key for p in entry.passages)]
            SpanConcepts.build(texts, concepts).save(generation / "meant" / f"{key}.npz")
            SpanConcepts.build(texts, precedents, without=key).save(generation / "precedents" / f"{key}.npz")
        _write_json(generation / "documents.json", [_entry_to_json(entry) for entry in entries])
        manifest = {
            "embedding": embedder.name,
            "embedding_fingerprint": embedder.fingerprint,
            "code": code_fingerprint(),
            "thesaurus": thesaurus_fingerprint(own_thesaurus),
        }
        _write_json(generation / "manifest.json", manifest)
        pointer = folder / f"{POINTER}.{name}"
        pointer.write_text(name, encoding="utf-8")
        os.replace(pointer, folder / POINTER)
    except OSError as error:
        shutil.rmtree(generation, ignore_errors=True)
        raise IndexReadOnly(
            f"The index folder {folder} cannot be written ({error.strerror}). "
            "Give write access to it, or set ASSISTANT_INDEX to another folder."
        ) from error
    _remove_old_generations(folder, name)
    return name


@lru_cache(maxsize=2)
def _concepts(own_thesaurus: Path | None, fingerprint: str) -> ConceptIndex:
    """The index of the thesaurus; ``fingerprint`` is that of its files, so that a change is seen."""
    return ConceptIndex.build(load_thesaurus(own_thesaurus))


def _write_vectors(
    store: VectorStore,
    known: Mapping[str, Vectors],
    key: str,
    levels: Mapping[str, Mapping[str, str]],
    embedder: Embedder,
) -> None:
    for level, texts in levels.items():
        vectors = dict(known)
        if missing := [text for text in dict.fromkeys(texts.values()) if text not in known]:
            vectors |= zip(missing, embedder.embed_passages(missing), strict=True)
        if texts:
            store.add(key, level, list(texts), np.stack([vectors[text] for text in texts.values()]))


def _write_lexical(generation: Path, key: str, entries: Sequence[Entry]) -> None:
    spans = span_refs(p for entry in entries for p in entry.passages)
    lexical = LexicalIndex.build(
        {
            "words": [ref.span.text for ref in spans],
            "context": [f"{span_text(ref)} {ref.passage.text}" for ref in spans],
            "headings": [" ".join([*ref.passage.heading_path, ref.span.lead_in]) for ref in spans],
            "grams": [span_text(ref) for ref in spans],
        }
    )
    lexical.save(generation / "lexical" / key)
    asked = [q.text for q in question_refs(entries)] + [text for text, _ in elsewhere_questions()]
    LexicalIndex.build(dict.fromkeys(QUESTION_FIELDS, asked)).save(generation / "asked" / key)


def _learn_wording(entries: Sequence[Entry]) -> WordingModel:
    """What the banks of all municipalities tell of how questions are worded that policies answer."""
    asked = [question for entry in entries for question in entry.questions]
    unanswered = [question.text for question in asked if not question.answer]
    unanswered += [text for text, _ in elsewhere_questions()]
    return WordingModel.learn([question.text for question in asked if question.answer], unanswered)


def _precedents(entries: Sequence[Entry]) -> list[Concept]:
    """What the question banks know of all municipalities: how people ask, and what documents say to it.

    A concept an answer, named by its municipality. They help to search the documents of the others, which
    say the same in other words; nothing is ever quoted from them.
    """
    found = []
    for key, of_key in _by_municipality(entries).items():
        refs = span_refs(p for entry in of_key for p in entry.passages)
        asked: dict[tuple[int, ...], list[str]] = {}
        for question in question_refs(of_key):
            if 0 < len(question.answer) <= LONGEST_PRECEDENT:
                asked.setdefault(question.answer, []).append(question.text)
        for answer, questions in asked.items():
            texts = (". ".join([*refs[i].passage.heading_path[-1:], refs[i].span.text]) for i in answer)
            found.append(Concept(key, tuple(texts), {**dict.fromkeys(SPOKEN, ()), "nb": tuple(questions)}))
    return found


def _embedded_texts(entries: Sequence[Entry]) -> dict[str, dict[str, str]]:
    """What vectors are made of: for each level, the text of each id."""
    passages = [p for entry in entries for p in entry.passages]
    return {
        "passage": {p.id: passage_text(p) for p in passages},
        "span": {ref.id: span_text(ref) for ref in span_refs(passages)},
        "question": {ref.id: ref.text for ref in question_refs(entries)},
    }


def _elsewhere_vectors(folder: Path, embedder: Embedder) -> Vectors:
    """(questions, dimension) unit vectors of ``elsewhere_questions()``; made anew only when they must be."""
    name = _generation_before(folder, embedder)
    try:
        if name is not None:
            before: Vectors = np.load(folder / "generations" / name / "elsewhere.npy")
            return before
    except _DAMAGE:
        pass  # made anew
    return embedder.embed_passages([text for text, _ in elsewhere_questions()])


def _generation_before(folder: Path, embedder: Embedder) -> str | None:
    """The generation in use when the same model and program made it; None otherwise."""
    name = current_generation(folder)
    try:
        made_by = read_manifest(folder, name) if name is not None else {}
    except IndexMissing:
        return None
    same = made_by.get("embedding_fingerprint") == embedder.fingerprint
    return name if same and made_by.get("code") == code_fingerprint() else None


def _vectors_before(folder: Path, embedder: Embedder) -> dict[str, Vectors]:
    """The vectors of the generation in use, by their texts.

    None when it was made by another model or another version of this program, or is damaged.
    """
    known: dict[str, Vectors] = {}
    name = _generation_before(folder, embedder)
    if name is None:
        return {}
    try:
        store = VectorStore.open(folder / "generations" / name / "chroma")
        for key, entries in _by_municipality(read_entries(folder, name)).items():
            for level, texts in _embedded_texts(entries).items():
                vectors = store.vectors(key, level, list(texts))
                known |= {texts[id_]: vector for id_, vector in vectors.items()}
    except (IndexMissing, *_DAMAGE):
        return {}
    return known


def _remove_old_generations(folder: Path, newest: str) -> None:
    generations = sorted((folder / "generations").iterdir(), key=lambda p: p.stat().st_mtime, reverse=True)
    kept = [g for g in generations if g.name != newest and (g / "manifest.json").is_file()][
        : KEEP_GENERATIONS - 1
    ]
    for generation in generations:
        if generation.name != newest and generation not in kept:
            shutil.rmtree(generation, ignore_errors=True)


def _by_municipality(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    grouped: dict[str, list[Entry]] = {}
    for entry in entries:
        grouped.setdefault(entry.document.municipality, []).append(entry)
    return dict(sorted(grouped.items()))


def _write_json(path: Path, content: object) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False), encoding="utf-8")


def _entry_to_json(entry: Entry) -> dict[str, Any]:
    return asdict(entry)


def _entry_from_json(raw: dict[str, Any]) -> Entry:
    document = dict(raw["document"])
    document["periods"] = tuple(Period(**p) for p in document["periods"])
    document["notes"] = tuple(document["notes"])
    passages = []
    for item in raw["passages"]:
        spans = tuple(
            Span(**{**span, "fragments": tuple((a, b) for a, b in span["fragments"])})
            for span in item["spans"]
        )
        passages.append(Passage(**{**item, "heading_path": tuple(item["heading_path"]), "spans": spans}))
    questions = tuple(
        BankQuestion(q["text"], q["language"], tuple((p, s) for p, s in q["answer"]))
        for q in raw["questions"]
    )
    return Entry(Document(**document), tuple(passages), raw["source"], questions)
