"""A pipeline that only this test has: registered, started over HTTP, killed, resumed."""

from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient

import tests.support.weighing  # noqa: F401 - registers the pipeline
from api.app import create_app
from tests.support.workers import Environment, eventually, run_python, worker

APP = "tests.support.weighing"


@pytest.fixture
def environment(database: str, tmp_path: Path) -> Environment:
    return {
        "PARTFLOW_DATABASE_URL": database,
        "PARTFLOW_BROKER_URL": "filesystem://",
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_ENGINE_LEASE_SECONDS": "1",
        "PARTFLOW_ENGINE_RECONCILE_SECONDS": "1",
    }


@pytest.fixture
def client(database: str) -> FlaskClient:
    return create_app().test_client()


def started(client: FlaskClient, folder: Path) -> str:
    answer = client.post("/pipelines/weighing/runs", json={"grams": [1, 20, 300], "folder": str(folder)})
    assert answer.status_code == 202, answer.text
    return str(answer.get_json()["runs"][0]["links"]["self"])


def shown(client: FlaskClient, run: str) -> Any:
    return client.get(run).get_json()


def states(client: FlaskClient, run: str) -> dict[str, str]:
    return {f"{step['name']}.{step['index']}": step["state"] for step in shown(client, run)["steps"]}


def reconcile(environment: Environment) -> None:
    """Send what is not sent; Celery in the process of the test is not on the test's broker."""
    run_python(environment, "import tests.support.weighing; from engine.reconcile import reconcile; reconcile()")


def test_killed_worker_is_replaced(client: FlaskClient, environment: Environment, tmp_path: Path) -> None:
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


def test_failed_run_is_resumed(client: FlaskClient, environment: Environment, tmp_path: Path) -> None:
    log = tmp_path / "worker.log"
    (tmp_path / "broken").touch()
    run = started(client, tmp_path)
    with worker(log, environment, app=APP):
        eventually(lambda: shown(client, run)["state"] == "failed", log)
        assert shown(client, run)["error"] == "test.total: the scales are broken"
        (tmp_path / "broken").unlink()
        assert client.post(f"{run}/resume", json={}).status_code == 202
        reconcile(environment)
        eventually(lambda: shown(client, run)["state"] == "succeeded", log)

    attempts = {step["name"]: step["attempt"] for step in shown(client, run)["steps"]}
    assert attempts == {"test.weigh": 1, "test.total": 2, "run.finish": 1}


def test_bad_body_names_its_field(client: FlaskClient) -> None:
    answer = client.post("/pipelines/weighing/runs", json={"grams": "many", "folder": ""})

    assert (answer.status_code, answer.get_json()["code"]) == (400, "invalid_input")
    assert answer.get_json()["details"]["field"] == "grams"
