"""Steps that no pipeline has, for workers of tests: `celery -A tests.support.odd_steps worker`."""

import os
import signal
import time
from typing import ClassVar
from uuid import UUID

from celery import shared_task
from sqlalchemy.orm import Session

from engine.ledger.dispatch import DispatchService
from engine.ledger.ledger import Claim
from engine.ledger.run import RunService
from engine.step.step import Step
from engine.step.task import as_task
from engine.worker.routes import Queue, assign, bulk_queue
from models.session import session_scope
from schemas.intake import PartIntakeInput
from schemas.ledger import Lane, Nothing
from tasks import celery_app

app = celery_app


class _Odd(Step[str, Nothing]):
    queue = Queue.INVENTORY
    output = Nothing

    def load(self, session: Session, claim: Claim) -> str:
        return ""


class Poison(_Odd):
    """Takes its process down each time."""

    name = "test.poison"

    def work(self, given: str) -> Nothing:
        os.kill(os.getpid(), signal.SIGKILL)
        return Nothing()


class Harmless(_Odd):
    """Does nothing, and takes a moment for it."""

    name = "test.harmless"
    seconds: ClassVar = 0.1

    def work(self, given: str) -> Nothing:
        time.sleep(self.seconds)
        return Nothing()


class Slow(_Odd):
    """Takes a minute the first time, and none the second."""

    name = "test.slow"

    def load(self, session: Session, claim: Claim) -> str:
        return "again" if claim.attempt > 1 else ""

    def work(self, given: str) -> Nothing:
        time.sleep(0 if given else 60)
        return Nothing()


poison, harmless, slow = as_task(Poison()), as_task(Harmless()), as_task(Slow())


@shared_task(name="test.crash")
def crash() -> None:
    """Kill the worker itself, so that the broker has to send the message again."""
    os.kill(os.getppid(), signal.SIGKILL)


assign("test.crash", Queue.INVENTORY)


def send(name: str, count: int = 1, *, lane: Lane = Lane.INTERACTIVE) -> None:
    """Start runs of one step each, and print their ids; called in a process of its own, which has its own broker."""
    queue = bulk_queue(name) if lane == Lane.BULK else Queue.INVENTORY.value
    with celery_app.producer_pool.acquire(block=True) as producer:
        assert producer.channel  # connects, so that what a run says about when it was sent is true
        for _ in range(count):
            run_id = _start(name)
            celery_app.tasks[name].si(str(run_id), 0, 1).apply_async(queue=queue, producer=producer)
            print(run_id)


def send_later() -> None:
    """Send a message that is to be delivered in a second."""
    crash.apply_async(countdown=1)


def _start(name: str) -> UUID:
    with session_scope() as session:
        run = RunService.create(
            session,
            "part_intake",
            PartIntakeInput(manufacturer_code="LM358"),
            subject=None,
            steps=[(name, 0)],
            deadline=600,
        )
    with session_scope() as session:
        assert DispatchService.raise_epoch(session, run.id)
    return run.id
