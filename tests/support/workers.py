"""Real worker processes for tests, on a broker of the test's choice."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import UUID

from sqlalchemy import select

from embedded.layout import CHECKOUT
from models import PipelineStep
from models.session import session_scope
from schemas.queue import Queue
from tests.support.processes import children_of

PATIENCE_SECONDS = 120.0


@contextmanager
def worker(
    log: Path, environment: Mapping[str, str], *queues: Queue, app: str = "tests.support.odd_steps", processes: int = 1
) -> Iterator[subprocess.Popen[bytes]]:
    """Run a worker that is ready when the block begins; it is killed when it ends, if it still runs."""
    names = ",".join(name for queue in queues or Queue for name in queue.names)
    words = ("-A", app, "worker", "-Q", names, "-c", str(processes), "-n", f"{log.name}@%h")
    options = ("-O", "fair", "-l", "INFO", "--without-mingle", "--without-gossip", "--without-heartbeat")
    process = _celery(log, environment, *words, *options)
    try:
        eventually(lambda: b" ready." in log.read_bytes(), log)
        yield process
    finally:
        children = children_of(process.pid)
        process.kill()
        process.wait()
        for pid in children:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


@contextmanager
def beat(log: Path, environment: Mapping[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Run a beat; it is killed when the block ends, if it still runs."""
    process = _celery(log, environment, "-A", "tasks.bare", "beat", "-l", "INFO")
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _celery(log: Path, environment: Mapping[str, str], *words: str) -> subprocess.Popen[bytes]:
    command = ("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", "celery", *words)
    ours = {**os.environ, "PYTHONPATH": str(CHECKOUT), "REMAP_SIGTERM": "SIGQUIT", **environment}
    with log.open("ab") as output:
        return subprocess.Popen(command, env=ours, stdout=output, stderr=output, start_new_session=True)


def eventually(condition: Callable[[], object], log: Path, seconds: float = PATIENCE_SECONDS) -> float:
    """Wait until a condition holds, and return how long that took."""
    began = time.monotonic()
    while not condition():
        assert time.monotonic() - began < seconds, log.read_text("utf-8", "replace")[-4000:]
        time.sleep(0.02)
    return time.monotonic() - began


def step(run_id: UUID) -> PipelineStep:
    """Return the only step of a run."""
    with session_scope() as session:
        return session.execute(select(PipelineStep).where(PipelineStep.run_id == run_id)).scalar_one()
