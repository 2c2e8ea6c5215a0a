"""Whether search answers at once, whatever is typed and however many parts there are."""

import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from sqlalchemy import text
from sqlalchemy.orm import Session

from benchmarks.search_inventory import Inventory, inventory
from benchmarks.search_queries import Question, Questions
from benchmarks.search_rows import letters
from benchmarks.served import serve
from embedded import private_postgres
from services.search import SearchService

_PAGES: Final = 200_000
_PER_KIND, _QUICK_PER_KIND = 45, 8
_WARM: Final = 60
_CLIENTS: Final = 8
_WRITES: Final = 300
_SECONDS: Final = 30.0
_LIMITS: Final = {
    100_000: {"p50": 1.2, "p95": 4.5, "p99": 9.0, "worst": 40.0},
    450_000: {"p95": 15.0, "p99": 40.0},
}
"Milliseconds of the database's CPU for one question."
_SERVED: Final = 100_000
"Parts for which the limits of HTTP, and of what ILIKE takes, are stated."
_HTTP_LIMITS: Final = {"1 client": 15.0, "8 clients": 50.0, "hostile": 100.0}
_GROWTH, _SLOWER, _WRITE_MS = 4.0, 200.0, 1.2
_PAGE_LIMITS: Final = {"p95": 15.0, "worst": 40.0}
_OWN: Final = "id4, manufacturer_code, manufacturer, description, array_to_string(tags, ' '), seller"
_FIELDS: Final = f"""
    {_OWN},
    (SELECT name FROM types WHERE types.id = type_id),
    (SELECT string_agg(concat_ws(' ', part_sellers.seller, order_code), ' ') FROM part_sellers WHERE part_id4 = id4),
    (SELECT string_agg(concat_ws(' ', title, original_filename), ' ') FROM documents WHERE part_id4 = id4),
    (SELECT string_agg(name, ' ') FROM project_requirements JOIN projects ON projects.id = project_id
        WHERE part_id4 = id4)
"""
"What the search box looks into, but for slots and datasheets."


def run(*, quick: bool, parts: str = "10000,100000") -> dict[str, Any]:
    """Ask the same kinds of questions of inventories of each size."""
    sizes = [2_000] if quick else [int(size) for size in parts.split(",")]
    figures: dict[str, Any] = {"questions a size": 12 * (_QUICK_PER_KIND if quick else _PER_KIND)}
    checks: list[dict[str, Any]] = []
    p95: list[float] = []
    with private_postgres() as server:
        for size in sizes:
            with inventory(server, size, 2_000 if quick else _PAGES, _say) as made:
                measured, size_checks = _measure(made, quick=quick)
            figures |= {f"{size:,} parts: {name}": value for name, value in measured.items()}
            checks += [{**check, "name": f"{size:,} parts: {check['name']}"} for check in size_checks]
            p95.append(measured["SQL, CPU ms p95"])
    for before, there, small, large in zip(p95, p95[1:], sizes, sizes[1:], strict=False):
        checks.append(_check(f"growth of p95 from {small:,} to {large:,}", round(there / before, 2), _GROWTH))
    return {"figures": figures, "checks": checks}


def _say(what: str) -> None:
    print(f"partflow: {what}", file=sys.stderr)


def _measure(made: Inventory, *, quick: bool) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    questions = Questions(made.rows, seed=5, per_kind=_QUICK_PER_KIND if quick else _PER_KIND).all()
    _say("questions to the database")
    by_kind = _in_database(made, questions)
    taken = [each for times in by_kind.values() for each in times]
    sql = {"p50": _share(taken, 50), "p95": _share(taken, 95), "p99": _share(taken, 99), "worst": max(taken)}
    figures: dict[str, Any] = {f"SQL, CPU ms {name}": round(value, 2) for name, value in sql.items()}
    figures["SQL, CPU ms p50 and p95 by kind"] = {
        kind: f"{_share(times, 50):.2f} {_share(times, 95):.2f}" for kind, times in by_kind.items()
    }
    limits = _LIMITS.get(len(made.rows), {})
    checks = [_check(f"SQL, CPU ms {name}", sql[name], limit) for name, limit in limits.items()]
    pages = _of_pages(made, 30 if quick else 80)
    figures["pages, CPU ms"] = {name: round(value, 2) for name, value in pages.items()}
    checks += [_check(f"pages, CPU ms {name}", pages[name], limit) for name, limit in _PAGE_LIMITS.items()]
    some = questions[:: max(1, len(questions) // 12)]
    ilike = _share(_with_ilike(made, some, _FIELDS), 50)
    figures["ILIKE, CPU ms p50"] = round(ilike, 1)
    figures["ILIKE in the columns of parts alone, CPU ms p50"] = round(_share(_with_ilike(made, some, _OWN), 50), 1)
    figures["ILIKE is slower by"] = round(ilike / sql["p50"], 1)
    if len(made.rows) == _SERVED:
        checks.append(_check("ILIKE is slower by at least", round(ilike / sql["p50"]), _SLOWER, least=True))
    more = _write_cost(made)
    figures["a part changed, CPU ms more"] = round(more, 2)
    checks.append(_check("a part changed, CPU ms more", more, _WRITE_MS))
    _say("questions over HTTP")
    http = _over_http(made, questions)
    figures |= {f"HTTP, ms p95, {name}": round(value, 1) for name, value in http.items()}
    if len(made.rows) == _SERVED:
        checks += [_check(f"HTTP, ms p95, {name}", http[name], limit) for name, limit in _HTTP_LIMITS.items()]
    figures["megabytes"] = made.megabytes()
    figures["seconds to build"] = round(made.build_seconds, 1)
    return figures, checks


def _in_database(made: Inventory, questions: Sequence[Question]) -> dict[str, list[float]]:
    """Return the CPU time of the database for each question, in ms, by kind."""
    times: dict[str, list[float]] = {}
    with Session(made.engine) as session:
        spent = _cpu_of(session)

        def ask(question: Question) -> float:
            before = spent()
            SearchService.find(session, question.text, limit=10, seconds=_SECONDS)
            # A rollback would throw away the plans that the connection has prepared.
            session.commit()
            return spent() - before

        for question in random.Random(1).sample(questions, min(_WARM, len(questions))):
            ask(question)
        for question in questions:
            times.setdefault(question.kind, []).append(ask(question))
    return times


def _cpu_of(session: Session) -> Callable[[], float]:
    """Return a clock of the CPU time, in ms, of the process of the database that serves this session."""
    session.execute(text("SET max_parallel_workers_per_gather = 0"))
    session.commit()
    path = Path(f"/proc/{session.scalar(text('SELECT pg_backend_pid()'))}/schedstat")
    return lambda: int(path.read_text().split()[0]) / 1e6


def _of_pages(made: Inventory, count: int) -> dict[str, float]:
    chance = random.Random(2)
    with made.engine.connect() as connection:
        pages = connection.scalars(text("SELECT text FROM document_pages LIMIT 500")).all()
    words = [page.split() for page in pages]
    asked = [Question(" ".join(chance.sample(page, 2)), None, "pages") for page in chance.choices(words, k=count)]
    (times,) = _in_database(made, asked).values()
    return {"p50": _share(times, 50), "p95": _share(times, 95), "worst": max(times)}


def _with_ilike(made: Inventory, questions: Sequence[Question], fields: str) -> list[float]:
    times = []
    with Session(made.engine) as session:
        spent = _cpu_of(session)
        for question in questions:
            words = [f"%{word.replace('%', '')}%" for word in question.text[:200].split()[:5]] or ["%"]
            every = " AND ".join(f"concat_ws(' ', {fields}) ILIKE :word{number}" for number in range(len(words)))
            before = spent()
            asked = text(f"SELECT id4 FROM parts WHERE {every} ORDER BY manufacturer_code, id4 LIMIT 10")  # ours
            session.execute(asked, {f"word{number}": word for number, word in enumerate(words)}).all()
            times.append(spent() - before)
    return times


def _write_cost(made: Inventory) -> float:
    """Return how much more CPU time, in ms, it takes to change a part's description because it is searched."""

    def change(session: Session, role: str) -> float:
        spent = _cpu_of(session)
        session.execute(text(f"SET session_replication_role = {role}"))
        before = spent()
        for number in random.Random(3).sample(range(len(made.rows)), _WRITES):
            change_it = text("UPDATE parts SET description = description || ' x' WHERE id4 = :id4")
            session.execute(change_it, {"id4": letters(number)})
        session.commit()
        return (spent() - before) / _WRITES

    with Session(made.engine) as session:
        without = change(session, "replica")
        return change(session, "origin") - without


def _over_http(made: Inventory, questions: Sequence[Question]) -> dict[str, float]:
    hostile = [each.text for each in questions if each.kind == "hostile"]
    usual = [each.text for each in questions if each.kind != "hostile"]
    random.Random(4).shuffle(usual)
    with (
        tempfile.TemporaryDirectory() as folder,
        serve(Path(folder), DATABASE_URL=made.url, DATABASE_POOL_SIZE=_CLIENTS) as served,
    ):
        ask = _Client(served.port).ask
        for query in usual[:_WARM]:
            ask(query)
        alone, harmed = [ask(query) for query in usual], [ask(query) for query in hostile]
        with ThreadPoolExecutor(_CLIENTS) as pool:
            together = list(pool.map(ask, usual))
    return {"1 client": _share(alone, 95), "8 clients": _share(together, 95), "hostile": _share(harmed, 95)}


class _Client(threading.local):
    """A connection of each thread, by the standard library: another takes as much CPU as the API has for its answer."""

    def __init__(self, port: int) -> None:
        self._connection = HTTPConnection("127.0.0.1", port, timeout=60)

    def ask(self, query: str) -> float:
        """Return the milliseconds until the answer is read."""
        began = time.perf_counter()
        self._connection.request("GET", "/search?" + urlencode({"q": query}))
        answer = self._connection.getresponse()
        content = answer.read()
        # 400: too long, or not what a text can be; said as quickly.
        assert answer.status in (200, 400), content
        return 1000 * (time.perf_counter() - began)


def _share(times: Sequence[float], percent: int) -> float:
    return statistics.quantiles(times, n=100, method="inclusive")[percent - 1]


def _check(name: str, value: float, limit: float, *, least: bool = False) -> dict[str, Any]:
    ok = value >= limit if least else value <= limit
    return {"name": name, "value": round(value, 2), "limit": limit, "ok": ok}
