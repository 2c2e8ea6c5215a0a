"""Secrets are planted in settings and requests, and then looked for in all that the programs print."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2

from embedded.layout import CHECKOUT
from tests.support.serving import free_port

TOKEN = "planted-api-token-0123456789"
SETTINGS = {
    "OPENAI_API_KEY": "planted-model-key",
    "PARTFLOW_API_TOKEN": TOKEN,
    "PARTFLOW_BROKER_URL": "amqp://app:planted-broker@127.0.0.1:9/x",
    "PARTFLOW_DATABASE_URL": "postgresql+psycopg://app:planted-database@127.0.0.1:9/x",
    "PARTFLOW_STORE_ACCESS_KEY": "key",
    "PARTFLOW_STORE_ENDPOINT_URL": "http://127.0.0.1:9",
    "PARTFLOW_STORE_KIND": "s3",
    "PARTFLOW_STORE_SECRET_KEY": "planted-store-key",
}
WORKER = ("celery", "-A", "tasks", "worker", "-Q", "inventory", "-c", "1", "-l", "DEBUG")
PATIENCE_SECONDS = 120


@contextmanager
def started(printed: Path, *module: str, **settings: object) -> Iterator[None]:
    """Run a module with the planted settings; what it prints goes into a file."""
    own = {**os.environ, **SETTINGS, **{name: str(value) for name, value in settings.items()}}
    with printed.open("wb") as output:
        process = subprocess.Popen((sys.executable, "-m", *module), cwd=CHECKOUT, env=own, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.kill()
        process.wait()


def wait_for(printed: Path, words: str) -> None:
    began = time.monotonic()
    while words not in printed.read_text():
        assert time.monotonic() - began < PATIENCE_SECONDS, printed.read_text()
        time.sleep(0.05)


def answers(port: int, path: str, **headers: str) -> int:
    """Return the status of an answer, for which the server may still have to start."""
    began = time.monotonic()
    while True:
        try:
            return httpx2.get(f"http://127.0.0.1:{port}{path}", headers=headers, trust_env=False).status_code
        except httpx2.TransportError:
            assert time.monotonic() - began < PATIENCE_SECONDS
            time.sleep(0.05)


def test_api_prints_no_secret(tmp_path: Path) -> None:
    printed = tmp_path / "api"
    with free_port() as port, started(printed, "api", PARTFLOW_API_PORT=port, PARTFLOW_LOG_LEVEL="DEBUG"):
        assert answers(port, "/health/ready") == 503
        assert answers(port, "/parts", Authorization=f"Bearer {TOKEN}") == 503
        assert answers(port, "/parts", Authorization="Bearer planted-wrong", Cookie="session=planted-cookie") == 401
        wait_for(printed, "status=401")
    assert "127.0.0.1" in printed.read_text()
    assert "planted-" not in printed.read_text()


def test_worker_prints_no_secret(tmp_path: Path) -> None:
    printed = tmp_path / "worker"
    with started(printed, *WORKER, PARTFLOW_LOG_LEVEL="DEBUG"):
        wait_for(printed, "Cannot connect to amqp://")
    assert "127.0.0.1:9" in printed.read_text()
    assert "planted-" not in printed.read_text()


def test_command_line_prints_no_secret(tmp_path: Path) -> None:
    printed = tmp_path / "queues"
    with started(printed, "cli", "queues"):
        wait_for(printed, "RabbitMQ cannot be reached")
    assert "planted-" not in printed.read_text()
