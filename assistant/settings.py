"""Settings, all from environment variables that begin with ASSISTANT_."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

PROJECT = Path(__file__).resolve().parents[1]


class Settings(BaseSettings):
    """Every setting has a default that works on a machine with no network, account or GPU.

    ``assistant settings`` prints this list with the values in force.
    """

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", extra="ignore")

    corpus: Path = Field(PROJECT / "corpus", description="folder with one folder a municipality")
    index: Path = Field(PROJECT / ".index", description="folder where the index is kept")
    embedding: str = Field(
        "builtin",
        description="embedding model: 'builtin', a folder, or a sentence-transformers hub name",
    )
    thesaurus: Path | None = Field(
        None, description="file or folder of your own thesaurus concepts, beside the package's"
    )
    unapproved_questions: bool = Field(
        False, description="use questions of a bank that nobody has approved yet"
    )
    host: str = Field("127.0.0.1", description="address the server listens on")
    port: int = Field(8000, ge=1, le=65535, description="port the server listens on")
    max_question_chars: int = Field(2000, ge=1, description="longest question accepted, in characters")
    max_history_turns: int = Field(20, ge=0, description="earlier turns of a conversation accepted")
    rate_limit_per_minute: int = Field(
        120, ge=0, description="questions a minute from one address before 429; 0 turns it off"
    )
    llm: str = Field(
        "",
        description="language model that writes answers (and question banks, and judges): a name at an "
        "endpoint of the OpenAI protocol, or ollama:NAME, azure_openai:DEPLOYMENT; none when empty",
    )
    llm_writes: bool = Field(
        True, description="whether that model writes answers; when false the policy is always quoted"
    )
    llm_base_url: str = Field(
        "", description="its address, what stands before /chat/completions; for Azure the resource's address"
    )
    llm_api_key: SecretStr = Field(SecretStr(""), description="its key, when it wants one")
    llm_api_version: str = Field("", description="Azure's API version")
    llm_timeout_s: float = Field(
        30.0,
        gt=0,
        le=600,
        description="seconds a question may wait for it before the policy is quoted instead",
    )
    feedback_file: Path = Field(
        PROJECT / ".feedback" / "feedback.jsonl", description="file that feedback is appended to"
    )


def load_settings() -> Settings:
    """The settings in force. Raises BadSettings that names the variable when one cannot be used."""
    from assistant.errors import BadSettings

    try:
        return Settings()
    except ValidationError as error:
        wrong = "; ".join(
            f"ASSISTANT_{str(e['loc'][0]).upper()}: {e['msg']} (it is {e['input']!r})" for e in error.errors()
        )
        raise BadSettings(f"A setting cannot be used. {wrong}") from error
