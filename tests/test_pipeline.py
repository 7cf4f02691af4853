"""What an ingest does to the index, with the real Chroma and the built-in model."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import ingest.index
import ingest.municipality
import ingest.pipeline
from assistant.answer import Answer, Question
from assistant.chain import PolicyAssistant
from assistant.settings import PROJECT, Settings
from ingest.embedding import BUILTIN, Embedder, Vectors, load_embedder
from ingest.errors import DocumentError, IndexMismatch, IndexMissing, IndexReadOnly
from ingest.index import Index, current_generation, open_index
from ingest.lexical import ANALYSERS, LexicalIndex
from ingest.municipality import Entry, span_refs
from ingest.passages import make_passages
from ingest.pipeline import IngestReport
from ingest.pipeline import ingest as run
from ingest.vectors import VectorStore

MODUM = ("modum", "arbeidsgiverpolitikk")
ELVERUM = ("elverum", "arbeidsgiverstrategi")
NO_BANKS = shutil.ignore_patterns("*.questions.toml")  # thousands of questions make a test slow
LEADERS = Question(municipality="modum", question="Hva forventes av ledere?")
OWN_TEXT = """Hjemmekontor

Ansatte kan arbeide hjemmefra inntil to dager i uken etter avtale med nærmeste leder.

Reiser

Kommunen dekker utgifter til reiser som arbeidsgiver har pålagt den ansatte.
"""


@pytest.fixture
def empty(corpus: Path, tmp_path: Path) -> Settings:
    """Two municipalities' documents and no index."""
    for municipality in ("modum", "elverum"):
        shutil.copytree(corpus / municipality, tmp_path / "corpus" / municipality, ignore=NO_BANKS)
    return Settings(corpus=tmp_path / "corpus", index=tmp_path / "index")


@pytest.fixture
def work(empty: Settings) -> Settings:
    """Two municipalities' documents and the index of them."""
    ingest_all(empty)
    return empty


def ingest_all(work: Settings) -> IngestReport:
    return run([work.corpus], work.index, BUILTIN)


def outcomes(report: IngestReport) -> dict[tuple[str, str], str]:
    return {(d.municipality, d.document): d.outcome for d in report.documents}


def opened(work: Settings) -> Index:
    return open_index(work.index, load_embedder(BUILTIN).fingerprint)


def indexed_text(work: Settings, key: tuple[str, str]) -> str:
    return opened(work).municipalities[key[0]].documents[key[1]].text


def answer(work: Settings, question: Question = LEADERS) -> Answer:
    return PolicyAssistant.open(work).ask(question)


def text_file(work: Settings, key: tuple[str, str]) -> Path:
    return work.corpus / key[0] / f"{key[1]}.txt"


def generation_folder(work: Settings) -> Path:
    return work.index / "generations" / (work.index / "CURRENT").read_text()


def pointer_state(work: Settings) -> tuple[str, int]:
    pointer = work.index / "CURRENT"
    return pointer.read_text(), pointer.stat().st_mtime_ns


class CountingEmbedder:
    """The built-in model, and which texts it was given."""

    def __init__(self) -> None:
        self._embedder = load_embedder(BUILTIN)
        self.name = self._embedder.name
        self.fingerprint = self._embedder.fingerprint
        self.texts: list[str] = []

    def embed_queries(self, texts: Sequence[str]) -> Vectors:
        return self._embedder.embed_queries(texts)

    def embed_passages(self, texts: Sequence[str]) -> Vectors:
        self.texts += texts
        return self._embedder.embed_passages(texts)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[CountingEmbedder]:
    """The embedders that ingests load from now on."""
    loaded: list[CountingEmbedder] = []

    def load(name: str) -> Embedder:
        assert name == BUILTIN
        loaded.append(CountingEmbedder())
        return loaded[-1]

    monkeypatch.setattr(ingest.pipeline, "load_embedder", load)
    return loaded


# --- what is added, changed, kept and removed -------------------------------------------------------


def test_the_first_ingest_adds_every_document(empty: Settings) -> None:
    report = ingest_all(empty)
    assert outcomes(report) == {ELVERUM: "added", MODUM: "added"}
    assert report.written


def test_the_report_tells_how_many_passages_a_document_has(empty: Settings) -> None:
    counts = {d.municipality: d.passages for d in ingest_all(empty).documents}
    assert counts == {key: len(m.passages) for key, m in opened(empty).municipalities.items()}


def test_an_ingest_with_nothing_new_says_unchanged(work: Settings) -> None:
    assert set(outcomes(ingest_all(work)).values()) == {"unchanged"}


def test_an_ingest_with_nothing_new_writes_nothing(work: Settings) -> None:
    before = pointer_state(work)
    assert not ingest_all(work).written
    assert pointer_state(work) == before


def test_an_ingest_with_nothing_new_loads_no_embedding_model(
    work: Settings, counted: list[CountingEmbedder]
) -> None:
    ingest_all(work)
    assert counted == []


def test_a_document_named_twice_is_reported_once(empty: Settings) -> None:
    report = run([empty.corpus, empty.corpus / "modum"], empty.index, BUILTIN)
    assert len(report.documents) == 2


def test_a_sentence_added_at_the_end_embeds_only_what_it_changed(
    work: Settings, counted: list[CountingEmbedder]
) -> None:
    file = text_file(work, MODUM)
    file.write_text(file.read_text() + "\nAnsatte i Modum får låne kommunens elbil.\n")
    assert outcomes(ingest_all(work)) == {ELVERUM: "unchanged", MODUM: "changed"}
    (embedder,) = counted
    assert embedder.texts
    assert all("elbil" in text for text in embedder.texts)
    assert len(embedder.texts) == 2  # the passage and the sentence


def test_a_document_that_only_moved_down_the_file_is_not_embedded_again(
    work: Settings, counted: list[CountingEmbedder]
) -> None:
    file = text_file(work, MODUM)
    file.write_text("\n\n" + file.read_text())
    assert outcomes(ingest_all(work))[MODUM] == "changed"
    assert [embedder.texts for embedder in counted] == [[]]


def test_answers_follow_a_changed_document(work: Settings) -> None:
    file = text_file(work, MODUM)
    file.write_text("\n\n" + file.read_text())
    ingest_all(work)
    cited = answer(work).citations
    text = file.read_text()
    assert cited
    assert all(c.quote == text[c.start : c.end] for c in cited)


def test_a_new_program_version_embeds_everything_again(
    work: Settings, counted: list[CountingEmbedder], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingest.index, "code_fingerprint", lambda: "another version")
    assert ingest_all(work).written
    assert len(counted[0].texts) > 100


def test_a_new_metadata_title_is_a_change(work: Settings) -> None:
    metadata = text_file(work, MODUM).with_suffix(".toml")
    metadata.write_text(metadata.read_text().replace("title = ", 'title = "Ny tittel" # ', 1))
    assert outcomes(ingest_all(work))[MODUM] == "changed"
    assert opened(work).municipalities["modum"].documents[MODUM[1]].title == "Ny tittel"


def test_a_removed_document_leaves_the_index(work: Settings) -> None:
    shutil.rmtree(work.corpus / "elverum")
    assert outcomes(ingest_all(work)) == {MODUM: "unchanged", ELVERUM: "removed"}
    assert set(opened(work).municipalities) == {"modum"}


def test_a_path_indexes_only_what_is_under_it(empty: Settings) -> None:
    report = run([empty.corpus / "modum"], empty.index, BUILTIN)
    assert outcomes(report) == {MODUM: "added"}
    assert set(opened(empty).municipalities) == {"modum"}


def test_a_path_keeps_what_was_indexed_from_elsewhere(work: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "nye" / "testby"
    folder.mkdir(parents=True)
    (folder / "regler.txt").write_text(OWN_TEXT)
    report = run([folder], work.index, BUILTIN)
    assert outcomes(report) == {("testby", "regler"): "added"}
    assert set(opened(work).municipalities) == {"elverum", "modum", "testby"}


def test_a_path_may_be_one_file(empty: Settings) -> None:
    report = run([text_file(empty, MODUM)], empty.index, BUILTIN)
    assert outcomes(report) == {MODUM: "added"}


def test_a_path_relative_to_the_municipalitys_own_folder_knows_the_municipality(
    empty: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(empty.corpus / "modum")
    assert outcomes(run([Path()], empty.index, BUILTIN)) == {MODUM: "added"}


def test_a_path_that_is_not_there_is_said(empty: Settings) -> None:
    with pytest.raises(DocumentError, match="no such file or folder"):
        run([empty.corpus / "finnes-ikke"], empty.index, BUILTIN)


def test_a_folder_without_documents_is_said(empty: Settings, tmp_path: Path) -> None:
    (tmp_path / "tom").mkdir()
    with pytest.raises(DocumentError, match=r"no \.txt document under"):
        run([tmp_path / "tom"], empty.index, BUILTIN)


def test_a_new_municipality_is_a_folder_with_a_text_file(work: Settings) -> None:
    (work.corpus / "nord-øya").mkdir()
    (work.corpus / "nord-øya" / "regler.txt").write_text(OWN_TEXT)
    report = ingest_all(work)
    (added,) = [d for d in report.documents if d.outcome == "added"]
    assert added.municipality == "nord-øya"
    assert "no regler.toml" in added.note


def test_a_new_municipality_can_be_asked_at_once(work: Settings) -> None:
    (work.corpus / "nord-øya").mkdir()
    (work.corpus / "nord-øya" / "regler.txt").write_text(OWN_TEXT)
    ingest_all(work)
    question = Question(municipality="nord-øya", question="Kan ansatte arbeide hjemmefra?")
    assert "to dager i uken" in answer(work, question).answer


# --- documents that cannot be used ------------------------------------------------------------------

REFUSED: dict[str, tuple[bytes | None, str | None, str]] = {
    "empty": (b"  \n \n", None, "empty"),
    "only a heading": (b"1 Innledning\n", None, "only headings"),
    "not UTF-8": ("Lønn på høyt nivå.".encode("latin-1"), None, "not UTF-8"),
    "corrupt TOML": (None, "title = ", "metadata cannot be read"),
    "wrong kind": (None, 'kind = "roman"', "kind is 'roman'; it must be one of policy, strategy"),
    "wrong date": (None, 'adopted = "i fjor"', "adopted must be a date"),
    "date out of range": (None, "adopted = 2025-02-31", "metadata cannot be read"),
}


def spoil(work: Settings, how: str) -> str:
    """Make the document of Modum unusable; returns the words that say why."""
    text, metadata, why = REFUSED[how]
    if text is not None:
        text_file(work, MODUM).write_bytes(text)
    if metadata is not None:
        text_file(work, MODUM).with_suffix(".toml").write_text(metadata)
    return why


@pytest.mark.parametrize("how", REFUSED)
def test_a_document_that_cannot_be_used_is_refused_with_its_reason(empty: Settings, how: str) -> None:
    why = spoil(empty, how)
    (refused,) = ingest_all(empty).refused
    assert (refused.municipality, refused.document) == MODUM
    assert why in refused.note
    assert str(empty.corpus / "modum") in refused.note


def test_a_refused_document_does_not_keep_the_others_out(empty: Settings) -> None:
    spoil(empty, "not UTF-8")
    assert outcomes(ingest_all(empty)) == {ELVERUM: "added", MODUM: "refused"}
    assert set(opened(empty).municipalities) == {"elverum"}


@pytest.mark.parametrize("how", ["empty", "corrupt TOML"])
def test_the_earlier_version_of_a_refused_document_stays(work: Settings, how: str) -> None:
    earlier = text_file(work, MODUM).read_text()
    spoil(work, how)
    ingest_all(work)
    assert indexed_text(work, MODUM) == earlier


def test_the_earlier_version_of_a_refused_document_stays_when_another_changes(work: Settings) -> None:
    earlier = text_file(work, MODUM).read_text()
    spoil(work, "empty")
    other = text_file(work, ELVERUM)
    other.write_text(other.read_text() + "\nAlle får en sykkel.\n")
    assert outcomes(ingest_all(work)) == {ELVERUM: "changed", MODUM: "refused"}
    assert indexed_text(work, MODUM) == earlier
    assert "sykkel" in indexed_text(work, ELVERUM)


def test_when_all_documents_are_refused_no_index_is_written(empty: Settings) -> None:
    shutil.rmtree(empty.corpus / "elverum")
    spoil(empty, "empty")
    assert not ingest_all(empty).written
    assert not empty.index.exists()


def test_a_second_document_of_the_same_municipality_and_name_is_refused(empty: Settings) -> None:
    shutil.copytree(empty.corpus / "modum", empty.corpus / "arkiv" / "modum")
    (refused,) = ingest_all(empty).refused
    assert "same municipality and name" in refused.note


# --- crashes and company ----------------------------------------------------------------------------


def crash(*_: Any, **__: Any) -> None:
    raise RuntimeError("the power went")


@pytest.mark.parametrize("moment", ["_write_vectors", "_write_lexical", "_entry_to_json", "_write_json"])
def test_a_crash_half_way_leaves_the_index_before_answering(
    work: Settings, monkeypatch: pytest.MonkeyPatch, moment: str
) -> None:
    before, answered = pointer_state(work), answer(work).citations
    text_file(work, MODUM).write_text(OWN_TEXT)
    with monkeypatch.context() as patch:
        patch.setattr(ingest.index, moment, crash)
        with pytest.raises(RuntimeError, match="the power went"):
            ingest_all(work)
    assert pointer_state(work) == before
    assert answer(work).citations == answered


def test_after_a_crash_the_next_ingest_works_and_clears_up(
    work: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_file(work, MODUM).write_text(OWN_TEXT)
    with monkeypatch.context() as patch:
        patch.setattr(ingest.index, "_write_json", crash)
        with pytest.raises(RuntimeError, match="the power went"):
            ingest_all(work)
    assert ingest_all(work).written
    assert indexed_text(work, MODUM) == OWN_TEXT
    assert len(list((work.index / "generations").iterdir())) == 2


def test_a_killed_ingest_leaves_the_index_before_and_no_lock(work: Settings) -> None:
    before = pointer_state(work)
    text_file(work, MODUM).write_text(OWN_TEXT)
    program = (
        "import os, signal, sys; from pathlib import Path; import ingest.index; from ingest.pipeline import "
        "ingest as run; ingest.index._write_json = lambda *_: os.kill(os.getpid(), signal.SIGKILL); "
        "run([Path(sys.argv[1])], Path(sys.argv[2]), 'builtin')"
    )
    killed = subprocess.run(
        [sys.executable, "-c", program, str(work.corpus), str(work.index)], cwd=PROJECT, check=False
    )
    assert killed.returncode == -signal.SIGKILL
    assert pointer_state(work) == before
    assert answer(work).status == "answered"
    assert ingest_all(work).written
    assert indexed_text(work, MODUM) == OWN_TEXT


def test_two_ingests_at_once_both_end_well(empty: Settings) -> None:
    env = {**os.environ, "ASSISTANT_INDEX": str(empty.index), "ASSISTANT_CORPUS": str(empty.corpus)}
    command = [sys.executable, "-m", "assistant.cli", "ingest"]
    both = [subprocess.Popen(command, cwd=PROJECT, env=env, stdout=subprocess.DEVNULL) for _ in range(2)]
    assert [process.wait(timeout=120) for process in both] == [0, 0]
    assert set(opened(empty).municipalities) == {"elverum", "modum"}


def test_two_ingests_at_once_of_different_folders_lose_nothing(empty: Settings) -> None:
    failed: list[BaseException] = []

    def ingest_one(municipality: str) -> None:
        try:
            run([empty.corpus / municipality], empty.index, BUILTIN)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=ingest_one, args=(m,)) for m in ("modum", "elverum")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failed == []
    assert set(opened(empty).municipalities) == {"elverum", "modum"}


def test_an_ingest_that_waits_too_long_for_another_says_so(
    work: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    text_file(work, MODUM).write_text(OWN_TEXT)
    monkeypatch.setattr(ingest.pipeline, "LOCK_WAIT_SECONDS", 0.1)
    with (
        ingest.pipeline._lock(work.index),
        pytest.raises(IndexReadOnly, match="Another ingest is writing"),
    ):
        ingest_all(work)


def test_a_running_assistant_notices_a_new_generation(work: Settings) -> None:
    assistant = PolicyAssistant.open(work)
    assert assistant.is_current()
    text_file(work, MODUM).write_text(OWN_TEXT)
    ingest_all(work)
    assert not assistant.is_current()


def test_a_running_assistant_answers_from_the_generation_it_opened(work: Settings) -> None:
    assistant = PolicyAssistant.open(work)
    before = assistant.ask(LEADERS)
    text_file(work, MODUM).write_text(OWN_TEXT)
    ingest_all(work)
    assert assistant.ask(LEADERS).citations == before.citations


def test_at_most_two_generations_are_kept(work: Settings) -> None:
    names = [current_generation(work.index)]
    for dager in ("tre", "fire", "fem"):
        text_file(work, MODUM).write_text(OWN_TEXT.replace("to dager", f"{dager} dager"))
        ingest_all(work)
        names.append(current_generation(work.index))
    kept = {folder.name for folder in (work.index / "generations").iterdir()}
    assert kept == set(names[-2:])


# --- indexes that cannot be used --------------------------------------------------------------------


def _cut(file: Path) -> None:
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2])


DAMAGE: dict[str, Callable[[Settings], Any]] = {
    "no manifest": lambda work: (generation_folder(work) / "manifest.json").unlink(),
    "manifest cut": lambda work: _cut(generation_folder(work) / "manifest.json"),
    "documents cut": lambda work: _cut(generation_folder(work) / "documents.json"),
    "no documents": lambda work: (generation_folder(work) / "documents.json").unlink(),
    "no lexical index": lambda work: shutil.rmtree(generation_folder(work) / "lexical"),
    "lexical index empty": lambda work: [
        file.write_bytes(b"") for file in (generation_folder(work) / "lexical").rglob("*.npy")
    ],
    "no vectors": lambda work: shutil.rmtree(generation_folder(work) / "chroma"),
    "database cut": lambda work: _cut(generation_folder(work) / "chroma" / "chroma.sqlite3"),
    "pointer to nowhere": lambda work: (work.index / "CURRENT").write_text("0123456789ab"),
    "pointer empty": lambda work: (work.index / "CURRENT").write_text(""),
    "pointer unreadable": lambda work: (work.index / "CURRENT").write_bytes(b"\xff\xfe\x00"),
    "no pointer": lambda work: (work.index / "CURRENT").unlink(),
}


@pytest.mark.parametrize("how", DAMAGE)
def test_a_damaged_index_says_to_run_ingest(work: Settings, how: str) -> None:
    DAMAGE[how](work)
    with pytest.raises(IndexMissing, match="Run: assistant ingest"):
        opened(work)


@pytest.mark.parametrize("how", DAMAGE)
def test_an_ingest_mends_a_damaged_index(work: Settings, how: str) -> None:
    DAMAGE[how](work)
    assert ingest_all(work).written
    assert answer(work).status == "answered"


def test_a_store_with_missing_vectors_is_damaged(work: Settings) -> None:
    file = generation_folder(work) / "documents.json"
    file.write_text(file.read_text().replace('"municipality": "modum"', '"municipality": "annenby"'))
    with pytest.raises(IndexMissing, match="Run: assistant ingest"):
        opened(work)


def test_no_index_says_to_run_ingest(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match=r"no finished index in .* Run: assistant ingest"):
        open_index(tmp_path / "ingensteds", "x")


def test_another_embedding_model_is_a_mismatch(work: Settings) -> None:
    with pytest.raises(IndexMismatch, match=r"embedding model 'builtin'.* Run: assistant ingest"):
        open_index(work.index, "another model")


def test_another_program_version_is_a_mismatch(work: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ingest.index, "code_fingerprint", lambda: "another version")
    with pytest.raises(IndexMismatch, match=r"another version of this program.* Run: assistant ingest"):
        opened(work)


def test_an_index_in_place_of_a_folder_cannot_be_written(empty: Settings) -> None:
    empty.index.write_text("a file")
    with pytest.raises(IndexReadOnly, match="cannot be written"):
        ingest_all(empty)


# --- the parts on disk ------------------------------------------------------------------------------


def test_documents_and_passages_come_back_from_disk_as_they_were(work: Settings) -> None:
    for municipality in opened(work).municipalities.values():
        for document in municipality.documents.values():
            made = {passage.id: passage for passage in make_passages(document)}
            assert made == {k: p for k, p in municipality.passages.items() if p.document == document.id}


@pytest.mark.parametrize("field", ANALYSERS)
def test_lexical_scores_are_the_same_after_saving_and_loading(
    work: Settings, tmp_path: Path, field: str
) -> None:
    spans = opened(work).municipalities["modum"].spans
    built = LexicalIndex.build({name: [ref.span.text for ref in spans] for name in ANALYSERS})
    built.save(tmp_path / "lexical")
    loaded = LexicalIndex.load(tmp_path / "lexical", tuple(ANALYSERS), len(spans))
    for question in ("Hva forventes av ledere?", "lønn", "ledere ledere", "xyzzy", ""):
        np.testing.assert_array_equal(loaded.scores(field, question), built.scores(field, question))


def test_lexical_scores_are_zero_where_no_term_is_shared(work: Settings) -> None:
    modum = opened(work).municipalities["modum"]
    scores = modum.lexical.scores("words", "xyzzy")
    assert scores.shape == (len(modum.spans),)
    assert not scores.any()


def test_a_vector_is_fully_similar_to_itself(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "chroma")
    vectors = np.eye(4, dtype=np.float32)
    store.add("modum", "span", list("abcd"), vectors)
    assert store.similar("modum", "span", vectors[1], 1) == pytest.approx({"b": 1.0}, abs=1e-6)


def test_similarity_is_the_cosine_whatever_the_length(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "chroma")
    store.add("modum", "span", ["long", "askew"], np.array([[5, 0], [3, 4]], dtype=np.float32))
    found = store.similar("modum", "span", np.array([2, 0], dtype=np.float32), 2)
    assert found == pytest.approx({"long": 1.0, "askew": 0.6}, abs=1e-6)


def test_the_most_similar_comes_first(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "chroma")
    store.add("modum", "span", ["far", "near"], np.array([[0, 1], [1, 0.1]], dtype=np.float32))
    assert list(store.similar("modum", "span", np.array([1, 0], dtype=np.float32), 9)) == ["near", "far"]


def test_the_index_holds_the_models_own_vectors(work: Settings) -> None:
    modum = opened(work).municipalities["modum"]
    ref = modum.spans[3]
    (vector,) = load_embedder(BUILTIN).embed_passages([ingest.municipality.span_text(ref)])
    assert modum.similar("span", vector, len(modum.spans))[ref.id] == pytest.approx(1.0, abs=1e-5)


def test_every_span_and_passage_has_a_vector(work: Settings) -> None:
    for municipality in opened(work).municipalities.values():
        vector = load_embedder(BUILTIN).embed_queries(["lønn"])[0]
        assert len(municipality.similar("span", vector, 10_000)) == len(municipality.spans)
        assert len(municipality.similar("passage", vector, 10_000)) == len(municipality.passages)


def test_a_municipality_without_vectors_says_to_run_ingest(tmp_path: Path) -> None:
    store = VectorStore(tmp_path / "chroma")
    with pytest.raises(IndexMissing, match=r"no vectors for modum.* Run: assistant ingest"):
        store.similar("modum", "span", np.ones(2, dtype=np.float32), 1)


@pytest.mark.parametrize("key", ["æøå", "a", "med mellomrom", "store_under", "x" * 60])
def test_any_folder_name_can_be_a_municipality(tmp_path: Path, key: str) -> None:
    store = VectorStore(tmp_path / "chroma")
    store.add(key, "span", ["a"], np.ones((1, 2), dtype=np.float32))
    assert store.count(key, "span") == 1


def test_an_index_of_nothing_can_be_opened(work: Settings) -> None:
    shutil.rmtree(work.corpus / "modum")
    shutil.rmtree(work.corpus / "elverum")
    ingest_all(work)
    assert opened(work).municipalities == {}


def test_spans_of_an_index_keep_reading_order(work: Settings) -> None:
    modum = opened(work).municipalities["modum"]
    starts = [ref.span.start for ref in span_refs(modum.passages.values())]
    assert starts == sorted(starts)
    assert [ref.id for ref in modum.spans] == [ref.id for ref in span_refs(modum.passages.values())]


def test_a_write_that_fails_says_what_to_do(work: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    entries: list[Entry] = ingest.index.read_entries(work.index, generation_folder(work).name)
    monkeypatch.setattr(ingest.index, "_write_json", full)
    with pytest.raises(IndexReadOnly, match=r"No space left on device.*ASSISTANT_INDEX"):
        ingest.index.write_index(work.index, entries, load_embedder(BUILTIN))
    assert [f.name for f in (work.index / "generations").iterdir()] == [current_generation(work.index)]
