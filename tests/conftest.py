"""Shared fixtures: the real corpus, a real index, the real assistant."""

from __future__ import annotations

from pathlib import Path

import pytest

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
