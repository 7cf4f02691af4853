"""The judge: the configured language model, its failures told as the judge's."""

from __future__ import annotations

import os
from collections.abc import Mapping

from assistant.llm import ChatModel, LLMError, model_from_environment
from eval.judge import JudgeError


class ChatJudge(ChatModel):
    """A model behind an endpoint that speaks the OpenAI chat protocol."""

    def complete(self, prompt: str) -> str:
        """The model's reply, unchanged. Raises JudgeError when there is none."""
        try:
            return super().complete(prompt)
        except LLMError as error:
            raise JudgeError(f"the judge gave no verdict: {error}") from error


def judge_from_environment(environment: Mapping[str, str] = os.environ) -> ChatJudge | None:
    """The judge that the environment names; None without a model. Raises JudgeError without an address."""
    try:
        return model_from_environment(environment, ChatJudge)
    except LLMError as error:
        raise JudgeError(str(error)) from error
