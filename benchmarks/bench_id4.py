"""How fast a part gets its letters when nearly all are taken, and how soon it is told that none is left."""

import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from cli.migrate import migrate
from embedded import private_postgres
from schemas.errors import NoFreeId4
from schemas.id4 import ID4_LENGTH
from services.part import PartService
from services.part.id4 import LETTERS

_ALL = len(LETTERS) ** ID4_LENGTH
_NEAR, _MADE, _QUICK_MADE = 450_000, 1_000, 200
_LIMIT_NEAR_MS, _LIMIT_END_MS = 30.0, 5_000.0
_FILL = """
    INSERT INTO parts (id4)
    SELECT chr(65 + n / 17576) || chr(65 + n / 676 % 26) || chr(65 + n / 26 % 26) || chr(65 + n % 26)
    FROM generate_series(0, :all - 1) AS n ORDER BY random() LIMIT :count
    ON CONFLICT DO NOTHING
"""


def run(*, quick: bool) -> dict[str, Any]:
    """Make parts in an empty inventory, with 450,000 parts, and when there are no letters left."""
    made = _QUICK_MADE if quick else _MADE
    with _inventory() as engine:
        empty = _each(engine, made)
        _fill(engine, _NEAR)
        near, together = _each(engine, made), _together(engine, made)
        _fill(engine, _ALL)
        refused = _refused(engine)
    limited = {
        f"with {_NEAR} parts, p95 ms": (statistics.quantiles(near, n=20)[-1], _LIMIT_NEAR_MS),
        "no letters left, ms until that is said": (refused, _LIMIT_END_MS),
    }
    figures = {
        "parts made": made,
        "empty, median ms": round(statistics.median(empty), 1),
        f"with {_NEAR} parts, median ms": round(statistics.median(near), 1),
        f"with {_NEAR} parts, slowest ms": round(max(near), 1),
        f"with {_NEAR} parts, in one transaction, ms each": round(together, 1),
    }
    checks = [
        {"name": name, "value": round(value, 1), "limit": limit, "ok": value <= limit}
        for name, (value, limit) in limited.items()
    ]
    return {"figures": figures, "checks": checks}


@contextmanager
def _inventory() -> Iterator[Engine]:
    with private_postgres() as url:
        migrate(url)
        engine = create_engine(url)
        yield engine
        engine.dispose()


def _fill(engine: Engine, count: int) -> None:
    with engine.begin() as connection:
        connection.execute(text(_FILL), {"all": _ALL, "count": count})
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("VACUUM ANALYZE parts"))


def _each(engine: Engine, made: int) -> list[float]:
    """Make parts, each in a transaction of its own, and return milliseconds."""
    times = []
    for _ in range(made):
        began = time.perf_counter()
        with Session(engine) as session, session.begin():
            PartService.create(session)
        times.append(1000 * (time.perf_counter() - began))
    return times


def _together(engine: Engine, made: int) -> float:
    began = time.perf_counter()
    with Session(engine) as session, session.begin():
        for _ in range(made):
            PartService.create(session)
    return 1000 * (time.perf_counter() - began) / made


def _refused(engine: Engine) -> float:
    """Make parts of the letters that `_fill` left out, and return the milliseconds of the refusal at the end."""
    with Session(engine) as session, session.begin():
        while True:
            began = time.perf_counter()
            try:
                PartService.create(session)
            except NoFreeId4:
                return 1000 * (time.perf_counter() - began)
