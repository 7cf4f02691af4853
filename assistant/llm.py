"""A language model behind an endpoint that speaks the OpenAI chat protocol (vLLM, Ollama, llama.cpp …)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import httpx

VARIABLES = {
    "ASSISTANT_LLM": "language model for `assistant ingest --write-questions` and `assistant eval --judge`",
    "ASSISTANT_LLM_BASE_URL": "its address, what stands before /chat/completions (OpenAI protocol)",
    "ASSISTANT_LLM_API_KEY": "its key, when it wants one",
}
SETTING_UP = (
    "set ASSISTANT_LLM to its name and ASSISTANT_LLM_BASE_URL to its address, up to what stands before "
    "/chat/completions (ASSISTANT_LLM_API_KEY if it wants a key)."
)


Model = TypeVar("Model", bound="ChatModel")


class LLMError(RuntimeError):
    """The language model gave no usable reply; the message says why."""


class ChatModel:
    """``base_url`` is what stands before ``/chat/completions``.

    A redirect is not followed: texts go to the address given and to no other.
    """

    def __init__(self, model: str, base_url: str, api_key: str = "", timeout_s: float = 60.0) -> None:
        headers = {"Authorization": f"Bearer {api_key}"} if api_key else {}
        self.model = model
        self._url = base_url.rstrip("/") + "/chat/completions"
        self._client = httpx.Client(timeout=timeout_s, headers=headers)

    def complete(self, prompt: str) -> str:
        """The model's reply, unchanged. Raises LLMError when there is none."""
        messages = [{"role": "user", "content": prompt}]
        body = {"model": self.model, "messages": messages, "temperature": 0}
        try:
            response = self._client.post(self._url, json=body)
            response.raise_for_status()
            content = response.json()["choices"][0]["message"]["content"]
        except httpx.HTTPStatusError as error:
            raise LLMError(f"it replied with HTTP {error.response.status_code}") from error
        except httpx.TimeoutException as error:
            raise LLMError("it did not reply in time") from error
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise LLMError(f"it cannot be reached ({error})") from error
        except (ValueError, LookupError, TypeError, RecursionError) as error:
            raise LLMError("its reply is not of the OpenAI chat protocol") from error
        if not isinstance(content, str) or not content.strip():
            raise LLMError("its reply holds no text")
        return content

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def model_from_environment(environment: Mapping[str, str], kind: type[Model]) -> Model | None:
    """The model, of this ``kind``, that ASSISTANT_LLM and ASSISTANT_LLM_BASE_URL name; None without one.

    ASSISTANT_LLM_API_KEY is sent when it is set. Raises LLMError when there is a model but no address:
    none is assumed, since texts are sent to it.
    """
    model = environment.get("ASSISTANT_LLM", "")
    base_url = environment.get("ASSISTANT_LLM_BASE_URL", "")
    if not model:
        return None
    if not base_url:
        raise LLMError("ASSISTANT_LLM is set but ASSISTANT_LLM_BASE_URL is not; set both or neither.")
    return kind(model, base_url, environment.get("ASSISTANT_LLM_API_KEY", ""))
