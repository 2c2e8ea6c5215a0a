"""Whether every piece is accounted for when workers and PostgreSQL are killed while thousands of bags are moved."""

import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import httpx2
from sqlalchemy import Connection, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.inventory_rows import fill_boxes
from benchmarks.stock_invariants import broken
from cli.client import authorization
from cli.demo import demo_stack
from embedded import EmbeddedError, Stack
from tests.support.processes import children_of

_BAGS, _QUICK_BAGS = 6000, 400
_CAPACITY, _TYPES, _FULL = 60, 12, 0.85
_FAULTS, _QUICK_FAULTS = 12, 3
_PAUSE_SECONDS = 0.2
_PATIENCE_SECONDS = 900.0
_SETTINGS = {
    "PARTFLOW_DEPLOYMENT_STAGE": "test",
    "PARTFLOW_ENGINE_LEASE_SECONDS": "3",
    "PARTFLOW_ENGINE_RECONCILE_SECONDS": "2",
    "PARTFLOW_ENGINE_STALL_SECONDS": "5",
}
_FINDINGS = {
    "pieces gained or lost": "SELECT abs((SELECT sum(qty) FROM part_locations) - :pieces)",
    "slots with two parts": (
        "SELECT count(*) FROM (SELECT 1 FROM part_locations GROUP BY box_no, loc_no HAVING count(*) > 1) AS shared"
    ),
    "bags that lie elsewhere than the plan says": (
        "SELECT count(*) FROM (SELECT DISTINCT ON (part_id4) part_id4, to_box, to_loc FROM reorg_moves"
        " ORDER BY part_id4, number DESC) AS planned WHERE NOT EXISTS (SELECT FROM part_locations AS lying"
        " WHERE lying.part_id4 = planned.part_id4 AND (box_no, loc_no) = (to_box, to_loc))"
    ),
    "moves that were not applied": "SELECT count(*) FROM reorg_moves WHERE state <> 'applied'",
    "moves booked twice or not at all": (
        "SELECT abs((SELECT count(*) FROM stock_commands WHERE kind IN ('move', 'turn'))"
        " - (SELECT count(*) FROM reorg_moves))"
    ),
}


def run(*, quick: bool, seed: int = 1) -> dict[str, Any]:
    """Apply all of a plan while processes are killed, resume the run when it gives up, and audit."""
    with tempfile.TemporaryDirectory() as folder, demo_stack(Path(folder) / "data", None, _SETTINGS) as stack:
        database = create_engine(stack.address.database_url)
        bags = _QUICK_BAGS if quick else _BAGS
        with Session(database) as session, session.begin():
            boxes = int(bags / _FULL / _CAPACITY) + 1
            fill_boxes(session, parts=bags, boxes=boxes, capacity=_CAPACITY, types=_TYPES)
            pieces = session.scalar(text("SELECT sum(qty) FROM part_locations"))
        # Its connections do not survive the database.
        database.dispose()
        with _Shelf.open(stack) as shelf:
            moves = shelf.plan()
            began = time.monotonic()
            killed = shelf.apply(_faults(Random(seed), _QUICK_FAULTS if quick else _FAULTS), moves)
            took = time.monotonic() - began
        with database.connect() as connection:
            found = _audit(connection, pieces=pieces)
        database.dispose()
    figures = {
        "bags": bags,
        "moves": moves,
        "killed": killed,
        "resumed": shelf.resumed,
        "all applied after, s": round(took),
    }
    checks = [{"name": name, "value": count, "limit": 0, "ok": count == 0} for name, count in found.items()]
    checks.append({"name": "kills that fell on nothing", "value": shelf.missed, "limit": 0, "ok": not shelf.missed})
    return {"figures": figures, "checks": checks}


def _faults(random: Random, count: int) -> list[str]:
    """Name what is killed, in the seed's order: a worker two times out of three, else the database."""
    faults = ["postgres" if number % 3 == 2 else "worker" for number in range(count)]
    random.shuffle(faults)
    return faults


def _audit(connection: Connection, *, pieces: int | None) -> dict[str, int]:
    found = {
        name: int(connection.scalar(text(query), {"pieces": pieces} if ":pieces" in query else {}) or 0)
        for name, query in _FINDINGS.items()
    }
    return found | broken(connection)


class _Shelf:
    """A plan that is applied on a stack whose processes die."""

    def __init__(self, stack: Stack, http: httpx2.Client) -> None:
        self._stack, self._http = stack, http
        self._plan = ""
        self.resumed = self.missed = 0

    @classmethod
    @contextmanager
    def open(cls, stack: Stack) -> Iterator["_Shelf"]:
        """Connect to the stack's API."""
        api = stack.address.api
        headers = authorization(api, stack.layout.data)
        with httpx2.Client(base_url=api, headers=headers, timeout=60, trust_env=False) as http:
            yield cls(stack, http)

    def plan(self) -> int:
        """Make a plan, and return its number of moves."""
        self._plan = self._ask("POST", "/reorg/plans", json={"objective": "kin"})["links"]["self"]
        self._until(lambda: self._state()["state"] != "planning")
        return int(self._state()["counts"]["proposed"])

    def apply(self, faults: list[str], moves: int) -> dict[str, int]:
        """Apply all moves; kill something whenever so many more of them are applied."""
        run = str(uuid4())
        self._ask("POST", f"{self._plan}/apply", json={"command_id": run, "all": True})
        for number, name in enumerate(faults, start=1):
            self._until(partial(self._has, run, number * moves // (len(faults) + 1)))
            self._kill(name)
        self._until(partial(self._has, run, moves))
        return {name: faults.count(name) for name in sorted(set(faults))}

    def _has(self, run: str, moves: int) -> bool:
        """Tell whether so many moves are applied; a run that gave up, because its worker died too often, is resumed."""
        if self._ask("GET", f"/pipelines/runs/{run}")["state"] in ("failed", "partial"):
            self._ask("POST", f"/pipelines/runs/{run}/resume", json={})
            self.resumed += 1
        return bool(self._state()["counts"]["applied"] >= moves)

    def _state(self) -> dict[str, Any]:
        return self._ask("GET", self._plan, params={"limit": 0})

    def _ask(self, method: str, path: str, **request: Any) -> dict[str, Any]:
        """Ask until there is an answer, since what serves it may just be dead."""
        began = time.monotonic()
        while True:
            with suppress(httpx2.TransportError):
                answer = self._http.request(method, path, **request)
                if answer.is_success:
                    return dict(answer.json())
                if answer.is_client_error and answer.status_code != httpx2.codes.CONFLICT:
                    raise AssertionError(f"{method} {path}: {answer.status_code} {answer.text}")
            _wait(began)

    @staticmethod
    def _until(condition: Callable[[], bool]) -> None:
        began = time.monotonic()
        while not condition():
            _wait(began)

    def _kill(self, name: str) -> None:
        """Kill a program and all its children at once, as the kernel does when memory runs out."""
        pids = [process.pid for process in self._stack.health() if process.name.startswith(name) and process.pid]
        for pid in pids:
            for each in (*children_of(pid), pid):
                with suppress(ProcessLookupError):
                    os.kill(each, signal.SIGKILL)
        self.missed += not pids


def _wait(began: float) -> None:
    if time.monotonic() - began > _PATIENCE_SECONDS:
        raise EmbeddedError(f"Nothing went on for {_PATIENCE_SECONDS:.0f} s.")
    time.sleep(_PAUSE_SECONDS)
