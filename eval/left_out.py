"""What a municipality gets on its first day: its own question bank left out, the others' kept."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from assistant.chain import PolicyAssistant
from assistant.settings import Settings
from ingest.pipeline import ingest
from ingest.question_bank import SUFFIX


def left_out(settings: Settings, municipality: str) -> PolicyAssistant:
    """An assistant over the corpus of ``settings`` without the question bank of ``municipality``.

    Its index lies in a temporary folder and goes away with the process.
    """
    folder = Path(tempfile.mkdtemp(prefix="left-out-"))
    corpus = folder / "corpus"
    shutil.copytree(settings.corpus, corpus)
    for bank in (corpus / municipality).glob(f"*{SUFFIX}"):
        bank.unlink()
    own = settings.model_copy(update={"corpus": corpus, "index": folder / "index"})
    ingest([own.corpus], own.index, own.embedding, thesaurus=own.thesaurus)
    return PolicyAssistant.open(own)
