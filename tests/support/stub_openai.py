"""A server on loopback that speaks the Responses API as far as Partflow uses it, and fails as it is told to.

In a test:

    with StubOpenAI() as stub:
        stub.answers["identify"] = {"parts": [...]}
        stub.script(rate_limited(retry_after=2), server_error())
        ...  # OPENAI_BASE_URL = stub.base_url
        assert stub.requests[0]["model"] == "gpt-6-luna"

What is scripted is sent first, one reply a request; then every job gets its answer from `answers`, which holds JSON or
a function of the question's data. As a program it is started with
`python -m tests.support.stub_openai --port 9090 --answers answers.json`.
"""

import json
import threading
from argparse import ArgumentParser
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import TracebackType
from typing import Any, Self

type Data = dict[str, Any]
type Answer = Data | Callable[[Data], Data]

JOBS = {
    "WireParts": "identify",
    "WireDatasheets": "find_datasheets",
    "WireTags": "suggest_tags",
    "WireType": "suggest_type",
}
EMPTY_ANSWERS: dict[str, Answer] = {
    "identify": {"parts": []},
    "find_datasheets": {"urls": []},
    "suggest_tags": {"tags": []},
    "suggest_type": {"type_name": None, "quote": None, "page": None, "confidence": 0.0},
}


@dataclass(frozen=True)
class Reply:
    """One HTTP reply, sent after `delay` seconds."""

    body: Data | str
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0.0


def answer(content: object, *, model: str = "gpt-6-luna", searches: int = 0) -> Reply:
    """Return a completed response whose text is the content as JSON."""
    text = {"type": "output_text", "text": json.dumps(content), "annotations": []}
    return Reply(response_of([text], model=model, searches=searches))


def refusal() -> Reply:
    """Return a response in which the model declines."""
    return Reply(response_of([{"type": "refusal", "refusal": "I can't help with that."}]))


def content_filter() -> Reply:
    """Return a response that the content filter cut off."""
    cut = {"status": "incomplete", "incomplete_details": {"reason": "content_filter"}}
    return Reply(response_of([]) | cut)


def schema_breaking() -> Reply:
    """Return a response whose text is JSON of another shape."""
    return answer({"surprise": ["this is not what was asked for"]})


def not_json() -> Reply:
    """Return a page where JSON should be, as a proxy in between would."""
    return Reply("<html>a proxy's page</html>", headers={"Content-Type": "text/html"})


def slow(seconds: float) -> Reply:
    """Return an empty answer, late."""
    return Reply(answer({"parts": []}).body, delay=seconds)


def rate_limited(retry_after: float | str | None = None) -> Reply:
    """Return a 429."""
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    return failure(429, "rate_limit_exceeded", headers)


def server_error() -> Reply:
    """Return a 500."""
    return failure(500, "server_error")


def failure(status: int, code: str, headers: dict[str, str] | None = None) -> Reply:
    """Return an error as the API words them."""
    return Reply({"error": {"message": code, "type": code, "code": code, "param": None}}, status, headers or {})


def response_of(content: list[Data], *, model: str = "gpt-6-luna", searches: int = 0) -> Data:
    """Return a whole response object with these pieces as the message's content."""
    search = {"type": "web_search_call", "status": "completed", "action": {"type": "search", "query": "q"}}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "status": "completed", "content": content}
    return {
        "id": "resp_1",
        "object": "response",
        "created_at": 0,
        "model": model,
        "status": "completed",
        "error": None,
        "incomplete_details": None,
        "output": [*({"id": f"ws_{number}", **search} for number in range(searches)), message],
        "parallel_tool_calls": True,
        "tool_choice": "auto",
        "tools": [],
        "usage": {
            "input_tokens": 1000,
            "input_tokens_details": {"cached_tokens": 200, "cache_write_tokens": 0},
            "output_tokens": 100,
            "output_tokens_details": {"reasoning_tokens": 0},
            "total_tokens": 1100,
        },
    }


class StubOpenAI:
    """The server, running while the context is open."""

    def __init__(self, port: int = 0) -> None:
        self.answers = dict(EMPTY_ANSWERS)
        self.requests: list[Data] = []
        self.closing = threading.Event()
        self._script: deque[Reply] = deque()
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.stub = self
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)

    @property
    def base_url(self) -> str:
        """The value for OPENAI_BASE_URL."""
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    def script(self, *replies: Reply) -> None:
        """Send these replies next, one a request."""
        self._script.extend(replies)

    @property
    def left(self) -> int:
        """How many of the scripted replies are not sent yet."""
        return len(self._script)

    def forget(self) -> None:
        """Send none of them."""
        self._script.clear()

    def reply_to(self, request: Data) -> Reply:
        """Return what is scripted, or else the answer to the request's job."""
        self.requests.append(request)
        with suppress(IndexError):
            return self._script.popleft()
        job = JOBS[request["text"]["format"]["name"]]
        content = self.answers[job]
        return answer(
            content(data_of(request)) if callable(content) else content,
            model=request["model"],
            searches=int(bool(request.get("tools"))),
        )

    def serve_until_interrupted(self) -> None:
        """Serve in the foreground."""
        try:
            self._server.serve_forever()
        except KeyboardInterrupt:
            self._server.server_close()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


def data_of(request: Data) -> Data:
    """Return the question's data, as the assistant put it between <data> and </data>."""
    texts = [part["text"] for part in request["input"][0]["content"] if part["type"] == "input_text"]
    data: Data = json.loads(texts[0].removeprefix("<data>").removesuffix("</data>"))
    return data


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    stub: StubOpenAI


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        known = self.path.endswith("/responses")
        reply = self.server.stub.reply_to(request) if known else failure(404, "unknown_path")
        self.server.stub.closing.wait(reply.delay)
        body = (reply.body if isinstance(reply.body, str) else json.dumps(reply.body)).encode()
        try:
            self.send_response(reply.status)
            for name, value in ({"Content-Type": "application/json"} | reply.headers).items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)
        except ConnectionError:
            self.close_connection = True

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server names it so
        """Say nothing."""


def main() -> None:
    """Serve from the command line."""
    parser = ArgumentParser(description="A stand-in for OpenAI's Responses API.")
    parser.add_argument("--port", type=int, default=9090)
    parser.add_argument("--answers", type=Path, help="a JSON file with an answer per job")
    options = parser.parse_args()
    stub = StubOpenAI(options.port)
    if options.answers:
        stub.answers.update(json.loads(options.answers.read_text()))
    print(f"OPENAI_BASE_URL={stub.base_url}", flush=True)
    stub.serve_until_interrupted()


if __name__ == "__main__":
    main()
