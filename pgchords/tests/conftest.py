"""A PostgreSQL with the tables, a broker, and the messages that an app sends."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from celery import Celery
from celery.app.task import Context
from celery.signals import before_task_publish
from sqlalchemy import Engine, create_engine

from embedded import EmbeddedError, private_postgres, private_rabbitmq
from pgchords import metadata
from pgchords.tests.app import CONFIGURATION, make_app

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def database_url() -> Iterator[str]:
    """Serve a database with the tables, as migrations would make them."""
    with private_postgres() as url:
        engine = create_engine(url)
        metadata.create_all(engine)
        engine.dispose()
        yield url


@pytest.fixture(scope="session")
def database(database_url: str) -> Iterator[Engine]:
    """Connect to it, past the backend."""
    engine = create_engine(database_url)
    yield engine
    engine.dispose()


@pytest.fixture(scope="session")
def broker_url() -> Iterator[str]:
    """Serve a RabbitMQ, where there is one."""
    try:
        with private_rabbitmq() as broker:
            yield broker.url
    except EmbeddedError as error:
        pytest.skip(str(error))


@dataclass(frozen=True)
class Sent:
    """A message, as the worker that gets it would see it."""

    name: str
    args: list[Any]
    request: Context

    @property
    def id(self) -> str:
        return str(self.request.id)


@pytest.fixture
def sent() -> Iterator[list[Sent]]:
    """Collect the messages that are sent."""
    messages: list[Sent] = []

    def collect(headers: dict[str, Any], body: Any, **_: Any) -> None:
        args, kwargs, embed = json.loads(json.dumps(body, default=str))
        request = Context({**headers, **embed, "args": args, "kwargs": kwargs, "delivery_info": {}})
        messages.append(Sent(headers["task"], args, request))

    before_task_publish.connect(collect, weak=False)
    yield messages
    before_task_publish.disconnect(collect)


@pytest.fixture
def make(database_url: str) -> Callable[..., Celery]:
    """Return a function that makes an app with the backend, and a broker in memory of its own."""

    def make_one(backend: str = "pgchords.Backend", **configuration: Any) -> Celery:
        defaults = {"broker_url": f"memory://{uuid4().hex}", "result_backend": f"{backend}+{database_url}"}
        return make_app(**(defaults | configuration))

    return make_one


@pytest.fixture
def app(make: Callable[..., Celery]) -> Celery:
    return make()


@contextmanager
def worker(folder: Path, configuration: dict[str, Any]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker of two processes; it is killed at the end, with its children."""
    command = ["setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "celery", "-A", "pgchords.tests.app", "worker"]
    options = ["-c", "2", "--without-mingle", "--without-gossip", "-n", f"{folder.name}@%h"]
    environment = {**os.environ, CONFIGURATION: json.dumps(configuration)}
    with (folder / "worker.log").open("wb") as log:
        process = subprocess.Popen(
            [*command, *options], cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True
        )
        try:
            yield process
        finally:
            kill(process)


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill a worker with its children, as the kernel does when memory runs out."""
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
