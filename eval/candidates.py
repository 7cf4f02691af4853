"""What a run asks side by side: the assistant, variants of its settings, and the reference systems."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import ValidationError

from assistant.settings import Settings
from eval.documents import Document, read_documents
from eval.outcomes import System

SYSTEMS = ("assistant", "tutorial", "bm25")
FIXED = ("corpus",)  # gold quotes are looked up in the corpus, so it is the same for all


class BadChoice(ValueError):
    """A system, setting, half, kind or municipality that there is not; the message names what there is."""


@dataclass(frozen=True)
class Opened:
    """A system ready to be asked; ``notes`` is what the reader of its figures must know.

    ``fingerprints`` names the data it answers from: generation of the index, embedding model.
    """

    system: System
    notes: tuple[str, ...] = ()
    fingerprints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Candidate:
    """A named system. ``open`` gets an empty folder of its own for what it must build."""

    name: str
    open: Callable[[Path], Opened]
    changes: Mapping[str, str] = field(default_factory=dict)


def candidates(
    settings: Settings, systems: Sequence[str] = ("assistant",), configs: Sequence[str] = ()
) -> list[Candidate]:
    """The systems by name, then one variant of the assistant for each ``NAME=VALUE[,NAME=VALUE…]``.

    Raises BadChoice for an unknown system, an unknown setting or a value that a setting cannot have.
    """
    chosen = []
    for name in dict.fromkeys(systems):
        if name not in SYSTEMS:
            raise BadChoice(f"There is no system {name!r}; the systems are {', '.join(SYSTEMS)}.")
        chosen.append(
            _assistant("assistant", settings, {}) if name == "assistant" else _reference(name, settings)
        )
    for config in dict.fromkeys(configs):
        changes = parse_config(config)
        chosen.append(_assistant(f"assistant {config}", _changed(settings, changes), changes))
    return chosen


def parse_config(config: str) -> dict[str, str]:
    """``"embedding=my-model,index=.other"`` as a dict. Raises BadChoice."""
    changes = {}
    for part in config.split(","):
        name, equals, value = part.partition("=")
        name = name.strip().lower().removeprefix("assistant_")
        if not equals or name not in Settings.model_fields:
            known = ", ".join(each for each in Settings.model_fields if each not in FIXED)
            raise BadChoice(
                f"--config {config}: {part!r} is not NAME=VALUE with one of the settings {known}."
            )
        if name in FIXED:
            raise BadChoice(f"--config {config}: {name} cannot vary, the gold quotes are looked up in it.")
        changes[name] = value.strip()
    return changes


def _changed(settings: Settings, changes: Mapping[str, str]) -> Settings:
    try:
        return Settings(**{**settings.model_dump(), **changes})
    except ValidationError as error:
        wrong = "; ".join(f"{e['loc'][0]}: {e['msg']} (it is {e['input']!r})" for e in error.errors())
        raise BadChoice(f"A setting cannot be used. {wrong}") from error


def _assistant(name: str, settings: Settings, changes: Mapping[str, str]) -> Candidate:
    """The assistant on the index of ``settings``.

    A changed embedding model, an index that is missing, or one made by another program version gets an
    index of the corpus in a temporary folder, and a note that says so.
    """

    def open_(folder: Path) -> Opened:
        from assistant.chain import PolicyAssistant
        from ingest.embedding import embedder_fingerprint
        from ingest.errors import IndexMismatch, IndexMissing
        from ingest.index import current_generation

        notes: list[str] = []
        used = settings
        if "embedding" in changes and "index" not in changes:
            used = _temporary_index(settings, folder)
            notes.append(f"indexed the corpus anew with the embedding model {settings.embedding!r}")
        try:
            system = PolicyAssistant.open(used)
        except (IndexMissing, IndexMismatch) as error:
            notes.append(f"indexed the corpus in a temporary folder, since: {error}")
            used = _temporary_index(settings, folder)
            system = PolicyAssistant.open(used)
        notes += _differences(system, read_documents(settings.corpus))
        fingerprints = {
            "embedding": embedder_fingerprint(used.embedding),
            "index generation": current_generation(used.index) or "none",
        }
        return Opened(system, tuple(notes), fingerprints)

    return Candidate(name, open_, dict(changes))


def _reference(name: str, settings: Settings) -> Candidate:
    """A reference system; its index is kept in memory. ``open`` raises BaselineMissing."""

    def open_(_: Path) -> Opened:
        documents = read_documents(settings.corpus)
        if name == "tutorial":
            from eval.tutorial import TutorialChain

            return Opened(TutorialChain.from_documents(documents))
        from eval.bm25_baseline import Bm25Baseline

        return Opened(Bm25Baseline(documents))

    return Candidate(name, open_)


def _temporary_index(settings: Settings, folder: Path) -> Settings:
    from ingest.pipeline import ingest

    fresh = settings.model_copy(update={"index": folder / "index"})
    ingest([fresh.corpus], fresh.index, fresh.embedding)
    return fresh


def _differences(system: object, documents: Sequence[Document]) -> list[str]:
    """A sentence for each document of the corpus that the opened index lacks or holds in other words."""
    from assistant.chain import PolicyAssistant

    assert isinstance(system, PolicyAssistant)
    keys = {municipality.key for municipality in system.municipalities()}
    held = {(d.municipality, d.id): d.text for key in keys for d in system.documents(key)}
    notes = []
    for document in documents:
        text = held.get((document.municipality, document.id))
        if text != document.text:
            what = "is not in the index" if text is None else "has changed since it was indexed"
            notes.append(f"{document.municipality}/{document.id} {what}. Run: assistant ingest")
    return notes
