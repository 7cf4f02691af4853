"""A language model for tests: a real local server that replies as the test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Reply = Callable[[str], str | bytes | int]  # prompt → the model's text, a raw body, or an HTTP status


class Model:
    """A local server that speaks the OpenAI chat protocol and replies as the test says."""

    def __init__(self, reply: Reply) -> None:
        self.reply = reply
        self.requests: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                model.requests.append({"path": self.path, **body})
                model.headers.append(dict(self.headers))
                reply = model.reply(body["messages"][0]["content"])
                message = {"role": "assistant", "content": reply}
                data = reply if isinstance(reply, bytes) else json.dumps({"choices": [{"message": message}]})
                with suppress(BrokenPipeError, ConnectionResetError):  # the caller waited no longer
                    self.send_response(reply if isinstance(reply, int) else 200)
                    self.end_headers()
                    self.wfile.write(data if isinstance(data, bytes) else data.encode())

            def log_message(self, format: str, *arguments: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()

    def stop(self) -> None:
        """Close the server; nothing listens there any more."""
        self.server.shutdown()
        self.server.server_close()
