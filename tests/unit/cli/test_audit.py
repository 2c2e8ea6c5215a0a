import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread
from typing import Any

import pytest
from click.testing import CliRunner, Result

from cli.audit import audit

WEAK = "pillow"


class Advisories(BaseHTTPRequestHandler):
    """A source of advisories that knows a weakness of one package."""

    def do_POST(self) -> None:  # the base class calls it so
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        results: list[dict[str, Any]] = [
            {"vulns": [{"id": "GHSA-1"}]} if each["package"]["name"] == WEAK else {} for each in asked
        ]
        body = json.dumps({"results": results} if self.path == "/v1/querybatch" else []).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def source() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Advisories) as server:
        Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def asked(*words: str) -> Result:
    return CliRunner().invoke(audit, words)


def test_known_weakness_is_named(source: str, configure: Callable[..., None]) -> None:
    configure(AUDIT_SOURCE=source)

    answer = asked("--json")

    assert answer.exit_code == 1
    (found,) = json.loads(answer.stdout)["found"]
    assert (found["package"], found["advisory"]) == (WEAK, "GHSA-1")
    assert found["version"]


@pytest.mark.parametrize("path", ["/elsewhere", ""])
def test_source_out_of_reach_is_said_and_is_no_failure(path: str, source: str, configure: Callable[..., None]) -> None:
    configure(AUDIT_SOURCE=f"{source}{path}" if path else "http://127.0.0.1:1")

    answer = asked()

    assert answer.exit_code == 0
    assert "the audit was skipped: http://127.0.0.1" in answer.stderr
