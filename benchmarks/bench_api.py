"""Whether the everyday requests stay fast in a large inventory, and what they cost above the SQL they must run."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2
import psycopg
from sqlalchemy import create_engine, event, text
from sqlalchemy.orm import Session

from api.app import create_app
from benchmarks.api_acts import ACTS, PAGE, Target
from benchmarks.inventory_rows import fill, fill_history, fill_projects
from benchmarks.served import serve
from cli.migrate import migrate
from embedded import private_postgres
from models.session import get_engine
from settings import get_settings

_FEW, _MANY = 10_000, 100_000
_QUICK_FEW, _QUICK_MANY = 2_000, 20_000
_HISTORY_A_PART = 10
_ROUNDS, _QUICK_ROUNDS, _WARM = 300, 60, 10
_TARGETS, _COUNTED = 200, 20
_DEEP = 1_000
_LIMIT_GROWTH = 1.3
# What HTTP, Flask, checks and JSON may cost: so many times the statements alone.
_LIMIT_RATIO = 12
# As many for a page of fifty parts and a box of a hundred slots as for one; a project has two hundred lines.
_LIMIT_QUERIES: Mapping[str, int] = {
    "list page": 2,
    "deep page": 2,
    "part detail": 7,
    "box grid": 4,
    "coverage": 5,
    "receive": 8,
}

Times = dict[str, list[float]]


@dataclass(frozen=True)
class _Inventory:
    """A filled database, the API on it, and parts to ask for."""

    database_url: str
    http: httpx2.Client
    connection: psycopg.Connection
    targets: Sequence[Target]


def run(*, quick: bool) -> dict[str, Any]:
    """Fill a small inventory and one of ten times as many parts, and do the same in both by turns."""
    few, many = (_QUICK_FEW, _QUICK_MANY) if quick else (_FEW, _MANY)
    with ExitStack() as opened:
        server = opened.enter_context(private_postgres())
        small = opened.enter_context(_inventory(server, "few", few))
        large = opened.enter_context(_inventory(server, "many", many))
        rows = _rows(large)
        (small_times, _), (large_times, bare) = _by_turns([small, large], _QUICK_ROUNDS if quick else _ROUNDS)
        queries = _queries(large)
    figures: dict[str, Any] = {**rows, "clients": 1, "durable": "no: fsync is off, for the SQL alone as well"}
    checks = []
    for name in ACTS:
        there, alone, before = (statistics.median(times[name]) for times in (large_times, bare, small_times))
        figures[f"{name}, p50 and p95 in ms"] = f"{_ms(there)} and {_ms(_p95(large_times[name]))}"
        figures[f"{name}, p50 in ms with {few} parts, and of the SQL alone"] = f"{_ms(before)} and {_ms(alone)}"
        checks += [
            _check(f"{name}: growth from {few} to {many} parts", round(there / before, 2), _LIMIT_GROWTH),
            _check(f"{name}: times the SQL alone", round(there / alone, 1), _LIMIT_RATIO),
            _check(f"{name}: queries", queries[name], _LIMIT_QUERIES[name]),
        ]
    return {"figures": figures, "checks": checks}


@contextmanager
def _inventory(server: str, name: str, parts: int) -> Iterator[_Inventory]:
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template1"))
    admin.dispose()
    url = server.replace("/partflow?", f"/{name}?")
    migrate(url)
    targets = _filled(url, parts)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), DATABASE_URL=url) as served,
        httpx2.Client(base_url=served.address, trust_env=False, timeout=30) as http,
        psycopg.connect(url.replace("+psycopg", "", 1), autocommit=True) as connection,
    ):
        yield _Inventory(url, http, connection, targets)


def _filled(url: str, parts: int) -> Sequence[Target]:
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        # Neither foreign keys nor the rows' checks are what is measured.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        fill(session, parts)
        fill_history(session, _HISTORY_A_PART * parts)
        fill_projects(session)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
        deep = min(_DEEP, parts // PAGE * 9 // 10)
        chosen = text("""
            SELECT part_id4, box_no, loc_no, before_deep, number % 50 + 1
            FROM (SELECT *, row_number() OVER (ORDER BY md5(id::text)) AS number FROM part_locations) AS placed
            JOIN (
                SELECT id4 AS before_deep, row_number() OVER () AS number
                FROM (SELECT id4 FROM parts ORDER BY id4 OFFSET :before LIMIT :targets) AS deep
            ) AS pages USING (number)
        """)
        rows = connection.execute(chosen, {"before": (deep - 1) * PAGE - 1, "targets": _TARGETS})
        targets = [Target(*row) for row in rows]
    engine.dispose()
    return targets


def _by_turns(inventories: Sequence[_Inventory], rounds: int) -> list[tuple[Times, Times]]:
    """Return the seconds of each act over HTTP, and those of its SQL alone, for each inventory."""
    taken: list[tuple[Times, Times]] = [({act: [] for act in ACTS}, {act: [] for act in ACTS}) for _ in inventories]
    for number in range(_WARM + rounds):
        for name, act in ACTS.items():
            for inventory, (over_http, alone) in zip(inventories, taken, strict=True):
                target = inventory.targets[number % len(inventory.targets)]
                asked = _seconds(lambda: act.request(inventory.http, target))  # noqa: B023 - called at once
                ran = _seconds(lambda: act.run_bare(inventory.connection, target))  # noqa: B023 - likewise
                if number >= _WARM:
                    over_http[name].append(asked)
                    alone[name].append(ran)
    return taken


def _queries(inventory: _Inventory) -> dict[str, int]:
    """Return how many statements each act sends to the database at most, counted in this process."""
    os.environ["PARTFLOW_DATABASE_URL"] = inventory.database_url
    get_settings.cache_clear()
    get_engine.cache_clear()
    client = create_app().test_client()
    sent: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        sent.append(statement)

    event.listen(get_engine(), "before_cursor_execute", note)
    counted = {}
    for name, act in ACTS.items():
        counted[name] = 0
        for target in inventory.targets[:_COUNTED]:
            sent.clear()
            act.request(client, target)
            counted[name] = max(counted[name], len(sent))
    get_engine().dispose()
    return counted


def _rows(inventory: _Inventory) -> dict[str, int]:
    counts = (
        "SELECT (SELECT count(*) FROM parts), (SELECT count(*) FROM part_locations), (SELECT count(*) FROM history)"
    )
    (row,) = inventory.connection.execute(counts)
    return dict(zip(("parts", "placements", "history rows"), row, strict=True))


def _seconds(do: Callable[[], object]) -> float:
    began = time.perf_counter()
    do()
    return time.perf_counter() - began


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _check(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value <= limit}
