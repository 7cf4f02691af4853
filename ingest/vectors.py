"""The vector index. The one module that knows Chroma.

One collection a municipality, cosine space, vectors always given by us: Chroma never fetches a model.
Each generation of the index has a folder of its own that is written once, so that no two processes
ever share one that is being written.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings

from ingest.embedding import Vectors
from ingest.errors import IndexMissing

_BATCH = 1000
_DATABASE = "chroma.sqlite3"


class VectorStore:
    """The vectors of all municipalities in one folder."""

    def __init__(self, folder: Path) -> None:
        settings = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        self._client = chromadb.PersistentClient(path=str(folder), settings=settings)
        self._copy: tempfile.TemporaryDirectory[str] | None = None

    @classmethod
    def open(cls, folder: Path) -> VectorStore:
        """Open a store that was written before; raises IndexMissing when it cannot be read.

        Chroma writes to its database even to read it. Where that is not allowed (a read-only disk, another
        user's folder) a copy in the temporary folder is read, which goes away with this object.
        """
        if not (folder / _DATABASE).is_file():
            raise IndexMissing(f"The index holds no vectors ({folder}). Run: assistant ingest")
        with _damage_told():
            if os.access(folder, os.W_OK) and os.access(folder / _DATABASE, os.W_OK):
                return cls(folder)
            copy = tempfile.TemporaryDirectory(prefix="assistant-index-")
            _copy_files(folder, Path(copy.name))
            store = cls(Path(copy.name))
            store._copy = copy
            return store

    def add(self, municipality: str, level: str, ids: Sequence[str], vectors: Vectors) -> None:
        """Store unit ``vectors`` (n, dimension) of passages or spans (``level``) under ``ids``."""
        if not ids:
            return
        collection = self._client.get_or_create_collection(
            _collection_name(municipality, level),
            configuration={"hnsw": {"space": "cosine", "ef_search": 200}},
            embedding_function=None,
        )
        for i in range(0, len(ids), _BATCH):
            collection.add(ids=list(ids[i : i + _BATCH]), embeddings=vectors[i : i + _BATCH])

    def similar(self, municipality: str, level: str, vector: Vectors, limit: int) -> dict[str, float]:
        """The nearest ids with their cosine similarity to ``vector`` (dimension,), best first."""
        collection = self._collection(municipality, level)
        with _damage_told():
            found = collection.query(
                query_embeddings=vector.reshape(1, -1),
                n_results=min(limit, collection.count()),
                include=["distances"],
            )
        distances = found["distances"]
        assert distances is not None
        return {id_: 1.0 - float(d) for id_, d in zip(found["ids"][0], distances[0], strict=True)}

    def vectors(self, municipality: str, level: str, ids: Sequence[str]) -> dict[str, Vectors]:
        """The stored vectors of those ``ids`` that are here."""
        try:
            collection = self._collection(municipality, level)
        except IndexMissing:
            return {}
        with _damage_told():
            found = collection.get(ids=list(ids), include=["embeddings"])
        embeddings = found["embeddings"]
        assert embeddings is not None
        return {
            id_: np.asarray(vector, dtype=np.float32)
            for id_, vector in zip(found["ids"], embeddings, strict=True)
        }

    def count(self, municipality: str, level: str) -> int:
        """How many vectors are stored; raises IndexMissing when there are none."""
        collection = self._collection(municipality, level)
        with _damage_told():
            return collection.count()

    def _collection(self, municipality: str, level: str) -> chromadb.Collection:
        name = _collection_name(municipality, level)
        try:
            return self._client.get_collection(name, embedding_function=None)
        except Exception as error:  # chromadb's own error class differs between versions
            raise IndexMissing(
                f"The index holds no vectors for {municipality}. Run: assistant ingest"
            ) from error


@contextmanager
def _damage_told() -> Iterator[None]:
    """Chroma's errors, whose classes differ between versions, as IndexMissing."""
    try:
        yield
    except Exception as error:
        raise IndexMissing(
            f"The vectors of the index cannot be read ({error}). Run: assistant ingest"
        ) from error


def _copy_files(source: Path, target: Path) -> None:
    """Copy a folder's files without their permissions."""
    for file in source.rglob("*"):
        if file.is_file():
            place = target / file.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file, place)


def _collection_name(municipality: str, level: str) -> str:
    safe = re.sub(r"[^a-z0-9-]", lambda m: f"_{ord(m.group()):x}", municipality)
    return f"{level}.{safe}"
