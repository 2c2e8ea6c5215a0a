"""Whether anything is lost, stuck or doubled when everything that can die does, again and again."""

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from random import Random
from typing import Any, Literal

from sqlalchemy import create_engine

from benchmarks.chaos.audit import audit, audit_objects, gaps, states
from benchmarks.chaos.faults import Faults
from benchmarks.chaos.load import Load, wait_until_ended
from cli.client import authorization, connect
from cli.demo import demo_stack
from embedded import Stack, private_rabbitmq
from tests.support.stub_openai import StubOpenAI

_RUNS, _QUICK_RUNS = 300, 12
_PAUSE_SECONDS = 0.2
_BITE_SECONDS = 120.0
_END_SECONDS = 60.0
_PATIENCE_SECONDS = 240.0
_SETTINGS = {
    "PARTFLOW_DEPLOYMENT_STAGE": "test",
    "PARTFLOW_ENGINE_LEASE_SECONDS": "4",
    "PARTFLOW_ENGINE_RECONCILE_SECONDS": "3",
    "PARTFLOW_ENGINE_STALL_SECONDS": "6",
    "PARTFLOW_ENGINE_MAX_ATTEMPTS": "8",
    "PARTFLOW_FETCH_TOTAL_SECONDS": "4",
    "OPENAI_API_KEY": "sk-chaos",
    "OPENAI_TIMEOUT_SECONDS": "3",
}


def run(
    *, quick: bool, runs: int | None = None, seed: int = 1, broker: Literal["rabbitmq", "filesystem"] = "rabbitmq"
) -> dict[str, Any]:
    """Hand in parts while processes are killed, servers restarted and other sides fail; then wait, and audit."""
    random = Random(seed)
    runs = runs or (_QUICK_RUNS if quick else _RUNS)
    with _broken_world(broker) as (stack, faults_of):
        faults = faults_of(random)
        load = Load(stack.address.api, runs, Random(seed), authorization(stack.address.api, stack.layout.data))
        began = time.monotonic()
        load.start()
        done = _break_things(load, faults, runs, quick=quick)
        _let_all_bite(load, faults)
        faults.disarm()
        took = wait_until_ended(load, _PATIENCE_SECONDS)
        engine = create_engine(stack.address.database_url)
        with engine.connect() as connection:
            found, ended, why = audit(connection, load.accepted), states(connection), gaps(connection)
        engine.dispose()
        found |= audit_objects(stack) | {"faults that fell on nothing": len(faults.missed)}
    figures = {
        "broker": broker,
        "seed": seed,
        "runs accepted": len(load.accepted),
        "requests sent again": load.resent,
        "faults": done,
        "faults that fell on nothing": faults.missed,
        "runs by state": ended,
        "steps given up, by reason": why,
        "bookings": load.booked,
        "all, s": round(time.monotonic() - began),
    }
    checks = [{"name": name, "value": count, "limit": 0, "ok": count == 0} for name, count in found.items()]
    checks.append(
        {
            "name": "last run ended after the last fault, s",
            "value": round(took, 1),
            "limit": _END_SECONDS,
            "ok": took <= _END_SECONDS,
        }
    )
    return {"figures": figures, "checks": checks}


@contextmanager
def _broken_world(broker: str) -> Iterator[tuple[Stack, Callable[[Random], Faults]]]:
    """Run everything, with a model that answers as the stub does and a folder that arms fault points."""
    with ExitStack() as world, tempfile.TemporaryDirectory() as folder:
        points = Path(folder) / "points"
        points.mkdir()
        stub = world.enter_context(StubOpenAI())
        stub.answers["suggest_tags"] = {"tags": [{"tag": "smd", "quote": None, "page": None, "confidence": 0.9}]}
        stub.answers["suggest_type"] = {"type_name": "Resistor", "quote": None, "page": None, "confidence": 0.9}
        rabbitmq = world.enter_context(private_rabbitmq()) if broker == "rabbitmq" else None
        environment = {**_SETTINGS, "PARTFLOW_FAULT_FOLDER": str(points), "OPENAI_BASE_URL": stub.base_url}
        if rabbitmq:
            environment["PARTFLOW_BROKER_URL"] = rabbitmq.url
        stack = world.enter_context(demo_stack(Path(folder) / "data", None, environment))
        with connect(stack.address.api, stack.layout.data) as client:
            client.ask("POST", "/boxes", json={"description": "chaos", "capacity": 500})
        yield stack, lambda random: Faults(stack, points, stub, rabbitmq, random)


def _break_things(load: Load, faults: Faults, runs: int, *, quick: bool) -> dict[str, int]:
    """Let one fault after the other happen, spread evenly over the runs that are accepted; count them."""
    schedule = faults.schedule()
    if quick:
        schedule = schedule[: len(schedule) // 4]
    for number, (_name, happen) in enumerate(schedule):
        load.wait_until_accepted(number * runs // len(schedule))
        happen()
    load.wait_until_accepted(runs)
    return dict(sorted(Counter(name for name, _ in schedule).items()))


def _let_all_bite(load: Load, faults: Faults) -> None:
    """Wait until what is armed has fallen on something; if all runs have ended before that, on more of them."""
    began = time.monotonic()
    while faults.armed() and time.monotonic() - began < _BITE_SECONDS:
        load.count_ended()
        if load.ended == len(load.accepted):
            load.hand_in_more()
        time.sleep(_PAUSE_SECONDS)
