"""Servers and workers of the benchmarks, as ordinary processes."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from cli.migrate import CHECKOUT, migrate
from embedded import EmbeddedError, private_postgres, private_rabbitmq
from settings import get_settings

READY_SECONDS = 60.0


@contextmanager
def servers() -> Iterator[str]:
    """Serve PostgreSQL and RabbitMQ, and let this process and the workers it starts use them; yields the database.

    Raises:
        NotInstalled: there is no RabbitMQ on this machine.
    """
    with private_postgres() as database, private_rabbitmq() as rabbitmq, tempfile.TemporaryDirectory() as folder:
        os.environ.update(
            PARTFLOW_DATABASE_URL=database,
            PARTFLOW_BROKER_URL=rabbitmq.url,
            PARTFLOW_STORE_FOLDER=str(Path(folder) / "objects"),
            PARTFLOW_LOG_LEVEL="WARNING",
        )
        get_settings.cache_clear()
        migrate(database)
        yield database


@contextmanager
def worker(app: str, *, processes: int, queues: str) -> Iterator[int]:
    """Run a worker of a Celery app until the block ends; ready when it begins. Yields its process id.

    Raises:
        EmbeddedError: it does not come up.
    """
    words = ("-m", "celery", "-A", app, "worker", "-Q", queues, "-c", str(processes), "-l", "WARNING")
    quiet = ("-n", f"bench{processes}@localhost", "-O", "fair", "--without-mingle", "--without-gossip")
    with ExitStack() as stack:
        log = stack.enter_context(tempfile.NamedTemporaryFile("w+"))
        process = subprocess.Popen((sys.executable, *words, *quiet), cwd=CHECKOUT, stdout=log, stderr=log)
        try:
            _wait_until_ready(process, Path(log.name))
            yield process.pid
        finally:
            process.terminate()
            process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    from tasks import celery_app

    began = time.monotonic()
    while not celery_app.control.ping(timeout=0.5):
        if process.poll() is not None or time.monotonic() - began > READY_SECONDS:
            raise EmbeddedError(f"The worker does not come up:\n{log.read_text()[-2000:]}")
