"""Nights of refreshing and tagging again over an inventory and the sites of its datasheets."""

import os
import signal
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Final

from sqlalchemy import text

from benchmarks.refreshed import fill, locate, sites
from benchmarks.workers import worker
from engine.dispatch import feed_batches
from engine.reconcile import reconcile
from models.session import session_scope
from pipelines import start_due_refreshes, start_due_retags
from schemas.queue import QUEUE_NAMES
from settings import get_settings
from tests.support.sheet_site import SheetSite

_HOST_SECONDS: Final = 0.2
_WINDOW: Final = 1.0
_PROCESSES: Final = 2
_LIMIT_MB: Final = 400.0
_SILENCE_SECONDS: Final = 240.0
"Without any run that ends; then the benchmark gives up."
_SETTINGS: Final = {
    "REFRESH_AGE_DAYS": 1,
    "REFRESH_JITTER_DAYS": 0,
    "REFRESH_HOST_SECONDS": _HOST_SECONDS,
    "REFRESH_ADOPT": "adopt",
    "FETCH_RATE_SECONDS": 1,
    "FETCH_MAX_PER_HOST": 4,
    "ENGINE_LEASE_SECONDS": 10,
    "ENGINE_STALL_SECONDS": 20,
    "ASSISTANT_KIND": "local",
}
_PROPOSED: Final = "SELECT field || ' ' || state, count(*) FROM suggestions GROUP BY 1"
_TWICE: Final = (
    "SELECT count(*) FROM (SELECT FROM suggestions GROUP BY part_id4, field, value HAVING count(*) > 1) AS s"
)
_TWO_OPEN: Final = (
    "SELECT count(*) FROM (SELECT FROM suggestions WHERE state = 'proposed'"
    " GROUP BY part_id4, field HAVING count(*) > 1) AS s"
)
_UNASKED: Final = """
SELECT count(*) FROM suggestions JOIN parts ON parts.id4 = suggestions.part_id4
WHERE state = 'proposed' AND confidence >= 0.6 AND CASE field
    WHEN 'datasheet' THEN NOT EXISTS (
        SELECT FROM documents WHERE documents.part_id4 = parts.id4 AND datasheet_by = 'person')
    WHEN 'tags' THEN parts.set_by ->> 'tags' IS DISTINCT FROM 'person'
    ELSE parts.set_by ->> 'type_id' IS DISTINCT FROM 'person' END
"""


def measure(count: int) -> dict[str, Any]:
    """Carry out two nights for so many parts; in the first, a worker process is killed."""
    with ExitStack() as opened:
        aged = fill(count)
        served = opened.enter_context(sites(aged))
        locate(aged, served)
        _configure(served, count)
        pid = opened.enter_context(worker("tasks", processes=_PROCESSES, queues=",".join(QUEUE_NAMES)))
        nights = [_night(pid, served, kill=number == 0) for number in range(2)]
    figures: dict[str, Any] = {"parts": count, "fates": dict(Counter(part.fate for part in aged))}
    for number, night in enumerate(nights, 1):
        figures |= {f"night {number}, {name}": value for name, value in night.items()}
    figures["sources by verdict"] = _counted("SELECT verdict, count(*) FROM datasheet_sources GROUP BY 1")
    return {"figures": figures, "checks": _checks(nights, later=sum(part.fate == "later" for part in aged))}


def _configure(served: list[SheetSite], count: int) -> None:
    own = {"FETCH_ALLOWED_ADDRESSES": ",".join(site.endpoint for site in served)}
    most = {"REFRESH_MAX_PER_DAY": 2 * count, "RETAG_MAX_PER_DAY": 2 * count}
    os.environ.update({f"PARTFLOW_{name}": str(value) for name, value in {**_SETTINGS, **own, **most}.items()})
    get_settings.cache_clear()


def _night(pid: int, served: list[SheetSite], *, kill: bool) -> dict[str, Any]:
    """Refresh and tag again what is due, and let two days pass."""
    before = _counted(_PROPOSED)
    documents = _number("SELECT count(*) FROM documents")
    for site in served:
        site.visits.clear()
    began = time.monotonic()
    refreshed = start_due_refreshes()
    peak = _wait(pid, kill=kill)
    took = time.monotonic() - began
    retagged = start_due_retags()
    peak = max(peak, _wait(pid))
    after = _counted(_PROPOSED)
    found = {
        "refreshed": refreshed,
        "tagged again": retagged,
        "seconds of refreshing": round(took, 1),
        "runs by state": _counted("SELECT pipeline || ' ' || state, count(*) FROM pipeline_runs GROUP BY 1"),
        "new suggestions": {name: number - before.get(name, 0) for name, number in after.items()},
        "new documents": _number("SELECT count(*) FROM documents") - documents,
        "drift": _counted("SELECT cause || ' ' || kind || ' ' || outcome, count(*) FROM drifts GROUP BY 1"),
        "requests": sum(len(site.visits) for site in served),
        "conditional": sum(visit.conditional for site in served for visit in site.visits),
        "most requests to a host in a second": max(map(_most_in_a_window, served)),
        "largest worker process, MB": round(peak, 1),
    }
    with session_scope() as session:
        session.execute(text("UPDATE part_upkeep SET started_at = started_at - interval '2 days'"))
        session.execute(text("UPDATE datasheet_sources SET checked_at = checked_at - interval '2 days'"))
        session.execute(text("UPDATE pipeline_runs SET heal_at = NULL"))
        session.execute(text("DELETE FROM drifts"))
        session.execute(text("DELETE FROM permits"))
    return found


def _wait(pid: int, *, kill: bool = False) -> float:
    """Wait until all runs have ended; return the memory of the largest worker process. A worker may be killed."""
    total = left = _number(_OPEN)
    peak, changed = 0.0, time.monotonic()
    while left:
        peak = max([peak, *map(_memory_mb, _children(pid))])
        if kill and left < total * 0.7:
            kill = False
            os.kill(_children(pid)[0], signal.SIGKILL)
        feed_batches()
        reconcile()
        time.sleep(0.5)
        now = _number(_OPEN)
        if now != left:
            left, changed = now, time.monotonic()
        if time.monotonic() - changed > _SILENCE_SECONDS:
            raise TimeoutError(f"{left} runs have not ended")
    return peak


_OPEN: Final = "SELECT count(*) FROM pipeline_runs WHERE finished_at IS NULL"


def _children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def _memory_mb(pid: int) -> float:
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except FileNotFoundError:
        return 0.0
    return next((int(line.split()[1]) / 1000 for line in lines if line.startswith("VmRSS:")), 0.0)


def _most_in_a_window(site: SheetSite) -> int:
    times = sorted(visit.at for visit in site.visits)
    most = first = 0
    for place, at in enumerate(times):
        while at - times[first] > _WINDOW:
            first += 1
        most = max(most, place - first + 1)
    return most


def _counted(query: str) -> dict[str, int]:
    with session_scope() as session:
        return {str(name): int(number) for name, number in session.execute(text(query)).all()}


def _number(query: str) -> int:
    with session_scope() as session:
        return int(session.execute(text(query)).scalar_one())


def _checks(nights: list[dict[str, Any]], *, later: int) -> list[dict[str, Any]]:
    first, second = nights
    failed = sum(number for name, number in second["runs by state"].items() if name.endswith("failed"))
    # A turn every so often, and one more fetch for each permit whose request was on its way.
    polite = _WINDOW / _HOST_SECONDS + 4 + 2
    return [
        _check("later files that were not found", later - first["new documents"], 0),
        _check("values that were proposed twice", _number(_TWICE), 0),
        _check("fields with two suggestions that wait", _number(_TWO_OPEN), 0),
        _check("sure proposals where no person had decided", _number(_UNASKED), 0),
        _check("runs that failed", failed, 0),
        _check("second night: parts tagged again", second["tagged again"], 0),
        _check("second night: new suggestions", sum(map(abs, second["new suggestions"].values())), 0),
        _check("second night: new documents", second["new documents"], 0),
        *(
            _check(f"night {number}: most requests to a host in a second", night[_REQUESTS], polite)
            for number, night in enumerate(nights, 1)
        ),
        _check("largest worker process, MB", max(night[_MEMORY] for night in nights), _LIMIT_MB),
    ]


_REQUESTS: Final = "most requests to a host in a second"
_MEMORY: Final = "largest worker process, MB"


def _check(name: str, value: float, limit: float) -> dict[str, Any]:
    return {"name": name, "value": value, "limit": limit, "ok": value <= limit}
