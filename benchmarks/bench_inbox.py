"""Whether the inbox stays fast with many suggestions that wait, on any page, however it is filtered."""

import statistics
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx2
from sqlalchemy import create_engine, text
from sqlalchemy.orm import Session

from benchmarks.inventory_rows import fill_inbox
from benchmarks.served import serve
from cli.migrate import migrate
from embedded import private_postgres

_FEW, _MANY = 500, 50_000
_ROUNDS, _QUICK_ROUNDS, _WARM = 300, 60, 10
_LIMIT_P95_MS = 30.0
_LIMIT_GROWTH = 1.3
_LIMIT_GROWTH_COUNTED = 2.0
"Of pages whose total is not kept, but counted in an index."
_ASKED: Mapping[str, str] = {
    "first page": "/suggestions",
    "last page": "/suggestions?after={last}",
    "by part": "/suggestions?group=part&limit=25",
    "of a field": "/suggestions?field=tags",
    "sure ones of a field": "/suggestions?field=part_number&confidence_at_least=0.5",
    "accepted ones": "/suggestions?state=accepted",
}


def run(*, quick: bool) -> dict[str, Any]:
    """Ask for the same pages of a small inbox and of one of a hundred times as many, by turns."""
    rounds = _QUICK_ROUNDS if quick else _ROUNDS
    with ExitStack() as opened:
        server = opened.enter_context(private_postgres())
        small = opened.enter_context(_inbox(server, "few", _FEW))
        large = opened.enter_context(_inbox(server, "many", _MANY))
        times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in _ASKED}
        for number in range(_WARM + rounds):
            for name, path in _ASKED.items():
                for (http, last), taken in zip((small, large), times[name], strict=True):
                    seconds = _seconds(http, path.format(last=last))
                    if number >= _WARM:
                        taken.append(seconds)
    figures: dict[str, Any] = {"suggestions that wait": f"{_FEW} and {_MANY}", "on a page": 50, "clients": 1}
    checks = []
    for name, (few, many) in times.items():
        before, there, p95 = statistics.median(few), statistics.median(many), _p95(many)
        figures[f"{name}, p50 in ms with {_FEW}, with {_MANY}"] = f"{_ms(before)} and {_ms(there)}"
        checks.append(_check(f"{name}: p95 in ms with {_MANY}", _ms(p95), _LIMIT_P95_MS))
        limit = _LIMIT_GROWTH_COUNTED if "confidence" in _ASKED[name] else _LIMIT_GROWTH
        checks.append(_check(f"{name}: growth from {_FEW} to {_MANY}", round(there / before, 2), limit))
    return {"figures": figures, "checks": checks}


@contextmanager
def _inbox(server: str, name: str, suggestions: int) -> Iterator[tuple[httpx2.Client, str]]:
    """Yield a client of an API on a filled database, and the cursor of the page before the last."""
    admin = create_engine(server, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE template1"))
    admin.dispose()
    url = server.replace("/partflow?", f"/{name}?")
    migrate(url)
    _fill(url, suggestions)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), DATABASE_URL=url) as served,
        httpx2.Client(base_url=served.address, trust_env=False, timeout=30) as http,
    ):
        yield http, _last(http, suggestions)


def _fill(url: str, suggestions: int) -> None:
    engine = create_engine(url)
    with Session(engine) as session, session.begin():
        # Neither foreign keys nor the rows' checks are what is measured.
        session.execute(text("SET LOCAL session_replication_role = replica"))
        fill_inbox(session, suggestions)
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE"))
    engine.dispose()


def _last(http: httpx2.Client, suggestions: int) -> str:
    found = http.get("/suggestions?limit=1").json()
    assert found["total"] == suggestions, found["total"]
    after = None
    for _ in range(suggestions // 100 - 1):
        after = http.get("/suggestions", params={"limit": 100} | ({"after": after} if after else {})).json()["next"]
    return str(after)


def _seconds(http: httpx2.Client, path: str) -> float:
    began = time.perf_counter()
    answer = http.get(path)
    taken = time.perf_counter() - began
    assert answer.status_code == 200, answer.text
    return taken


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _ms(seconds: float) -> float:
    return round(1000 * seconds, 2)


def _check(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value <= limit}
