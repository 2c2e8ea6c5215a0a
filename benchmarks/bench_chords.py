"""Chords on our backend against Celery's own database backend: how long from the call until the body runs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from celery import Celery, chain, chord
from sqlalchemy import create_engine

from benchmarks.chord_tasks import CONFIGURATION, count_polls, make_app
from embedded import EmbeddedError, private_postgres, private_rabbitmq
from pgchords import metadata

_ROOT = Path(__file__).resolve().parents[1]
_ROUNDS, _QUICK_ROUNDS = 11, 2
_SECONDS = 60
_FASTER = 8
"How many times faster a chord of up to eight parts must be."

_GROWTH = 1.5
"How much more a part may cost in a chord of 200 than in one of 40."

Shape = Callable[[Celery], Any]


def _chord(app: Celery, parts: int, then: str = "bench.body") -> Any:
    return chord([app.signature("bench.part") for _ in range(parts)], app.signature(then), app=app)


SHAPES: dict[str, Shape] = {
    "1 part": lambda app: _chord(app, 1),
    "8 parts": lambda app: _chord(app, 8),
    "40 parts": lambda app: _chord(app, 40),
    "nested, 2 of 4 parts": lambda app: chord(
        [_chord(app, 4, "bench.part") for _ in range(2)], app.signature("bench.body")
    ),
    "three of 4 parts in a chain": lambda app: chain(
        _chord(app, 4, "bench.part"), _chord(app, 4, "bench.part"), _chord(app, 4)
    ),
}
LARGE: dict[str, Shape] = {"200 parts": lambda app: _chord(app, 200)}


def run(*, quick: bool) -> dict[str, Any]:
    """Run every shape on both backends in turn, several times, and compare the medians."""
    with tempfile.TemporaryDirectory() as name, private_postgres() as database, private_rabbitmq() as broker:
        _make_tables(database)
        polls = Path(name) / "polls"
        polls.touch()
        count_polls(polls)
        backends = {"ours": f"pgchords.Backend+{database}", "stock": f"db+{database}"}
        with ExitStack() as stack:
            apps = {
                queue: stack.enter_context(
                    _app(Path(name), queue, {"broker_url": broker.url, "result_backend": backend}, polls)
                )
                for queue, backend in backends.items()
            }
            times = _measure(apps, _QUICK_ROUNDS if quick else _ROUNDS)
        return _report(times, polls.read_text().split())


def _make_tables(database: str) -> None:
    engine = create_engine(database)
    metadata.create_all(engine)
    engine.dispose()


@contextmanager
def _app(folder: Path, queue: str, configuration: dict[str, Any], polls: Path) -> Iterator[Celery]:
    """Yield an app whose worker, of two processes, is running."""
    command = [sys.executable, "-m", "celery", "-A", "benchmarks.chord_tasks", "worker", "-c", "2", "-n", f"{queue}@%h"]
    environment = {**os.environ, CONFIGURATION: json.dumps({"queue": queue, "polls": str(polls), **configuration})}
    log = folder / f"{queue}.log"
    with log.open("wb") as output, make_app(queue, **configuration) as app:
        worker = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=output, stderr=output)
        try:
            yield app
        finally:
            worker.terminate()
            worker.wait()


def _measure(apps: dict[str, Celery], rounds: int) -> dict[tuple[str, str], list[float]]:
    """Return the seconds that each shape took on each backend; the first round, which warms up, is not counted."""
    times = defaultdict(list)
    for count in range(rounds + 1):
        for shape, build in (SHAPES | LARGE).items():
            for queue in ["ours"] if shape in LARGE else list(apps):
                took = _time(apps[queue], build)
                if count:
                    times[shape, queue].append(took)
    return times


def _time(app: Celery, build: Shape) -> float:
    began = time.monotonic()
    result = build(app).apply_async()
    while not result.ready():
        if time.monotonic() > began + _SECONDS:
            raise EmbeddedError(f"A chord on {app.conf.task_default_queue} has not ended after {_SECONDS} s.")
        time.sleep(0.02)
    ran: float = result.result - began
    return ran


def _report(times: dict[tuple[str, str], list[float]], polls: list[str]) -> dict[str, Any]:
    medians = {key: median(each) for key, each in times.items()}
    figures: dict[str, Any] = {"rounds": len(times["1 part", "ours"])}
    figures |= {f"{shape}, {queue}, ms": round(1000 * took, 1) for (shape, queue), took in medians.items()}
    faster = {shape: round(medians[shape, "stock"] / medians[shape, "ours"], 1) for shape in SHAPES}
    figures |= {f"{shape}, times faster": ratio for shape, ratio in faster.items()}
    small = {shape: ratio for shape, ratio in faster.items() if shape != "40 parts"}
    few, many = (
        1000 * (medians[large, "ours"] - medians[little, "ours"]) / parts
        for little, large, parts in (("8 parts", "40 parts", 32), ("40 parts", "200 parts", 160))
    )
    figures |= {"a part more, from 8 to 40, ms": round(few, 2), "a part more, from 40 to 200, ms": round(many, 2)}
    checks = [
        {"name": f"{shape}, times faster, at least", "value": ratio, "limit": _FASTER, "ok": ratio >= _FASTER}
        for shape, ratio in small.items()
    ]
    ours, stock, growth = polls.count("ours"), polls.count("stock"), round(many / few, 2)
    checks += [
        {"name": "polling messages, at most", "value": ours, "limit": 0, "ok": ours == 0},
        # Were it none, the count would be wrong.
        {"name": "polling messages of stock, at least", "value": stock, "limit": 1, "ok": stock > 0},
        {"name": "growth of the cost of a part, at most", "value": growth, "limit": _GROWTH, "ok": growth <= _GROWTH},
    ]
    return {"figures": figures, "checks": checks}
