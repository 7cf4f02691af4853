"""What a municipality gets on its first day: its own question bank left out, the others' kept."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from assistant.chain import PolicyAssistant
from assistant.settings import Settings
from ingest.pipeline import ingest
from ingest.question_bank import SUFFIX


@contextmanager
def left_out(settings: Settings, municipality: str) -> Iterator[PolicyAssistant]:
    """An assistant over the corpus of ``settings`` without the question bank of ``municipality``.

    Its index lies in a temporary folder that goes away with the context.
    """
    with tempfile.TemporaryDirectory(prefix="left-out-") as name:
        folder = Path(name)
        corpus = folder / "corpus"
        shutil.copytree(settings.corpus, corpus)
        for bank in (corpus / municipality).glob(f"*{SUFFIX}"):
            bank.unlink()
        own = settings.model_copy(update={"corpus": corpus, "index": folder / "index"})
        ingest([own.corpus], own.index, own.embedding, thesaurus=own.thesaurus)
        yield PolicyAssistant.open(own)
