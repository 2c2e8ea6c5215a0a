"""Clients that book stock on the same parts as fast as they can: is a piece ever lost, and how fast is it."""

import random
import statistics
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx2
from sqlalchemy import Engine, NullPool, create_engine, text

from benchmarks.api_server import served_api
from benchmarks.stock_invariants import broken
from models.session import session_scope
from services.box import BoxService
from services.part import PartService

_CLIENTS, _PARTS, _SLOTS_EACH = 8, 20, 3
_SECONDS, _QUICK_SECONDS = 30, 5
_SENT_AGAIN = 0.05
_KINDS = ("receive", "receive", "use", "use", "move", "split", "count", "undo")


@dataclass
class _Told:
    """What one client was told."""

    deltas: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    done: int = 0
    differing: int = 0
    "answers to a command sent again that were not the first answer"


def run(*, quick: bool) -> dict[str, Any]:
    """Let 8 clients book on 20 parts over HTTP, then compare what they were told with what is there."""
    seconds = _QUICK_SECONDS if quick else _SECONDS
    with served_api(threads=_CLIENTS) as (address, database_url):
        engine = create_engine(database_url, poolclass=NullPool)
        places = _parts_with_slots(engine)
        until = time.monotonic() + seconds
        with ThreadPoolExecutor(_CLIENTS) as pool:
            told = list(pool.map(lambda _: _book(address, places, until), range(_CLIENTS)))
        wrong = {**_lost(engine, told), **_broken(engine)}
    waits = sorted(wait for each in told for wait in each.seconds)
    statuses = sum((each.statuses for each in told), Counter[int]())
    wrong["errors and refusals that should not be"] = sum(
        count for status, count in statuses.items() if status not in (200, 409)
    )
    figures = {
        "clients": _CLIENTS,
        "parts": _PARTS,
        "seconds": seconds,
        "commands carried out": sum(each.done for each in told),
        "answers by status": dict(sorted(statuses.items())),
        "commands a second": round(len(waits) / seconds),
        "p50, ms": round(statistics.median(waits) * 1000, 1),
        "p95, ms": round(waits[int(len(waits) * 0.95)] * 1000, 1),
        "slowest, ms": round(waits[-1] * 1000, 1),
    }
    checks = [{"name": name, "value": value, "limit": 0, "ok": value == 0} for name, value in wrong.items()]
    return {"figures": figures, "checks": checks}


def _parts_with_slots(engine: Engine) -> dict[str, list[str]]:
    with session_scope(engine) as session:
        box_no = BoxService.create(session, description="", capacity=_PARTS * _SLOTS_EACH).box_no
        loc_nos = range(1, _PARTS * _SLOTS_EACH + 1, _SLOTS_EACH)
        return {
            PartService.create(session).id4: [f"{box_no}-{first + more}" for more in range(_SLOTS_EACH)]
            for first in loc_nos
        }


def _book(address: str, places: Mapping[str, Sequence[str]], until: float) -> _Told:
    told = _Told()
    with httpx2.Client(base_url=address, timeout=30, trust_env=False) as http:
        while time.monotonic() < until:
            part = random.choice(list(places))
            kind = random.choice(_KINDS)
            path, body = f"/parts/{part}/stock/{kind}", {"command_id": str(uuid4()), **_fields(kind, places[part])}
            began = time.monotonic()
            answer = http.post(path, json=body)
            told.seconds.append(time.monotonic() - began)
            told.statuses[answer.status_code] += 1
            if answer.status_code == 200:
                told.done += 1
                told.deltas[part] += sum(change["delta_qty"] for change in answer.json()["changes"])
                if random.random() < _SENT_AGAIN:
                    told.differing += http.post(path, json=body).json() != answer.json()
    return told


def _fields(kind: str, slots: Sequence[str]) -> dict[str, Any]:
    first, second, third = random.sample(slots, _SLOTS_EACH)
    match kind:
        case "receive" | "use":
            return {"quantity": random.randint(1, 9), "slot": first}
        case "move":
            return {"from_slot": first, "to_slot": second}
        case "split":
            return {"from_slot": first, "into": [{"slot": slot, "quantity": 1} for slot in (second, third)]}
        case "count":
            return {"slot": first, "counted": random.randint(0, 20)}
        case _:
            return {}


def _lost(engine: Engine, told: Sequence[_Told]) -> dict[str, int]:
    expected = Counter[str]()
    for each in told:
        expected.update(each.deltas)
    with engine.connect() as connection:
        lying = connection.execute(text("SELECT part_id4, sum(qty) FROM part_locations GROUP BY 1"))
        there: dict[str, int] = dict(lying.all())
        commands = connection.scalar(text("SELECT count(*) FROM stock_commands")) or 0
    return {
        "lost updates, in pieces": sum(abs(expected[part] - there.get(part, 0)) for part in {*expected, *there}),
        "commands lost or done twice": abs(commands - sum(each.done for each in told)),
        "answers that differ when sent again": sum(each.differing for each in told),
    }


def _broken(engine: Engine) -> dict[str, int]:
    with engine.connect() as connection:
        # What a connection has seen is counted when it is idle for a second, or ends.
        time.sleep(1.5)
        deadlocks = text("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
        return {"deadlocks": connection.scalar(deadlocks) or 0, **broken(connection)}
