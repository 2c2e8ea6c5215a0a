"""Whether every due time is fired once, or by its catch-up policy, and how soon a second beat takes over."""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.migrate import migrate
from embedded import private_postgres
from settings import get_settings

_HOURS, _QUICK_HOURS = 1000, 60
_TAKEOVER_SECONDS = 10.0
_TIMES, _QUICK_TIMES = 5, 1


def run(*, quick: bool, seed: int = 1) -> dict[str, Any]:
    """Let two beats live through hours on a clock of their own; then kill the leader of two real beats."""
    with _database():
        # Celery is configured when it is first used, and only now knows where.
        from tests.support.simulated_beats import SimulatedBeats

        began = time.monotonic()
        simulated = SimulatedBeats(hours=_QUICK_HOURS if quick else _HOURS, seed=seed)
        simulated.run()
        took = time.monotonic() - began
        takeovers = [_take_over() for _ in range(_QUICK_TIMES if quick else _TIMES)]
    figures = {
        "simulated hours": _QUICK_HOURS if quick else _HOURS,
        "seed": seed,
        **dict(sorted(simulated.done.items())),
        "simulation, s": round(took, 1),
        "takeovers, s": [round(each, 1) for each in takeovers],
    }
    checks = [{"name": name, "value": count, "limit": 0, "ok": not count} for name, count in simulated.problems.items()]
    slowest = max(takeovers)
    checks.append(
        {
            "name": "killed leader to the other's first message, s",
            "value": round(slowest, 1),
            "limit": _TAKEOVER_SECONDS,
            "ok": slowest <= _TAKEOVER_SECONDS,
        }
    )
    return {"figures": figures, "checks": checks}


@contextmanager
def _database() -> Iterator[None]:
    with private_postgres() as database:
        os.environ.update(PARTFLOW_DATABASE_URL=database, PARTFLOW_BROKER_URL="filesystem://")
        get_settings.cache_clear()
        migrate(database)
        yield


def _take_over() -> float:
    from tests.support.two_beats import two_beats

    with tempfile.TemporaryDirectory() as folder:
        environment = {"PARTFLOW_BROKER_FOLDER": str(Path(folder) / "broker"), "PARTFLOW_ENGINE_RECONCILE_SECONDS": "1"}
        with two_beats(Path(folder), {**os.environ, **environment}) as running:
            return running.kill_leader()
