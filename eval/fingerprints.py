"""What a run stands on: settings, versions, and hashes of data and code, without asking git."""

from __future__ import annotations

import json
import os
import platform
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from hashlib import sha256
from importlib.metadata import distributions
from pathlib import Path
from typing import Any

from assistant.settings import PROJECT, Settings
from eval.documents import Document
from eval.questions import EvalQuestion

CODE = {  # part of the code to the files that decide what it does
    "code of ingest": ("ingest", ("*.py", "data/*")),
    "code of assistant": ("assistant", ("*.py", "data/*")),
    "code of eval": ("eval", ("*.py", "measures/*.py")),
}
SECRET = ("key", "token", "secret", "password")


def fingerprint(content: object) -> str:
    """SHA-256 of ``content`` as JSON."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, default=str)
    return sha256(text.encode()).hexdigest()


def hashes(
    settings: Settings, documents: Sequence[Document], asked: Iterable[tuple[str, EvalQuestion]]
) -> dict[str, str]:
    """SHA-256 of each document, of the questions of each half, and of each part of the code.

    The embedding model's fingerprint is that of ``ingest.embedding``.
    """
    from ingest.embedding import embedder_fingerprint

    found = {f"document {d.municipality}/{d.id}": sha256(d.text.encode()).hexdigest() for d in documents}
    halves: dict[str, list[object]] = {}
    for half, question in asked:
        halves.setdefault(half, []).append(_plain(question))
    found |= {f"questions, {half}": fingerprint(questions) for half, questions in halves.items()}
    found["embedding model"] = embedder_fingerprint(settings.embedding)
    found |= {part: _files(PROJECT / folder, patterns) for part, (folder, patterns) in CODE.items()}
    return found


def versions() -> dict[str, str]:
    """Python, the machine, and every installed package with its version."""
    installed = {d.metadata["Name"].lower(): d.version for d in distributions() if d.metadata["Name"]}
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return {
        "python": platform.python_version(),
        "machine": f"{platform.system()} {platform.machine()}, {cores} cores",
        **dict(sorted(installed.items())),
    }


def settings_shown(settings: Settings) -> dict[str, Any]:
    """The settings in force; what looks like a secret is not written down."""
    shown: dict[str, Any] = settings.model_dump(mode="json")
    return {
        name: "(set)" if value and any(word in name for word in SECRET) else value
        for name, value in shown.items()
    }


def _plain(question: EvalQuestion) -> object:
    return asdict(question) | {"history": [turn.model_dump() for turn in question.history]}


def _files(folder: Path, patterns: Sequence[str]) -> str:
    digest = sha256()
    for file in sorted(path for pattern in patterns for path in folder.glob(pattern) if path.is_file()):
        digest.update(str(file.relative_to(folder)).encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()
