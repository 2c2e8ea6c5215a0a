"""What goes wrong: one thing after the other, in an order that the seed decides."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random

from embedded import RabbitMQ, Stack
from settings.fault import FaultPoint
from tests.stub_openai import StubOpenAI, rate_limited, server_error

OUTAGE_SECONDS = 2.0


class Faults:
    """All that can be done to a running stack."""

    def __init__(self, stack: Stack, folder: Path, stub: StubOpenAI, rabbitmq: RabbitMQ | None, random: Random) -> None:
        self._stack = stack
        self._folder = folder
        self._stub = stub
        self._rabbitmq = rabbitmq
        self._random = random

    def schedule(self) -> list[tuple[str, partial[None]]]:
        """Return every fault at least once, in the seed's order."""
        faults = [(f"killed {point}", partial(self._arm, point)) for point in FaultPoint]
        for _ in range(2):
            faults += [
                *((f"killed {name}", partial(self._kill, name)) for name in self._killable()),
                ("PostgreSQL restarted", partial(self._stack.restart, "postgres")),
                ("object store down", partial(self._store_outage)),
                ("model failing", partial(self._model_outage)),
            ]
            if self._rabbitmq:
                faults.append(("RabbitMQ killed", partial(self._rabbitmq_outage, self._rabbitmq.kill)))
                faults.append(("RabbitMQ restarted", partial(self._rabbitmq_outage, self._rabbitmq.stop)))
        self._random.shuffle(faults)
        return faults

    def disarm(self) -> list[str]:
        """End all faults; returns the points that were armed and never reached."""
        unreached = sorted(path.name for path in self._folder.iterdir())
        for path in self._folder.iterdir():
            path.unlink(missing_ok=True)
        return unreached

    def _killable(self) -> list[str]:
        return sorted(each.name for each in self._stack.health() if each.name.startswith(("worker", "beat", "api")))

    def _arm(self, point: FaultPoint) -> None:
        (self._folder / point).touch()

    def _kill(self, name: str) -> None:
        """Kill a program and all its children at once, as the kernel does when memory runs out."""
        for process in self._stack.health():
            if process.name == name and process.pid:
                for pid in [*_children(process.pid), process.pid]:
                    with suppress(ProcessLookupError):
                        os.kill(pid, signal.SIGKILL)

    def _rabbitmq_outage(self, end: Callable[[], None]) -> None:
        assert self._rabbitmq
        end()
        time.sleep(OUTAGE_SECONDS)
        self._rabbitmq.start()

    def _store_outage(self) -> None:
        with _unusable(self._stack.layout.objects):
            time.sleep(OUTAGE_SECONDS)

    def _model_outage(self) -> None:
        self._stub.script(*(self._random.choice([server_error(), rate_limited(1)]) for _ in range(20)))


@contextmanager
def _unusable(folder: Path) -> Iterator[None]:
    """Put a file where a folder was; even root cannot write into that."""
    aside = folder.with_suffix(".aside")
    folder.rename(aside)
    folder.touch()
    try:
        yield
    finally:
        folder.unlink()
        aside.rename(folder)


def _children(pid: int) -> list[int]:
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []
