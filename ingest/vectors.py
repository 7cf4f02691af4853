"""The vector index. The one module that knows Chroma.

One collection a municipality, cosine space, vectors always given by us: Chroma never fetches a model.
Each generation of the index has a folder of its own that is written once, so that no two processes
ever share one that is being written.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import chromadb
import numpy as np
from chromadb.config import Settings as ChromaSettings

from ingest.embedding import Vectors
from ingest.errors import IndexMissing

_BATCH = 1000


class VectorStore:
    """The vectors of all municipalities in one folder."""

    def __init__(self, folder: Path) -> None:
        settings = ChromaSettings(anonymized_telemetry=False, allow_reset=False)
        self._client = chromadb.PersistentClient(path=str(folder), settings=settings)

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
            found = self._collection(municipality, level).get(ids=list(ids), include=["embeddings"])
        except IndexMissing:
            return {}
        embeddings = found["embeddings"]
        assert embeddings is not None
        return {
            id_: np.asarray(vector, dtype=np.float32)
            for id_, vector in zip(found["ids"], embeddings, strict=True)
        }

    def _collection(self, municipality: str, level: str) -> chromadb.Collection:
        name = _collection_name(municipality, level)
        try:
            return self._client.get_collection(name, embedding_function=None)
        except Exception as error:  # chromadb's own error class differs between versions
            raise IndexMissing(
                f"The index holds no vectors for {municipality}. Run: assistant ingest"
            ) from error


def _collection_name(municipality: str, level: str) -> str:
    safe = re.sub(r"[^a-z0-9-]", lambda m: f"_{ord(m.group()):x}", municipality)
    return f"{level}.{safe}"
