"""Real workers are killed in the middle of it; each chord's body runs all the same, and as one task."""

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, chord
from sqlalchemy import Engine, func, select, update

from pgchords.tables import chords
from pgchords.tests.app import make_app
from pgchords.tests.conftest import kill, worker

SECONDS = 60


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("killed")


@pytest.fixture(scope="module")
def configuration(database_url: str, broker_url: str, folder: Path) -> dict[str, Any]:
    return {
        "broker_url": broker_url,
        "result_backend": f"pgchords.Backend+{database_url}",
        "task_default_queue": folder.name,
    }


@pytest.fixture
def app(configuration: dict[str, Any]) -> Iterator[Celery]:
    with make_app(**configuration) as app:
        yield app


@pytest.fixture(scope="module")
def running(configuration: dict[str, Any], database_url: str, folder: Path) -> Iterator[None]:
    """Have one worker running that dies on order, unlike the app here; the processes that it loses are replaced."""
    mortal = {"result_backend": f"pgchords.tests.app.Mortal+{database_url}", "orders": str(folder)}
    with worker(folder, configuration | mortal):
        yield


def start(app: Celery, tmp_path: Path, part: str, *values: Any) -> Any:
    """Start a chord whose body writes down its id; returns the body's result."""
    body = app.signature("note", kwargs={"path": str(tmp_path / "noted")})
    return chord([app.signature(part, (value,)) for value in values], body, app=app).apply_async()


def end_leases(database: Engine) -> None:
    with database.begin() as connection:
        connection.execute(update(chords).where(chords.c.state == "claimed").values(leased_until=func.now()))


def heal(app: Celery, database: Engine, result: Any) -> None:
    """Let the reaper do its work until the body has run and the chord is done, and once more."""
    state = select(chords.c.state).where(chords.c.group_id == result.parent.id)

    def is_done() -> bool:
        app.backend.reap()  # type: ignore[attr-defined] # of pgchords.Backend
        with database.connect() as connection:
            return connection.scalar(state) == "done" and bool(result.ready())

    wait_until(is_done)
    assert app.backend.reap() == 0  # type: ignore[attr-defined] # of pgchords.Backend


@pytest.mark.parametrize(
    ("point", "messages"),
    [("before_chord_claim", 1), ("after_chord_claim", 1), ("before_chord_publish", 1), ("after_chord_publish", 2)],
)
def test_body_runs_though_a_worker_dies(
    app: Celery, database: Engine, running: None, folder: Path, tmp_path: Path, point: str, messages: int
) -> None:
    (folder / point).touch()

    result = start(app, tmp_path, "ident", 1, 2)
    wait_until(lambda: not (folder / point).exists())
    if point != "before_chord_claim":
        end_leases(database)
    heal(app, database, result)

    assert result.result == [1, 2]
    assert wait_for_lines(tmp_path / "noted", messages) == [result.id] * messages


def test_chord_goes_on_in_another_worker(
    app: Celery, database: Engine, configuration: dict[str, Any], tmp_path: Path
) -> None:
    elsewhere = configuration | {"task_default_queue": tmp_path.name}
    app.conf.update(elsewhere)
    with worker(tmp_path, elsewhere) as first:
        result = start(app, tmp_path, "rest", *[0.3] * 6)
        wait_until(app.AsyncResult(result.parent.results[0].id).ready)
        kill(first)
    with worker(tmp_path, elsewhere):
        heal(app, database, result)

    assert result.result == [0.3] * 6
    assert (tmp_path / "noted").read_text().split() == [result.id]


def wait_for_lines(path: Path, count: int) -> list[str]:
    wait_until(lambda: path.exists() and len(path.read_text().split()) >= count)
    return path.read_text().split()


def wait_until(condition: Callable[[], object]) -> None:
    deadline = time.monotonic() + SECONDS
    while not condition():
        assert time.monotonic() < deadline
        time.sleep(0.05)
