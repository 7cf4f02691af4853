"""Shared fixtures: the real corpus, a real index, the real assistant."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from chat_model import Model, truthful, writing

from assistant.chain import PolicyAssistant
from assistant.settings import PROJECT, Settings
from ingest.pipeline import ingest


@pytest.fixture(scope="session")
def corpus() -> Path:
    """The five policies."""
    return PROJECT / "corpus"


@pytest.fixture(scope="session")
def indexed_settings(tmp_path_factory: pytest.TempPathFactory, corpus: Path) -> Settings:
    """Settings whose index holds the five policies, made with the built-in model."""
    folder = tmp_path_factory.mktemp("indexed")
    settings = Settings(
        corpus=corpus,
        index=folder / "index",
        feedback_file=folder / "feedback.jsonl",
        rate_limit_per_minute=0,
    )
    ingest([settings.corpus], settings.index, settings.embedding)
    return settings


@pytest.fixture(scope="session")
def policy_assistant(indexed_settings: Settings) -> PolicyAssistant:
    """The assistant over the five policies."""
    return PolicyAssistant.open(indexed_settings)


@pytest.fixture(scope="module")
def running_model() -> Iterator[Model]:
    running = Model(truthful)
    yield running
    running.stop()


@pytest.fixture
def model(running_model: Model) -> Model:
    """The model, truthful until the test says otherwise."""
    running_model.reply = writing(truthful)
    return running_model
