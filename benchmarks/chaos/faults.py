"""What goes wrong: one thing after the other, in an order that the seed decides."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http import HTTPStatus
from pathlib import Path
from random import Random

import httpx2

from cli.client import authorization
from cli.demo import PHOTOS
from embedded import RabbitMQ, Stack
from engine.faults import FaultPoint
from tests.support.stub_openai import StubOpenAI, rate_limited, server_error

OUTAGE_SECONDS = 2.0
_MODEL_FAILURES = 20
_BITE_SECONDS = 30.0
"Until a fault must have something to fall on, such as a program that is just being started again."


class Faults:
    """All that can be done to a running stack; `missed` names what fell on nothing, and so proves nothing."""

    def __init__(self, stack: Stack, folder: Path, stub: StubOpenAI, rabbitmq: RabbitMQ | None, random: Random) -> None:
        self._stack = stack
        self._folder = folder
        self._stub = stub
        self._rabbitmq = rabbitmq
        self._random = random
        self._failures = 0
        self.missed: list[str] = []

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

    def armed(self) -> list[str]:
        """Return what is still to come: points that no process has reached, failures that no answer was."""
        points = [f"killed {path.name}" for path in self._folder.iterdir()]
        return sorted([*points, *(["model failing"] if 0 < self._failures == self._stub.left else [])])

    def disarm(self) -> None:
        """End all faults."""
        self.missed += self.armed()
        for path in self._folder.iterdir():
            path.unlink(missing_ok=True)
        self._stub.forget()

    def _killable(self) -> list[str]:
        return sorted(each.name for each in self._stack.health() if each.name.startswith(("worker", "beat", "api")))

    def _arm(self, point: FaultPoint) -> None:
        (self._folder / point).touch()

    def _kill(self, name: str) -> None:
        """Kill a program and all its children at once, as the kernel does when memory runs out."""
        if not self._bites(lambda: self._kill_running(name)):
            self.missed.append(f"killed {name}")

    def _kill_running(self, name: str) -> bool:
        pids = [process.pid for process in self._stack.health() if process.name == name and process.pid]
        for pid in pids:
            for each in [*_children(pid), pid]:
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
        return bool(pids)

    def _rabbitmq_outage(self, end: Callable[[], None]) -> None:
        assert self._rabbitmq
        end()
        time.sleep(OUTAGE_SECONDS)
        self._rabbitmq.start()

    def _store_outage(self) -> None:
        with _unusable(self._stack.layout.objects):
            if not self._bites(self._refuses_photo):
                self.missed.append("object store down")
            time.sleep(OUTAGE_SECONDS)

    def _refuses_photo(self) -> bool:
        with suppress(httpx2.TransportError):
            photo = {"photo": ("bag.jpg", min(PHOTOS.glob("*bag*.jpg")).read_bytes())}
            api, data = self._stack.address.api, self._stack.layout.data
            with httpx2.Client(base_url=api, headers=authorization(api, data), trust_env=False) as http:
                answer = http.post("/pipelines/photo-intake/runs", files=photo)
            return answer.status_code == HTTPStatus.SERVICE_UNAVAILABLE
        return False

    def _model_outage(self) -> None:
        self._stub.script(*(self._random.choice([server_error(), rate_limited(1)]) for _ in range(_MODEL_FAILURES)))
        self._failures = self._stub.left

    @staticmethod
    def _bites(fault: Callable[[], bool]) -> bool:
        """Try a fault until there is something for it to fall on; whether there was."""
        began = time.monotonic()
        while not fault():
            if time.monotonic() - began > _BITE_SECONDS:
                return False
            time.sleep(0.1)
        return True


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
