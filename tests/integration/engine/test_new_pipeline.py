"""A pipeline that only this test has: registered, started over HTTP, killed, resumed."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from embedded.layout import CHECKOUT
from embedded.ports import reserve_port
from tests.support.elsewhere import Environment
from tests.support.workers import eventually, worker

APP = "tests.support.weighing"
SERVE = f"import sys, {APP}; from api.__main__ import main; sys.exit(main())"


@pytest.fixture
def environment(database: str, tmp_path: Path) -> Environment:
    return {
        "PARTFLOW_DATABASE_URL": database,
        "PARTFLOW_BROKER_URL": "filesystem://",
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_STORE_FOLDER": str(tmp_path / "objects"),
        "PARTFLOW_ENGINE_LEASE_SECONDS": "1",
    }


@pytest.fixture
def client(environment: Environment, tmp_path: Path) -> Iterator[httpx2.Client]:
    port, log = reserve_port(None, first=18_080), tmp_path / "api.log"
    ours = {**os.environ, **environment, "PYTHONPATH": str(CHECKOUT), "PARTFLOW_API_PORT": str(port.number)}
    with log.open("wb") as output:
        server = subprocess.Popen([sys.executable, "-c", SERVE], env=ours, stdout=output, stderr=output)
    with httpx2.Client(base_url=f"http://127.0.0.1:{port.number}", trust_env=False) as client:
        try:
            eventually(lambda: is_up(client), log)
            yield client
        finally:
            server.kill()
            server.wait()
            port.close()


def is_up(client: httpx2.Client) -> bool:
    try:
        return client.get("/health").is_success
    except httpx2.TransportError:
        return False


def started(client: httpx2.Client, folder: Path) -> str:
    answer = client.post("/pipelines/weighing/runs", json={"grams": [1, 20, 300], "folder": str(folder)})
    assert answer.status_code == 202, answer.text
    return str(answer.headers["Location"])


def shown(client: httpx2.Client, run: str) -> Any:
    return client.get(run).json()


def states(client: httpx2.Client, run: str) -> dict[str, str]:
    return {f"{step['name']}.{step['index']}": step["state"] for step in shown(client, run)["steps"]}


def test_killed_worker_is_replaced(client: httpx2.Client, environment: Environment, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    (tmp_path / "hold").touch()
    run = started(client, tmp_path)
    assert shown(client, run)["progress"] == {"done": 0, "total": 5}
    with worker(log, environment, app=APP) as process:
        eventually(lambda: "running" in states(client, run).values(), log)
        process.kill()
    (tmp_path / "hold").unlink()
    with worker(log, environment, app=APP):
        eventually(lambda: shown(client, run)["state"] == "succeeded", log)

    assert set(states(client, run).values()) == {"succeeded"}


def test_failed_run_is_resumed(client: httpx2.Client, environment: Environment, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    (tmp_path / "broken").touch()
    run = started(client, tmp_path)
    with worker(log, environment, app=APP):
        eventually(lambda: shown(client, run)["state"] == "failed", log)
        assert shown(client, run)["error"] == "test.total: the scales are broken"
        (tmp_path / "broken").unlink()
        assert client.post(f"{run}/resume", json={}).status_code == 202
        eventually(lambda: shown(client, run)["state"] == "succeeded", log)

    attempts = {step["name"]: step["attempt"] for step in shown(client, run)["steps"]}
    assert attempts == {"test.weigh": 1, "test.total": 2, "run.finish": 1}


def test_bad_body_names_its_field(client: httpx2.Client) -> None:
    answer = client.post("/pipelines/weighing/runs", json={"grams": "many", "folder": ""})

    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_input")
    assert answer.json()["details"]["field"] == "grams"
