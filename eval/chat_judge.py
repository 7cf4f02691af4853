"""The one place of the evaluation that speaks to a language model: the OpenAI chat protocol over HTTP."""

from __future__ import annotations

import os
from collections.abc import Mapping

import httpx

from eval.judge import JudgeError

VARIABLES = {
    "ASSISTANT_LLM": "language model that judges answers with `assistant eval --judge`",
    "ASSISTANT_LLM_BASE_URL": "its address, what stands before /chat/completions (OpenAI protocol)",
    "ASSISTANT_LLM_API_KEY": "its key, when it wants one",
}


class ChatJudge:
    """A model behind an endpoint that speaks the OpenAI chat protocol (vLLM, Ollama, llama.cpp …).

    ``base_url`` is what stands before ``/chat/completions``. A redirect is not followed: answers go to
    the address given and to no other.
    """

    def __init__(self, model: str, base_url: str, api_key: str = "", timeout_s: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.model = model
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._client = httpx.Client(timeout=timeout_s, headers=headers)

    def complete(self, prompt: str) -> str:
        """The model's reply, unchanged. Raises JudgeError when there is none."""
        messages = [{"role": "user", "content": prompt}]
        body = {"model": self.model, "messages": messages, "temperature": 0}
        try:
            response = self._client.post(self._url, json=body)
            response.raise_for_status()
            content = response.json()["choices"][0]["message"]["content"]
        except httpx.HTTPStatusError as error:
            raise JudgeError(f"the judge replied with HTTP {error.response.status_code}") from error
        except httpx.TimeoutException as error:
            raise JudgeError("the judge did not reply in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise JudgeError(f"the judge cannot be reached ({error})") from error
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise JudgeError("the judge's reply is not of the OpenAI chat protocol") from error
        if not isinstance(content, str) or not content.strip():
            raise JudgeError("the judge's reply holds no text")
        return content

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def judge_from_environment(environment: Mapping[str, str] = os.environ) -> ChatJudge | None:
    """The judge that ASSISTANT_LLM (model) and ASSISTANT_LLM_BASE_URL name; None without a model.

    ASSISTANT_LLM_API_KEY is sent when it is set. Raises JudgeError when there is a model but no address:
    none is assumed, since questions and answers are sent to it.
    """
    model = environment.get("ASSISTANT_LLM", "")
    base_url = environment.get("ASSISTANT_LLM_BASE_URL", "")
    if not model:
        return None
    if not base_url:
        raise JudgeError("ASSISTANT_LLM is set but ASSISTANT_LLM_BASE_URL is not; set both or neither.")
    return ChatJudge(model, base_url, environment.get("ASSISTANT_LLM_API_KEY", ""))
