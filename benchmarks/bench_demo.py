"""The demo as a newcomer meets it: how long it starts, how long the photos take, how much memory the workers need."""

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cli.client import connect
from cli.demo import PHOTOS, demo_stack, intake_all
from embedded import Stack

_SAMPLE_SECONDS = 0.5
_QUICK_PHOTOS = 4


def run(*, quick: bool) -> dict[str, Any]:
    """Start the demo on an empty folder, hand in the photos, stop, and start it once more."""
    photos = sorted(PHOTOS.glob("*.jpg"))[: _QUICK_PHOTOS if quick else None]
    with tempfile.TemporaryDirectory() as folder:
        data_dir = Path(folder)
        began = time.monotonic()
        with demo_stack(data_dir, None) as stack:
            first_start = time.monotonic() - began
            with _peak_memory(stack) as peak, connect(stack.address.api, data_dir) as client:
                began = time.monotonic()
                results = intake_all(client, photos)
                took = time.monotonic() - began
        began = time.monotonic()
        with demo_stack(data_dir, None):
            second_start = time.monotonic() - began
    figures = {
        "photos": len(photos),
        "finished": sum(each.state in ("succeeded", "partial") for each in results.runs),
        "datasheets": sum(each.datasheet is not None for each in results.runs),
        "first start, s": round(first_start, 1),
        "second start, s": round(second_start, 1),
        "all photos, s": round(took, 1),
        "slowest photo, s": round(max(each.seconds for each in results.runs), 1),
        "workers' memory, MB": round(max(peak, default=0)),
    }
    limits = {"second start, s": 15, "all photos, s": 60, "workers' memory, MB": 1200}
    checks = [
        {"name": name, "value": figures[name], "limit": limit, "ok": figures[name] <= limit}
        for name, limit in limits.items()
    ]
    return {"figures": figures, "checks": checks}


@contextmanager
def _peak_memory(stack: Stack) -> Iterator[list[float]]:
    """Sample the proportional memory of both workers with their children, in MB."""
    samples: list[float] = []
    ended = threading.Event()

    def sample() -> None:
        while not ended.wait(_SAMPLE_SECONDS):
            workers = [each.pid for each in stack.health() if each.name.startswith("worker") and each.pid]
            samples.append(sum(_megabytes(pid) for worker in workers for pid in _tree(worker)))

    thread = threading.Thread(target=sample)
    thread.start()
    try:
        yield samples
    finally:
        ended.set()
        thread.join()


def _tree(pid: int) -> Iterator[int]:
    yield pid
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            yield from _tree(int(child))


def _megabytes(pid: int) -> float:
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
        return next((int(line.split()[1]) / 1024 for line in lines if line.startswith("Pss:")), 0.0)
    return 0.0
