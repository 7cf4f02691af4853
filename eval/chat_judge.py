"""The judge: the configured language model, its failures told as the judge's."""

from __future__ import annotations

from assistant.llm import ChatModel, LLMError, configured_model
from assistant.settings import Settings
from eval.judge import JudgeError

JUDGING_SECONDS = 60.0


class ChatJudge(ChatModel):
    """The configured model, asked for verdicts."""

    def complete(self, prompt: str) -> str:
        """The model's reply, unchanged. Raises JudgeError when there is none."""
        try:
            return super().complete(prompt)
        except LLMError as error:
            raise JudgeError(f"the judge gave no verdict: {error}") from error


def configured_judge(settings: Settings) -> ChatJudge | None:
    """The judge that the settings name; None without a model. Raises JudgeError without an address."""
    try:
        return configured_model(settings, ChatJudge, JUDGING_SECONDS)
    except LLMError as error:
        raise JudgeError(str(error)) from error
