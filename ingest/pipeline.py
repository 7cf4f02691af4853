"""The way of a document: load → structure → passages → index."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from filelock import FileLock, Timeout

from ingest.document import Document, find_documents, load_document
from ingest.embedding import embedder_fingerprint, load_embedder
from ingest.errors import BadIndex, DocumentError, IndexReadOnly
from ingest.index import current_generation, open_index, read_entries, read_manifest, write_index
from ingest.municipality import Entry
from ingest.passages import doubtful_sentences, machine_sentences, make_passages
from ingest.question_bank import load_bank
from ingest.thesaurus import thesaurus_fingerprint

_Key = tuple[str, str]  # municipality, document
Outcome = Literal["added", "changed", "unchanged", "removed", "refused"]
LOCK_WAIT_SECONDS = 60.0


@dataclass(frozen=True)
class DocumentReport:
    """What became of one document. ``note`` says why it was refused, or what to know about it."""

    municipality: str
    document: str
    passages: int
    outcome: Outcome
    note: str = ""
    questions: int = 0  # of its question bank that lead to it


@dataclass(frozen=True)
class IngestReport:
    """What became of all documents, and whether a new index was written."""

    documents: tuple[DocumentReport, ...]
    written: bool

    @property
    def refused(self) -> tuple[DocumentReport, ...]:
        return tuple(d for d in self.documents if d.outcome == "refused")


def ingest(
    paths: Sequence[Path],
    index: Path,
    embedding: str,
    progress: Callable[[str], None] = lambda _: None,
    thesaurus: Path | None = None,
    unapproved: bool = False,
) -> IngestReport:
    """Bring the index up to date with the documents under ``paths``.

    Each call reads all documents and writes only when something is new; vectors of unchanged passages
    are kept. Documents indexed before from elsewhere stay; those whose file is gone leave.
    A document that cannot be used is refused, and what the index held of it stays.
    ``progress`` is told in a few words what is being done. ``thesaurus``: a file or folder of one's own
    concepts, beside the package's. With ``unapproved``, questions of a bank count before they are approved.

    Raises DocumentError for a path that is not there, ModelError, ThesaurusError, IndexReadOnly.
    """
    generation = current_generation(index)
    entries, reports = _plan(list(paths), index, unapproved)
    changed = any(r.outcome in ("added", "changed", "removed") for r in reports)
    if not changed and (not entries or _is_up_to_date(index, embedding, thesaurus)):
        return IngestReport(tuple(reports), written=False)
    with _lock(index):
        if current_generation(index) != generation:  # another ingest was quicker: look again
            entries, reports = _plan(list(paths), index, unapproved)
        progress(f"indexing {len(entries)} documents")
        write_index(index, entries, load_embedder(embedding), thesaurus)
    return IngestReport(tuple(reports), written=True)


def _plan(paths: list[Path], index: Path, unapproved: bool) -> tuple[list[Entry], list[DocumentReport]]:
    """What the index should hold, and what that means for each document."""
    before = _entries_before(index)
    entries: dict[_Key, Entry] = {}
    reports: list[DocumentReport] = []
    places: dict[_Key, Path] = {}
    files = list(find_documents(paths))
    if not files and not before:
        raise DocumentError(f"There is no .txt document under {', '.join(map(str, paths))}.")
    for file in files:
        key = (file.parent.name.lower(), file.stem)
        old = before.get(key)
        try:
            if (other := places.setdefault(key, file)) != file:
                raise DocumentError(f"{file}: {other} is of the same municipality and name. Rename one.")
            document = load_document(file)
            passages = tuple(make_passages(document))
            if not passages:
                raise DocumentError(f"{file}: there is nothing to quote in it, only headings.")
            bank = load_bank(file, passages, unapproved)
        except DocumentError as error:
            if old is not None:
                entries.setdefault(key, old)
            reports.append(DocumentReport(*key, 0, "refused", str(error)))
            continue
        entry = entries[key] = Entry(document, passages, str(file.resolve()), bank.questions)
        same = old is not None and (old.document, old.questions) == (document, entry.questions)
        outcome: Outcome = "added" if old is None else "unchanged" if same else "changed"
        note = "; ".join(filter(None, (*document.notes, bank.note, _machine_note(document))))
        reports.append(DocumentReport(*key, len(passages), outcome, note, len(entry.questions)))
    for key, entry in before.items():
        if key not in entries and _is_gone(entry, paths):
            reports.append(DocumentReport(*key, 0, "removed"))
        else:
            entries.setdefault(key, entry)
    return list(entries.values()), reports


def _machine_note(document: Document) -> str:
    """What to say of sentences that are meant for machines, or may be; "" without any."""
    left_out, doubtful = machine_sentences(document), doubtful_sentences(document)
    notes = []
    if left_out:
        first = left_out[0][:60]
        notes.append(
            f"{len(left_out)} sentences tell machines what to answer and are never quoted (first: «{first}»)"
        )
    if doubtful:
        first = doubtful[0][:60]
        notes.append(f"look at {len(doubtful)} sentences that may be meant for machines (first: «{first}»)")
    return "; ".join(notes)


def _is_up_to_date(index: Path, embedding: str, thesaurus: Path | None) -> bool:
    """Whether the generation in use is whole, and made by this program with this model and thesaurus."""
    try:
        generation = open_index(index, embedder_fingerprint(embedding)).generation
        return bool(read_manifest(index, generation)["thesaurus"] == thesaurus_fingerprint(thesaurus))
    except BadIndex:
        return False


def _entries_before(index: Path) -> dict[_Key, Entry]:
    """What is indexed now; nothing when there is no index or it cannot be read."""
    name = current_generation(index)
    if name is None:
        return {}
    try:
        return {(e.document.municipality, e.document.id): e for e in read_entries(index, name)}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _is_gone(entry: Entry, paths: Sequence[Path]) -> bool:
    source = Path(entry.source)
    under = any(source.is_relative_to(path.resolve()) for path in paths)
    return under or not source.exists()


@contextmanager
def _lock(index: Path) -> Iterator[None]:
    """Keep other ingests out while the index is written."""
    lock = FileLock(index / "ingest.lock", timeout=LOCK_WAIT_SECONDS)
    try:
        index.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout as error:
        raise IndexReadOnly(
            f"Another ingest is writing to {index}. Wait for it to end and try again."
        ) from error
    except OSError as error:
        raise IndexReadOnly(
            f"The index folder {index} cannot be written ({error.strerror}). "
            "Give write access to it, or set ASSISTANT_INDEX to another folder."
        ) from error
    try:
        yield
    finally:
        lock.release()
