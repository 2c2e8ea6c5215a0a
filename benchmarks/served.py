"""The API as a process of its own, to measure it from outside."""

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import httpx2

from cli.migrate import CHECKOUT
from embedded.ports import reserve_port

_PATIENCE_SECONDS = 60


class Served(NamedTuple):
    """A server: its port, and its process id."""

    port: int
    pid: int

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.port}"

    def memory_mb(self, kind: str = "VmRSS") -> float:
        """Return its memory in MB: `VmRSS` now, or the most so far as `VmHWM`."""
        lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) / 1000 for line in lines if line.startswith(f"{kind}:"))

    def forget_peak(self) -> None:
        """Reset the peak to the memory in use now."""
        Path(f"/proc/{self.pid}/clear_refs").write_text("5")


@contextmanager
def serve(folder: Path, **settings: object) -> Iterator[Served]:
    """Serve the API until the context ends, with settings given as `DATABASE_URL=…`."""
    port = reserve_port(None, first=18_480)
    own = {
        "API_PORT": port.number,
        "BROKER_URL": "filesystem://",
        "BROKER_FOLDER": folder / "broker",
        "STORE_FOLDER": folder / "objects",
        **settings,
    }
    environment = {**os.environ, **{f"PARTFLOW_{name}": str(value) for name, value in own.items()}}
    process = subprocess.Popen([sys.executable, "-m", "api"], cwd=CHECKOUT, env=environment, stderr=subprocess.DEVNULL)
    try:
        served = Served(port.number, process.pid)
        _wait(served)
        yield served
    finally:
        process.terminate()
        process.wait(_PATIENCE_SECONDS)
        port.close()


def _wait(served: Served) -> None:
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            httpx2.get(f"{served.address}/health", trust_env=False)
        except httpx2.TransportError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.1)
        else:
            return
