"""Real workers on both brokers: what dies, what stops and what is bulk stands in nobody's way."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from uuid import UUID

import pytest
import yaml
from sqlalchemy import func, select

from embedded.layout import CHECKOUT
from models.session import session_scope
from schemas.ledger import DONE, StepState
from schemas.queue import Queue
from tests.support.elsewhere import Elsewhere, Environment
from tests.support.workers import PATIENCE_SECONDS, eventually, step, worker


@pytest.fixture(params=["filesystem", "rabbitmq"])
def broker(request: pytest.FixtureRequest, database: str, tmp_path: Path) -> Environment:
    url = "filesystem://" if request.param == "filesystem" else request.getfixturevalue("rabbitmq").url
    return {
        "PARTFLOW_DATABASE_URL": database,
        "PARTFLOW_BROKER_URL": url,
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_ENGINE_STOP_SECONDS": "1",
        "PARTFLOW_ENGINE_LEASE_SECONDS": "60",
        "PARTFLOW_ENGINE_MAX_ATTEMPTS": "2",
    }


def now() -> datetime:
    """Return the time by the clock of the ledger."""
    with session_scope() as session:
        return session.scalars(select(func.now())).one()


def ended(run_id: UUID) -> Callable[[], bool]:
    return lambda: step(run_id).state in DONE


def test_poison_stops_after_its_attempts_and_blocks_nobody(
    broker: Environment, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    log = tmp_path / "worker"
    with worker(log, broker, Queue.INVENTORY):
        (poison,) = elsewhere.send(broker, "test.poison")
        others = elsewhere.send(broker, "test.harmless", 3)
        for run_id in [poison, *others]:
            eventually(ended(run_id), log)

    assert (step(poison).state, step(poison).reason, step(poison).attempt) == (StepState.GAP, "worker_lost", 3)
    assert {step(run_id).state for run_id in others} == {StepState.SUCCEEDED}


def test_stopped_worker_hands_its_step_to_another_at_once(
    broker: Environment, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    log = tmp_path / "worker"
    with worker(log, broker, Queue.INVENTORY) as first:
        (run_id,) = elsewhere.send(broker, "test.slow")
        eventually(lambda: step(run_id).state == StepState.RUNNING, log)
        first.terminate()
        first.wait(PATIENCE_SECONDS)
        with worker(tmp_path / "second", broker, Queue.INVENTORY):
            waited = eventually(ended(run_id), tmp_path / "second")

    assert (step(run_id).state, step(run_id).attempt) == (StepState.SUCCEEDED, 2)
    assert step(run_id).postponed == 1
    assert waited < 30


@pytest.mark.parametrize("broker", ["rabbitmq"], indirect=True)
def test_worker_that_is_stopped_under_load_loses_no_run_within_the_grace_of_the_chart(
    broker: Environment, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    values = yaml.safe_load((CHECKOUT / "charts/partflow/values.yaml").read_text())
    log = tmp_path / "worker"
    with worker(log, broker, Queue.INVENTORY, processes=2) as stopped:
        (slow,) = elsewhere.send(broker, "test.slow")
        runs = [slow, *elsewhere.send(broker, "test.harmless", 20)]
        eventually(lambda: step(slow).state == StepState.RUNNING and step(runs[1]).state in DONE, log)
        stopped.terminate()
        waited = eventually(lambda: stopped.poll() is not None, log)
        left = [run_id for run_id in runs if step(run_id).state not in DONE]
        with worker(tmp_path / "second", broker, Queue.INVENTORY, processes=2):
            for run_id in left:
                eventually(ended(run_id), tmp_path / "second")

    # It has the same time beyond that in which it goes on, which is a second here.
    assert waited < 1 + values["graceSeconds"] - values["stopSeconds"]
    assert slow in left
    assert {step(run_id).state for run_id in runs} == {StepState.SUCCEEDED}


def test_bulk_delays_a_person_by_a_few_tasks_of_many(broker: Environment, elsewhere: Elsewhere, tmp_path: Path) -> None:
    log = tmp_path / "worker"
    bulk = elsewhere.send(broker, "test.harmless", 200, lane="bulk")
    with worker(log, broker, Queue.INVENTORY):
        eventually(ended(bulk[0]), log)
        (photo,) = elsewhere.send(broker, "test.harmless")
        sent = now()
        eventually(ended(photo), log)
        begun = [step(run_id).started_at for run_id in bulk]
        taken = step(photo).started_at

    assert taken
    assert sum(sent < each < taken for each in begun if each) <= 3
    assert any(step(run_id).state not in DONE for run_id in bulk)


def test_unknown_step_is_left_for_newer_code(broker: Environment, elsewhere: Elsewhere, tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "new"
    with worker(old, broker, Queue.INVENTORY):
        (run_id,) = elsewhere.send(broker, "test.newer")
        eventually(lambda: b"left for newer code" in old.read_bytes(), old)
    assert (step(run_id).state, step(run_id).attempt) == (StepState.PENDING, 0)

    with worker(new, broker, Queue.INVENTORY, app="tests.support.newer_steps"):
        elsewhere.run(broker, f"newer.delay({str(run_id)!r}, 0, 1)")
        eventually(ended(run_id), new)
    assert step(run_id).state == StepState.SUCCEEDED
