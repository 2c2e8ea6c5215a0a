"""The programs of the stack, and the environment they are given."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum

from embedded.layout import CHECKOUT, Layout
from embedded.postgres import database_url
from schemas.queue import Queue

# Another project's values under these names would reach past our settings into the libraries.
FOREIGN_PREFIXES = ("PG", "CELERY_", "FLOWER_", "PYTHON")
NO_CHATTER = ("--without-mingle", "--without-gossip")


class Phase(IntEnum):
    """The order of starting; stopping goes the other way round."""

    DATABASE = 1
    WORK = 2
    FRONT = 3


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that the supervisor keeps running, in the checkout and with the stack's environment."""

    name: str
    command: tuple[str, ...]
    stage: Phase = Phase.FRONT


def python(*words: str) -> tuple[str, ...]:
    """Start this environment's Python."""
    return sys.executable, *words


def default_programs(layout: Layout, flower_port: int) -> list[Program]:
    """List the programs beside the database: workers, dashboard, API and the clock of periodic tasks."""
    flower = ("--conf=flower/flowerconfig.py", "--address=127.0.0.1", f"--port={flower_port}")
    beat = ("beat", "-s", str(layout.data / "beat-schedule"), "-l", "INFO")
    return [
        _worker("worker-vision", "vision", "-Q", _queues(Queue.VISION), "-c", "1"),
        _worker("worker", "general", "-Q", _queues(*(queue for queue in Queue if queue != Queue.VISION)), "-c", "3"),
        Program(name="flower", command=python("-m", "celery", "-A", "tasks", "flower", *flower), stage=Phase.WORK),
        Program(name="beat", command=python("-m", "celery", "-A", "tasks", *beat)),
        Program(name="api", command=python("-m", "api")),
    ]


def child_environment(layout: Layout, api: tuple[str, int], extra: Mapping[str, str]) -> dict[str, str]:
    """Give the programs' environment: the user's, with `extra` over it, and over both what makes the stack one.

    Broker and object store are folders here, unless `extra` names others.
    """
    folders = {
        "PARTFLOW_BROKER_URL": "filesystem://",
        "PARTFLOW_BROKER_FOLDER": str(layout.broker),
        "PARTFLOW_STORE_KIND": "folder",
        "PARTFLOW_STORE_FOLDER": str(layout.objects),
    }
    own = {
        "PARTFLOW_DATABASE_URL": database_url(layout),
        "PARTFLOW_API_HOST": api[0],
        "PARTFLOW_API_PORT": str(api[1]),
        "TMPDIR": str(layout.temporary),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        "REMAP_SIGTERM": "SIGQUIT",
    }
    kept = {name: value for name, value in os.environ.items() if not name.startswith(FOREIGN_PREFIXES)}
    if "PYTHONDONTWRITEBYTECODE" in os.environ:
        kept["PYTHONDONTWRITEBYTECODE"] = "1"
    return {**kept, **folders, **extra, **own}


def _queues(*queues: Queue) -> str:
    return ",".join(name for queue in queues for name in queue.names)


def _worker(name: str, node: str, *options: str) -> Program:
    words = ("-A", "tasks", "worker", *options, "-n", f"{node}@%h", "-O", "fair", "-l", "INFO", *NO_CHATTER)
    return Program(name=name, command=python("-m", "celery", *words), stage=Phase.WORK)
