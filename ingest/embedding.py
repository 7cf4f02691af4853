"""Embedding models: texts in, unit vectors out.

Every sentence-transformers model works. The built-in one is static (a table of token vectors); reading
such a model needs no torch, which makes a cold start seconds shorter, so it has a reader of its own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ingest.errors import ModelError

Vectors = NDArray[np.float32]

BUILTIN = "builtin"
BUILTIN_PATH = Path(__file__).parent / "model"
_REMEDY = "Set ASSISTANT_EMBEDDING to 'builtin' or to a model's folder."


class Embedder(Protocol):
    """What retrieval needs of an embedding model."""

    name: str
    fingerprint: str  # changes when the vectors would

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) unit vectors of questions."""
        ...

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        """(len(texts), dimension) unit vectors of passages."""
        ...


def load_embedder(name: str) -> Embedder:
    """Load ``"builtin"``, a model's folder, or a model by its sentence-transformers hub name.

    Raises ModelError with what to do when there is no such model.
    """
    path = BUILTIN_PATH if name == BUILTIN else Path(name)
    if path.is_dir():
        if _module_types(path) in (["StaticEmbedding"], ["StaticEmbedding", "Normalize"]):
            return StaticEmbedder(path, name)
        return SentenceTransformerEmbedder(name, str(path), fingerprint_folder(path))
    if name == BUILTIN or path.is_absolute() or name.startswith("."):
        raise ModelError(f"No embedding model at {path}. {_REMEDY}")
    return SentenceTransformerEmbedder(name, name, f"hub:{name}")


def embedder_fingerprint(name: str) -> str:
    """What ``load_embedder(name).fingerprint`` would be, without loading the model."""
    path = BUILTIN_PATH if name == BUILTIN else Path(name)
    return fingerprint_folder(path) if path.is_dir() else f"hub:{name}"


class StaticEmbedder:
    """The mean of a text's token vectors, scaled to length 1.

    Reads the files that sentence-transformers' ``StaticEmbedding`` saves and gives the same vectors.
    """

    def __init__(self, path: Path, name: str) -> None:
        from safetensors.numpy import load_file
        from tokenizers import Tokenizer

        folder = path / (_modules(path)[0].get("path") or "")
        try:
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            table = load_file(folder / "model.safetensors")["embedding.weight"]
        except Exception as error:  # both libraries raise bare exceptions of their own
            raise ModelError(f"The embedding model in {path} cannot be read: {error}. {_REMEDY}") from error
        self._tokenizer.no_padding()
        self._tokenizer.no_truncation()
        self._table: Vectors = table.astype(np.float32)
        self.name = name
        self.fingerprint = fingerprint_folder(path)

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        return self._embed(texts)

    def _embed(self, texts: Sequence[str]) -> Vectors:
        out = np.zeros((len(texts), self._table.shape[1]), dtype=np.float32)
        for row, encoding in zip(
            out, self._tokenizer.encode_batch(list(texts), add_special_tokens=False), strict=True
        ):
            if encoding.ids:
                row[:] = self._table[encoding.ids].mean(axis=0)
        return _unit(out)


class SentenceTransformerEmbedder:
    """Any other sentence-transformers model, with its own query and passage prompts."""

    def __init__(self, name: str, source: str, fingerprint: str) -> None:
        # a model that is not on this machine is looked for on the hub only when the user has allowed it
        from sentence_transformers import SentenceTransformer

        try:
            self._model = SentenceTransformer(source, device="cpu")
        except Exception as error:  # the libraries below raise many kinds
            raise ModelError(
                f"The embedding model {name!r} cannot be loaded: {error}. Set ASSISTANT_EMBEDDING to "
                "'builtin', to a model's folder, or to a name on a hub this machine can reach."
            ) from error
        self.name = name
        self.fingerprint = fingerprint

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode_query(list(texts), show_progress_bar=False, convert_to_numpy=True)
        return _unit(np.asarray(vectors, dtype=np.float32))

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        vectors = self._model.encode_document(list(texts), show_progress_bar=False, convert_to_numpy=True)
        return _unit(np.asarray(vectors, dtype=np.float32))


def fingerprint_folder(path: Path) -> str:
    """A hash of a model's files. Of a file over 16 MB the size and the first and last megabyte count."""
    digest = hashlib.sha256()
    for file in sorted(
        p for p in path.rglob("*") if p.suffix in (".json", ".safetensors", ".bin", ".txt", ".model")
    ):
        size = file.stat().st_size
        digest.update(f"{file.relative_to(path)}:{size}:".encode())
        with file.open("rb") as handle:
            if size <= 16 << 20:
                digest.update(handle.read())
            else:
                digest.update(handle.read(1 << 20))
                handle.seek(-(1 << 20), os.SEEK_END)
                digest.update(handle.read())
    return digest.hexdigest()


def _modules(path: Path) -> list[dict[str, str]]:
    try:
        modules: list[dict[str, str]] = json.loads((path / "modules.json").read_text(encoding="utf-8"))
        if not isinstance(modules, list) or not all(isinstance(m["type"], str) for m in modules):
            raise ValueError("not a list of modules")
        return modules
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(
            f"{path} holds no sentence-transformers model (modules.json: {error}). {_REMEDY}"
        ) from error


def _module_types(path: Path) -> list[str]:
    return [module["type"].rsplit(".", 1)[-1] for module in _modules(path)]


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    unit: Vectors = np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)
    return unit
