"""Real beats, and what Celery makes of ours."""

from collections.abc import Callable
from pathlib import Path

import pytest
from celery.beat import Service

from engine.beat import BeatScheduler
from models.session import disconnect
from tasks.app import app
from tests.support.two_beats import beats, two_beats
from tests.support.workers import PATIENCE_SECONDS


def test_killed_leader_is_taken_over_from(database: str, tmp_path: Path) -> None:
    environment = {
        "PARTFLOW_DATABASE_URL": database,
        "PARTFLOW_BROKER_URL": "filesystem://",
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_ENGINE_RECONCILE_SECONDS": "1",
    }
    with two_beats(tmp_path, environment) as running:
        assert running.kill_leader() < PATIENCE_SECONDS


@pytest.fixture
def scheduler(database: str, monkeypatch: pytest.MonkeyPatch) -> BeatScheduler:
    monkeypatch.setattr(app, "send_task", lambda *_args, **_options: None)
    return BeatScheduler(app=app)


def test_beat_without_its_database_comes_back(
    database: str, scheduler: BeatScheduler, configure: Callable[..., None]
) -> None:
    configure(DATABASE_URL="postgresql+psycopg://127.0.0.1:1/none")
    assert scheduler.tick() == 1
    scheduler.close()
    disconnect()
    configure(DATABASE_URL=database)
    assert scheduler.tick() == 1
    assert [each.leads for each in beats()] == [True]


def test_closed_beat_leads_no_more(scheduler: BeatScheduler) -> None:
    scheduler.tick()
    scheduler.close()

    assert beats() == []


def test_signal_in_the_middle_of_a_look_waits_for_nothing(
    scheduler: BeatScheduler, monkeypatch: pytest.MonkeyPatch
) -> None:
    scheduler.tick()
    monkeypatch.setattr(scheduler._firer, "look", scheduler.close)
    scheduler.tick()

    assert [each.leads for each in beats()] == [True]


def test_celery_finds_our_scheduler_and_makes_it_without_a_database(configure: Callable[..., None]) -> None:
    configure(DATABASE_URL="postgresql+psycopg://127.0.0.1:1/none")
    service = Service(app, scheduler_cls=app.conf.beat_scheduler)

    assert isinstance(service.get_scheduler(lazy=True), BeatScheduler)
    assert service.scheduler.max_interval == 1
