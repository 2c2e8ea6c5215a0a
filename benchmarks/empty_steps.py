"""A pipeline of steps that do nothing, beside plain Celery tasks that do nothing: what the engine itself costs.

Workers of the benchmark import this module; it is not shipped.
"""

from typing import Any

import psycopg
from celery import chain, shared_task
from celery.canvas import Signature
from sqlalchemy.orm import Session

from engine.ledger.ledger import Claim
from engine.ledger.run import RunService
from engine.step.settlement import heal
from engine.step.step import Step
from engine.step.task import as_task
from engine.worker.routes import Queue, assign
from schemas.ledger import Gap, Nothing
from settings import get_settings
from tasks import celery_app

STEPS = 12
DONE = "empty_steps_done"
"The channel that says when the last task of a chain has run."

app = celery_app
"For `celery -A benchmarks.empty_steps`."


class Empty(Step[None, Nothing]):
    """A step with nothing to do."""

    name = "bench.empty"
    queue = Queue.INVENTORY
    output = Nothing

    def load(self, session: Session, claim: Claim) -> None:
        """There is nothing to gather."""

    def work(self, given: None) -> Nothing:
        """There is nothing to do."""
        return Nothing()


class Finish(Empty):
    """The last of them, which ends the run."""

    name = "bench.finish"

    def record(self, session: Session, claim: Claim, output: Nothing) -> Gap | None:
        """End the run."""
        RunService.finish(session, claim.run_id, heal=heal())
        return None


empty = as_task(Empty())
finish = as_task(Finish())

for task in ("bench.plain", "bench.kept", "bench.done"):
    assign(task, Queue.INVENTORY)


@shared_task(name="bench.plain")
def plain() -> None:
    """Do nothing, and keep no result."""


@shared_task(name="bench.kept", ignore_result=False)
def kept() -> None:
    """Do nothing, and keep the result of it."""


@shared_task(name="bench.done")
def done(name: str) -> None:
    """Tell the benchmark that a chain has come to its end."""
    address = get_settings().database.url.get_secret_value().replace("postgresql+psycopg", "postgresql", 1)
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute("SELECT pg_notify(%s, %s)", (DONE, name))


def steps() -> list[tuple[str, int]]:
    """Return the steps of a run, by name and index."""
    return [*((Empty.name, index) for index in range(STEPS - 1)), (Finish.name, 0)]


def ledger_chain(name: str, run_id: str, epoch: int) -> Signature[Any]:
    """Return the canvas of a run of empty steps; it tells when it has come to its end."""
    empties = (empty.si(run_id, index, epoch) for index in range(STEPS - 1))
    return chain(*empties, finish.si(run_id, 0, epoch), done.si(name))


def plain_chain(name: str, *, keep: bool) -> Signature[Any]:
    """Return as many plain tasks in a chain, and the one that tells."""
    task = kept if keep else plain
    return chain(*(task.si() for _ in range(STEPS)), done.si(name))
