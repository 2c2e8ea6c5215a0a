"""How fast a free slot is found in an inventory of any layout, and whether two parts ever get the same one."""

import statistics
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Engine, create_engine, text
from sqlalchemy.orm import Session

from benchmarks.inventory_rows import fill_slots
from cli.migrate import migrate
from embedded import private_postgres
from models.session import session_scope
from schemas.slot import Slot
from services.box import SlotService
from services.part import PartService
from services.slot_reservation import SlotReservationService

_PARTS, _QUICK_PARTS = 100_000, 5_000
_ASKED, _QUICK_ASKED = 400, 60
_CLIENTS: Final = 8
_RACED, _QUICK_RACED = 10_000, 400
_KEPT: Final = timedelta(days=1)
_LAYOUTS: Final = {
    "sorted": {"shuffled": 0, "packed": 0},
    "shuffled": {"shuffled": 1, "packed": 0},
    "packed": {"shuffled": 0, "packed": 1},
}
"""Parts in the order of their types with gaps among them; anywhere; and in order, with all free slots at the end."""
_LIMITS_MS: Final = {"sorted": 2.0, "shuffled": 2.0, "packed": 10.0}
_NOWHERE: Final = text(
    """SELECT id4 FROM parts WHERE NOT EXISTS (SELECT FROM part_locations WHERE part_id4 = id4)
    ORDER BY md5(id4) LIMIT :count"""
)
_RUSHING: Final = text(
    """SELECT id4 FROM parts WHERE NOT EXISTS (SELECT FROM part_locations WHERE part_id4 = id4)
    ORDER BY type_id, kin_order LIMIT :count"""
)
"Parts whose kin lie in the same few boxes."


def run(*, quick: bool) -> dict[str, Any]:
    """Ask for slots in three layouts one after the other, and in one of them from 8 clients at once."""
    size = _QUICK_PARTS if quick else _PARTS
    figures: dict[str, Any] = {"placements": size}
    checks: list[dict[str, Any]] = []
    for name, layout in list(_LAYOUTS.items())[: 1 if quick else None]:
        with _inventory(size, layout) as engine:
            times = _alone(engine, _QUICK_ASKED if quick else _ASKED)
            figures[f"{name}: CPU ms p50, p95, worst"] = " ".join(
                f"{each:.2f}" for each in (statistics.median(times), _p95(times), times[-1])
            )
            checks.append(_check(f"{name}: CPU ms p95", round(_p95(times), 2), _LIMITS_MS[name]))
            if name == "sorted":
                raced, doubled = _race(engine, _QUICK_RACED if quick else _RACED)
                figures |= raced
                checks.append(_check("slots given twice", doubled, 0))
    return {"figures": figures, "checks": checks}


@contextmanager
def _inventory(size: int, layout: dict[str, int]) -> Iterator[Engine]:
    with private_postgres() as url:
        migrate(url)
        engine = create_engine(url, pool_size=_CLIENTS)
        with session_scope(engine) as session:
            fill_slots(session, size, **layout)
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.execute(text("VACUUM ANALYZE"))
        yield engine
        engine.dispose()


def _alone(engine: Engine, count: int) -> list[float]:
    """Return the CPU time of the database for each suggestion that is kept, in ms, sorted."""
    times = []
    with Session(engine) as session:
        backend = Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}/schedstat")
        for part in session.scalars(_NOWHERE, {"count": count}).all():
            before = int(backend.read_text().split()[0])
            _suggest(session, part)
            session.commit()
            times.append((int(backend.read_text().split()[0]) - before) / 1e6)
    return sorted(times)


def _race(engine: Engine, count: int) -> tuple[dict[str, Any], int]:
    """Let clients ask for slots at the same time, half of the parts for the same boxes."""
    with Session(engine) as session:
        rushing = session.scalars(_RUSHING, {"count": count // 2}).all()
        others = set(session.scalars(_NOWHERE, {"count": count}).all()) - set(rushing)
    parts = [*rushing, *sorted(others)[: count - len(rushing)]]

    def ask(mine: Sequence[str]) -> list[Slot | None]:
        with Session(engine) as session:
            got = []
            for part in mine:
                got.append(_suggest(session, part))
                session.commit()
            return got

    began = time.monotonic()
    with ThreadPoolExecutor(_CLIENTS) as clients:
        found = [slot for got in clients.map(ask, [parts[each::_CLIENTS] for each in range(_CLIENTS)]) for slot in got]
    seconds = time.monotonic() - began
    given = Counter(slot for slot in found if slot)
    figures = {"clients": _CLIENTS, "suggestions": len(found), "without a slot": found.count(None)}
    return figures | {"suggestions a second": round(len(found) / seconds)}, len(found) - found.count(None) - len(given)


def _suggest(session: Session, part_id4: str) -> Slot | None:
    part = PartService.lock(session, part_id4)
    choice = SlotService.suggest(session, part)
    if choice is None or not SlotReservationService.create(session, part, choice.slot, until=datetime.now(UTC) + _KEPT):
        return None
    return choice.slot


def _p95(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[94]


def _check(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value <= limit}
