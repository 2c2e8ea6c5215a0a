"""What is sent to the workers, and in which order."""

import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import UUID, uuid4

import pytest
from kombu.exceptions import OperationalError
from sqlalchemy import Engine, text

from engine import dispatch
from engine.cancel import cancel_batch, cancel_run
from engine.canvas import key, leaves, whole
from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Ledger, Refusal
from engine.ledger.run import RunService
from engine.ledger.stalled import ReconcileService
from models import Batch, PipelineRun
from models.session import session_scope
from schemas.intake import PartIntakeInput
from schemas.ledger import PAYLOAD_VERSION, Lane, RunState, StepState, WaitingFor
from services.part import PartService

STEPS = [("part.identify", 0), ("run.finish", 0)]


def start(batch: Batch | None = None, *, steps: Sequence[tuple[str, int]] = STEPS, run_id: UUID | None = None) -> UUID:
    with session_scope() as session:
        return RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="LM358"),
            subject=PartService.create(session).id4,
            steps=steps,
            deadline=600,
            batch=batch,
            run_id=run_id,
            lane=Lane.BULK if batch else Lane.INTERACTIVE,
        ).id


def new_batch(runs: int) -> list[UUID]:
    batch = Batch(id=uuid4(), total=runs)
    with session_scope() as session:
        session.add(batch)
    return [start(batch) for _ in range(runs)]


def get(run_id: UUID) -> PipelineRun:
    with session_scope() as session:
        return RunService.get(session, run_id)


def next_of_batches(window: int) -> list[UUID]:
    with session_scope() as session:
        return list(DispatchService.list_next_of_batches(session, window=window))


def touched_by_newer_code(run_id: UUID) -> None:
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET payload_version = :v"), {"v": PAYLOAD_VERSION + 1})


@pytest.fixture(autouse=True)
def _database(database: str) -> None:
    """Every test here has the database."""


def test_batches_take_turns() -> None:
    first, second = new_batch(3), new_batch(2)

    assert next_of_batches(4) == [first[0], second[0], first[1], second[1]]


def test_batch_that_came_later_gets_the_next_place() -> None:
    first, second = new_batch(3), new_batch(2)
    with session_scope() as session:
        DispatchService.raise_epoch(session, first[0])

    assert next_of_batches(2) == [second[0]]


def test_no_more_of_batches_than_the_window_is_on_its_way() -> None:
    runs = new_batch(3)
    with session_scope() as session:
        DispatchService.raise_epoch(session, runs[0])

    assert next_of_batches(2) == [runs[1]]
    assert next_of_batches(1) == []


def test_end_of_a_bulk_run_feeds_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    (run_id,) = new_batch(1)
    with session_scope() as session:
        run = DispatchService.raise_epoch(session, run_id)
    assert run
    tasks = [str(leaf.task) for leaf in leaves(dispatch._message(run))]

    assert tasks == ["part.identify", "run.finish", "pipelines.feed"]


def test_run_that_the_broker_does_not_take_says_so_and_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = start()
    monkeypatch.setattr(dispatch, "_message", refuse)
    dispatch.send([run_id])

    assert (get(run_id).sent_at, get(run_id).waiting_for) == (None, WaitingFor.BROKER)
    with session_scope() as session:
        assert ReconcileService.list_stalled(session, stall=60, limit=5) == [run_id]


def test_runs_behind_one_that_the_broker_does_not_take_say_so_too(monkeypatch: pytest.MonkeyPatch) -> None:
    run_ids = [start(), start()]
    monkeypatch.setattr(dispatch, "_message", refuse)
    dispatch.send(run_ids)

    assert [get(run_id).waiting_for for run_id in run_ids] == [WaitingFor.BROKER, WaitingFor.BROKER]


def test_run_that_cannot_be_built_keeps_no_other_from_being_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    odd, run_id = start(), start()
    monkeypatch.setattr("engine.dispatch.whole", unknown(odd, whole))
    dispatch.send([odd, run_id])

    assert get(run_id).sent_at
    assert get(odd).sent_at is None


def unknown(odd: UUID, whole: Callable[[PipelineRun], Any]) -> Callable[[PipelineRun], Any]:
    def of(run: PipelineRun) -> Any:
        if run.id == odd:
            raise ValueError("no such pipeline here")
        return whole(run)

    return of


def refuse(_run: PipelineRun) -> object:
    raise OperationalError("connection refused")


def test_run_touched_by_newer_code_is_left_to_it() -> None:
    run_id = start()
    with session_scope() as session:
        DispatchService.raise_epoch(session, run_id)
    touched_by_newer_code(run_id)
    with session_scope() as session:
        assert Ledger.claim(session, run_id, "part.identify", 0, epoch=1, lease=60, worker="w") is None
        assert Ledger.explain_refusal(session, run_id, "part.identify", 0, epoch=1) == Refusal.NEWER
        assert DispatchService.raise_epoch(session, run_id) is None


def test_newer_run_takes_no_place_in_the_window_of_older_code() -> None:
    newer = new_batch(1)
    touched_by_newer_code(newer[0])
    run_ids = new_batch(1)

    assert next_of_batches(1) == run_ids


def test_newer_run_is_not_sent_by_older_code() -> None:
    run_id = start()
    touched_by_newer_code(run_id)
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET progress_at = now() - interval '1 day'"))
        assert ReconcileService.list_stalled(session, stall=1, limit=5) == []


def test_step_that_the_pipeline_has_no_more_is_retired() -> None:
    run_id = start(steps=[("part.polish", 0), *STEPS])
    dispatch.send([run_id])

    first = get(run_id).steps[0]
    assert (first.name, first.state) == ("part.polish", StepState.SKIPPED)


def test_only_steps_that_the_run_was_written_with_are_sent() -> None:
    run_id = start()
    with session_scope() as session:
        run = DispatchService.raise_epoch(session, run_id)
    assert run

    assert [key(leaf) for leaf in leaves(dispatch._message(run))] == STEPS


def test_cancelled_run_is_not_sent() -> None:
    run_id = start()
    with session_scope() as session:
        cancel_run(session, run_id)
        assert DispatchService.raise_epoch(session, run_id) is None
    assert get(run_id).state == RunState.CANCELLED


def test_one_reconciler_is_enough(configure: Callable[..., None]) -> None:
    with session_scope() as one, session_scope() as other:
        assert ReconcileService.try_lock(one)
        assert not ReconcileService.try_lock(other)


def test_batch_is_cancelled_while_it_is_fed(engine: Engine) -> None:
    batch = Batch(id=uuid4(), total=2)
    with session_scope() as session:
        session.add(batch)
    later, sooner = (start(batch, run_id=UUID(int=number)) for number in (2, 1))
    with session_scope() as session:
        session.execute(text("UPDATE pipeline_runs SET created_at = (SELECT min(created_at) FROM pipeline_runs)"))
        # So that they are found in the order in which they were written, as in a table of many rows.
        session.execute(text("ANALYZE pipeline_runs"))
    with ThreadPoolExecutor(1) as pool, session_scope() as session:
        DispatchService.raise_epoch(session, sooner)
        cancelled = pool.submit(cancel, batch.id)
        wait_for_a_lock(engine)
        assert DispatchService.raise_epoch(session, later)
        session.commit()
        cancelled.result()


def cancel(batch_id: UUID) -> None:
    with session_scope() as session:
        cancel_batch(session, batch_id)


def wait_for_a_lock(engine: Engine) -> None:
    waiting = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    deadline = time.monotonic() + 20
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.scalar(waiting):
            assert time.monotonic() < deadline
            time.sleep(0.01)
