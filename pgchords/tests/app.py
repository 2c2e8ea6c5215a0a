"""Celery apps for the tests, their tasks, and a backend that dies where a test wants it to."""

import json
import os
import signal
import time
from pathlib import Path
from typing import Any

from celery import Celery, Task, shared_task
from sqlalchemy.exc import OperationalError

from pgchords import Backend

CONFIGURATION = "PGCHORDS_TEST_CONFIGURATION"
"The environment variable that tells a worker process its configuration, as JSON."

DEFAULTS: dict[str, Any] = {
    "broker_connection_retry_on_startup": True,
    "broker_connection_timeout": 2,
    "imports": ["pgchords.reaper"],
    "result_chord_retry_interval": 0.2,
    "result_expires": 3600,
    "task_acks_late": True,
    "task_allow_error_cb_on_chord_header": False,
    "task_reject_on_worker_lost": True,
    "worker_prefetch_multiplier": 1,
}


def make_app(**configuration: Any) -> Celery:
    """Return an app of its own."""
    made = Celery("pgchords.tests", set_as_current=False)
    made.conf.update(DEFAULTS, **configuration)
    return made


class Mortal(Backend):
    """Kills its process at a point for which there is a file, once."""

    def at(self, point: str) -> None:
        order = Path(self.app.conf.orders) / point
        if order.exists():
            order.unlink()
            os.kill(os.getpid(), signal.SIGKILL)


@shared_task(name="ident")
def ident(value: Any) -> Any:
    return value


@shared_task(name="rest")
def rest(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


@shared_task(name="add")
def add(left: Any, right: Any) -> Any:
    return left + right


@shared_task(name="total")
def total(values: Any) -> Any:
    return sum(map(total, values)) if isinstance(values, list) else values


@shared_task(name="large")
def large(size: int) -> str:
    return "x" * size


@shared_task(name="fail")
def fail(*_: Any, message: str = "no") -> None:
    raise ValueError(message)


@shared_task(name="fail_in_database")
def fail_in_database() -> None:
    raise OperationalError("SELECT 1", {}, Exception("the part's own database is away"))


@shared_task(name="ignored", ignore_result=True)
def ignored(value: Any) -> Any:
    return value


@shared_task(name="try_twice", bind=True, default_retry_delay=0)
def try_twice(self: Task[[Any], Any], value: Any) -> Any:
    if not self.request.retries:
        raise self.retry(countdown=0)
    return value


@shared_task(name="replaced", bind=True)
def replaced(self: Task[[Any], Any], canvas: Any) -> None:
    self.replace(self.app.signature(canvas))


@shared_task(name="note", bind=True)
def note(self: Task[[Any, str], Any], value: Any, path: str) -> Any:
    """Write down that it ran, and as which task."""
    with Path(path).open("a") as file:
        file.write(f"{self.request.id}\n")
    return value


@shared_task(name="note_error")
def note_error(request: Any, error: Exception, traceback: str | None, path: str) -> None:
    with Path(path).open("a") as file:
        file.write(f"{type(error).__name__}\n")


app = make_app(**json.loads(os.environ.get(CONFIGURATION, "{}")))
