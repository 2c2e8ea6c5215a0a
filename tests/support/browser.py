"""Debian's Chromium without a screen, and a proxy that signs in for it."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx2
import pytest

_NOT_PASSED = {"host", "connection", "accept-encoding", "content-length", "transfer-encoding", "content-encoding"}


class Browser:
    """Shows pages."""

    def __init__(self, program: str, profile: Path) -> None:
        self._words = (
            program,
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--no-proxy-server",
            f"--user-data-dir={profile}",
            "--window-size=1500,900",
            # Milliseconds that scripts on the page have, as they count them.
            "--virtual-time-budget=10000",
        )

    def page(self, address: str, *, screenshot: Path | None = None) -> str:
        """Return a page as HTML once its scripts have run, and take a picture of it if asked to."""
        if screenshot:
            self._run(f"--screenshot={screenshot}", address)
        return self._run("--dump-dom", address)

    def _run(self, *words: str) -> str:
        ended = subprocess.run((*self._words, *words), capture_output=True, text=True, timeout=300, check=True)
        return ended.stdout


@contextmanager
def browser() -> Iterator[Browser]:
    """Yield a browser with a profile of its own; skip the test where there is none."""
    program = shutil.which("chromium")
    if program is None:
        pytest.skip("needs chromium: apt install chromium")
    with TemporaryDirectory(prefix="partflow-") as profile:
        yield Browser(program, Path(profile))


@contextmanager
def signed_in(address: str, token: str) -> Iterator[str]:
    """Serve what is at an address to whoever asks, with a token; a browser without a screen cannot be asked for one."""
    with httpx2.Client(base_url=address, headers={"Authorization": f"Bearer {token}"}, trust_env=False) as upstream:

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name: value for name, value in self.headers.items() if name.lower() not in _NOT_PASSED}
                for name in [name for name in headers if name.lower() in ("origin", "referer")]:
                    del headers[name]
                answer = upstream.request(self.command, self.path, content=body, headers=headers, timeout=60)
                self.send_response(answer.status_code)
                for name, value in answer.headers.multi_items():
                    if name.lower() not in _NOT_PASSED:
                        self.send_header(name, value)
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            do_POST = do_GET  # noqa: N815 - the name that the base looks for

            def log_message(self, *_: object) -> None:
                pass

        server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
