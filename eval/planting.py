"""A copy of the corpus with texts hidden in its documents, as somebody might who can edit them."""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from ingest.document import SUFFIX

_GAP = re.compile(r"(?<=[.!?])[ \t]*\n(?:[ \t]*\n)+(?=[ \t]*[A-ZÆØÅ])")  # between two whole sentences
_SHA256 = re.compile(r"^sha256\s*=.*$", re.MULTILINE)


def plant(corpus: Path, copy: Path, planted: Mapping[str, Sequence[str]]) -> None:
    """Copy ``corpus`` to the new folder ``copy``, with texts ``planted`` by municipality.

    Each is a paragraph of its own, in a place of its own in the municipality's first document. Its metadata
    get the new checksum, so that nothing tells of the change.
    """
    shutil.copytree(corpus, copy)
    for municipality, texts in planted.items():
        document = min((copy / municipality).glob(f"*{SUFFIX}"))
        changed = with_paragraphs(document.read_bytes().decode("utf-8"), texts)
        document.write_bytes(changed.encode("utf-8"))
        metadata = document.with_suffix(".toml")
        checksum = hashlib.sha256(document.read_bytes()).hexdigest()
        told = _SHA256.sub(f'sha256 = "{checksum}"', metadata.read_text(encoding="utf-8"))
        metadata.write_text(told, encoding="utf-8")


def with_paragraphs(text: str, paragraphs: Sequence[str]) -> str:
    """``text`` with ``paragraphs`` between paragraphs of it, spread evenly over its middle.

    Raises ValueError when there are fewer places between paragraphs than ``paragraphs``.
    """
    gaps = [gap.end() for gap in _GAP.finditer(text)]
    places: list[int] = []
    for number in range(1, len(paragraphs) + 1):
        wanted = len(text) * number / (len(paragraphs) + 1)
        free = [gap for gap in gaps if gap not in places]
        if not free:
            raise ValueError(f"the text has no place for {len(paragraphs)} paragraphs")
        places.append(min(free, key=lambda gap: abs(gap - wanted)))
    for place, paragraph in sorted(zip(places, paragraphs, strict=True), reverse=True):
        text = f"{text[:place]}{paragraph.strip()}\n\n{text[place:]}"
    return text
