"""A mixed attack on the whole stack: slow PDFs, idle connections, wide tables, thin photos and dripping sites at once.

What an ordinary user feels of it is compared with the same run on the same stack before and after the attack.
"""

import socket
import statistics
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from benchmarks.mute.attackers import Target, under_attack
from benchmarks.mute.sites import catalogue, dripping_sites
from cli.client import Client, connect
from cli.demo import demo_stack
from schemas.ledger import RunState
from schemas.run import StartedRuns

_ORDINARY = "RC0603FR-0710KL"
"A part of the demo's catalogue with three leads to a datasheet, one of which is right."
_SECONDS, _QUICK_SECONDS = 60, 15
_ALONE, _QUICK_ALONE = 7, 3
_POLL_SECONDS = 0.1
_PATIENCE_SECONDS = 300
_PROBE_SECONDS = 0.1


def run(*, quick: bool) -> dict[str, Any]:
    """Start a stack, run alone, under attack and alone again, and look for what was accepted and is not there."""
    with tempfile.TemporaryDirectory() as folder, dripping_sites() as sites:
        data_dir = Path(folder)
        settings = {"PARTFLOW_FETCH_ALLOWED_ADDRESSES": ",".join(sites), "PARTFLOW_FETCH_TOTAL_SECONDS": "60"}
        with demo_stack(data_dir, None, settings) as stack:
            enter = partial(connect, stack.address.api, data_dir)
            with enter() as client:
                for rows in catalogue(sites):
                    client.ask("PUT", "/catalogue/parts", json=rows)
            return _measure(stack.address.api, enter, quick=quick)


def _measure(address: str, enter: Callable[[], AbstractContextManager[Client]], *, quick: bool) -> dict[str, Any]:
    with enter() as client:
        part = client.ask("POST", "/parts", json={"description": "a part to hang documents on"}).json()["id4"]
        _ordinary(client)
        alone = [_ordinary(client) for _ in range(_QUICK_ALONE if quick else _ALONE)]
        target = Target(address, enter, part, threading.Event(), Counter(), [], [])
        attacked: list[float] = []
        deadline = time.monotonic() + (_QUICK_SECONDS if quick else _SECONDS)
        with _probing(address) as health, under_attack(target):
            while time.monotonic() < deadline:
                attacked.append(_ordinary(client))
        lost = _lost(client, target)
        # Again, so that what else the machine does falls on both.
        alone += [_ordinary(client) for _ in alone]
    slowest = statistics.quantiles(health, n=20)[-1]
    ratio = statistics.median(attacked) / statistics.median(alone)
    figures = {
        "run alone, s": round(statistics.median(alone), 2),
        "run under attack, s": round(statistics.median(attacked), 2),
        "slowest run under attack, s": round(max(attacked), 2),
        "runs under attack": len(attacked),
        "/health, median, ms": round(1000 * statistics.median(health), 1),
        "/health, slowest, ms": round(1000 * max(health), 1),
        "accepted": len(target.runs) + len(target.documents),
        "answers": dict(sorted(target.answers.items())),
    }
    measured: dict[str, tuple[float, float]] = {
        "/health, p95, s": (round(slowest, 3), 1.0),
        "run under attack / run alone": (round(ratio, 2), 2.0),
        "lost": (lost, 0),
    }
    checks = [
        {"name": name, "value": value, "limit": limit, "ok": value <= limit}
        for name, (value, limit) in measured.items()
    ]
    return {"figures": figures, "checks": checks}


def _ordinary(client: Client) -> float:
    """Return the seconds from a typed number to the end of its run."""
    began = time.monotonic()
    answer = client.ask("POST", "/pipelines/part-intake/runs", json={"manufacturer_code": _ORDINARY})
    (started,) = StartedRuns.model_validate_json(answer.content).runs
    ended = _ended(client, started.id, began + _PATIENCE_SECONDS)
    took = time.monotonic() - began
    if ended not in (RunState.SUCCEEDED, RunState.PARTIAL):
        raise RuntimeError(f"an ordinary run ended {ended or 'not at all'}")
    # The next run of the number would only ask whether it is this part.
    client.ask("POST", f"/parts/{started.part}/retire", json={})
    return took


def _ended(client: Client, run: UUID, deadline: float) -> RunState | None:
    while time.monotonic() < deadline:
        state = client.run(run).state
        if state.final:
            return state
        time.sleep(_POLL_SECONDS)
    return None


def _lost(client: Client, target: Target) -> int:
    """Count the runs and documents that were accepted and did not end well, or are not there."""
    deadline = time.monotonic() + _PATIENCE_SECONDS
    lost = sum(_ended(client, run, deadline) not in (RunState.SUCCEEDED, RunState.PARTIAL) for run in target.runs)
    listed = client.ask("GET", f"/parts/{target.part}/documents").json()["documents"]
    there = {document["id"] for document in listed if document["size"]}
    return lost + len(set(target.documents) - there)


@contextmanager
def _probing(address: str) -> Iterator[list[float]]:
    """Ask for /health again and again, each time on a connection of its own; yields the seconds that it took."""
    took: list[float] = []
    ended, place = threading.Event(), urlsplit(address)

    def probe() -> None:
        while not ended.wait(_PROBE_SECONDS):
            began = time.monotonic()
            # Without an HTTP library, whose own start would be measured as well.
            with socket.create_connection((place.hostname or "", place.port or 0), _PATIENCE_SECONDS) as connection:
                connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")
                if not connection.recv(1024).startswith(b"HTTP/1.1 200"):
                    raise RuntimeError("the server does not say that it is alive")
            took.append(time.monotonic() - began)

    thread = threading.Thread(target=probe)
    thread.start()
    try:
        yield took
    finally:
        ended.set()
        thread.join()
