"""The programs of the stack, and the environment they are given."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum

from embedded.layout import CHECKOUT, Layout
from embedded.postgres import database_url
from schemas.queue import Queue

# What programs read of the user's environment: settings, where things are, languages, certificates and proxies, and the
# keys of an object store. Other projects' values and secrets stay outside.
PASSED_NAMES = frozenset(
    {
        *("PATH", "HOME", "LANG", "LANGUAGE", "TZ", "LD_LIBRARY_PATH", "PYTHONDONTWRITEBYTECODE"),
        *("SSL_CERT_FILE", "SSL_CERT_DIR", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
        *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
    }
)
PASSED_PREFIXES = ("PARTFLOW_", "OPENAI_", "AWS_", "LC_", "FLOWER_")

MODEL_KEYS = ("OPENAI_API_KEY",)
STORE_KEYS = (
    *("PARTFLOW_STORE_ACCESS_KEY", "PARTFLOW_STORE_SECRET_KEY"),
    *("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"),
)
DATABASE = ("PARTFLOW_DATABASE_URL",)
API_TOKEN = ("PARTFLOW_API_TOKEN",)
FLOWER_KEYS = ("FLOWER_BASIC_AUTH", "FLOWER_COOKIE_SECRET", "FLOWER_OAUTH2_KEY", "FLOWER_OAUTH2_SECRET")
METRICS = ("PROMETHEUS_MULTIPROC_DIR",)
"The folder of the metrics of all programs but those that have none of ours."
# A setting that asks for the model's key, which the program does not have.
NO_MODEL = {"PARTFLOW_ASSISTANT_KIND": "local"}
NO_CHATTER = ("--without-mingle", "--without-gossip")
APART = (Queue.VISION, Queue.FETCH, Queue.DOCUMENTS, Queue.MAINTENANCE)
"The work on hostile files and sites, and on the engine itself, with workers of its own."


class Phase(IntEnum):
    """The order of starting; stopping goes the other way round."""

    DATABASE = 1
    WORK = 2
    FRONT = 3


@dataclass(frozen=True, kw_only=True)
class Program:
    """A program that the supervisor keeps running, in the checkout and with the stack's environment.

    `unread` names the secrets of the environment that it does not read and so does not get; `instead` are values that
    everybody may see.
    """

    name: str
    command: tuple[str, ...]
    stage: Phase = Phase.FRONT
    unread: tuple[str, ...] = ()
    instead: Mapping[str, str] = field(default_factory=dict)


def python(*words: str) -> tuple[str, ...]:
    """Start this environment's Python."""
    return sys.executable, *words


def default_programs(layout: Layout, flower_port: int) -> list[Program]:
    """List the programs beside the database: workers, dashboard, API and the clock of periodic tasks."""
    flower = (
        "-A",
        "tasks.bare",
        "flower",
        "--conf=flower/flowerconfig.py",
        "--address=127.0.0.1",
        f"--port={flower_port}",
        f"--db={layout.data / 'flower'}",
    )
    watching = (*MODEL_KEYS, *STORE_KEYS)
    return [
        _worker("worker-vision", "vision", Queue.VISION, processes=1, without=MODEL_KEYS),
        # More than may fetch from one host, so that a slow host leaves some to the others.
        _worker("worker-fetch", "fetch", Queue.FETCH, processes=6, without=MODEL_KEYS),
        # Nobody waits for it, so the others come first.
        _worker(
            "worker-documents",
            "documents",
            Queue.DOCUMENTS,
            processes=1,
            without=MODEL_KEYS,
            before=("nice", "-n", "10"),
        ),
        _worker("worker", "general", *(queue for queue in Queue if queue not in APART), processes=2),
        # Whatever holds the other processes up, what puts it right goes on.
        _worker("worker-maintenance", "maintenance", Queue.MAINTENANCE, processes=1, without=MODEL_KEYS),
        Program(
            name="flower",
            command=python("-m", "api.dashboard", *flower),
            stage=Phase.WORK,
            unread=(*watching, *DATABASE, *METRICS),
            instead=NO_MODEL,
        ),
        Program(
            name="beat",
            command=python("-m", "celery", "-A", "tasks.bare", "beat", "-l", "INFO"),
            unread=(*watching, *API_TOKEN, *FLOWER_KEYS, *METRICS),
            instead=NO_MODEL,
        ),
        Program(name="api", command=python("-m", "api"), unread=FLOWER_KEYS),
    ]


def child_environment(layout: Layout, api: tuple[str, int], extra: Mapping[str, str]) -> dict[str, str]:
    """Give the programs' environment: of the user's what they read, then `extra`, then the stack's own, which wins.

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
        METRICS[0]: str(layout.metrics),
        "PYTHONPATH": str(CHECKOUT),
        "PYTHONUNBUFFERED": "1",
        "REMAP_SIGTERM": "SIGQUIT",
    }
    kept = {
        name: value for name, value in os.environ.items() if name in PASSED_NAMES or name.startswith(PASSED_PREFIXES)
    }
    return {**kept, **folders, **extra, **own}


def _worker(
    name: str,
    node: str,
    *queues: Queue,
    processes: int,
    without: tuple[str, ...] = (),
    before: tuple[str, ...] = (),
) -> Program:
    taken = ",".join(each for queue in queues for each in queue.names)
    options = ("-Q", taken, "-c", str(processes), "-n", f"{node}@%h", "-O", "fair", "-l", "INFO", *NO_CHATTER)
    return Program(
        name=name,
        command=(*before, *python("-m", "celery", "-A", "tasks", "worker", *options)),
        stage=Phase.WORK,
        unread=(*API_TOKEN, *FLOWER_KEYS, *without),
        instead=NO_MODEL if without else {},
    )
