"""What PostgreSQL says of the statements that a call sends."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import URL, Engine, create_engine, event, text
from sqlalchemy.orm import Session

CHANGES = ("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")
READS = ("SELECT", "WITH")


def explain(engine: Engine, call: Callable[[Session], object], kinds: tuple[str, ...] = READS) -> list[dict[str, Any]]:
    """Carry out a call, and then explain each of its statements of those kinds; nothing of it stays."""
    sent: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        sent.append((statement, parameters))

    with Session(engine) as session:
        event.listen(engine, "before_cursor_execute", note)
        call(session)
        event.remove(engine, "before_cursor_execute", note)
        return [_explained(session, statement, given) for statement, given in sent if statement.startswith(kinds)]


def _explained(session: Session, statement: str, parameters: Any) -> dict[str, Any]:
    connection = session.connection().connection.driver_connection
    assert connection is not None
    (plan,) = connection.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {statement}", parameters).fetchone()
    first: dict[str, Any] = plan[0]
    return first


def scans(node: dict[str, Any], *, executed: bool = False) -> Iterator[str]:
    """Yield the indexes that are used, and the tables that are read from end to end: planned, or really executed."""
    if executed and not node["Actual Loops"]:
        return
    if "Index Name" in node:
        yield node["Index Name"]
    elif node["Node Type"].endswith("Seq Scan"):
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from scans(child, executed=executed)


@contextmanager
def plans_in_use(url: URL | str) -> Iterator[tuple[Session, list[dict[str, Any]]]]:
    """Yield a session whose statements are prepared at once, and a list to which each statement's plan is added."""
    engine = create_engine(url, connect_args={"prepare_threshold": 0})
    plans: list[dict[str, Any]] = []
    with Session(engine) as session:
        for setting in ("log_min_duration = 0", "log_analyze = on", "log_buffers = on", "log_format = json"):
            session.execute(text("LOAD 'auto_explain'" if setting.startswith("log_min") else "SELECT 1"))
            session.execute(text(f"SET auto_explain.{setting}"))
        session.execute(text("SET client_min_messages = log"))
        driver: Any = session.connection().connection.driver_connection
        driver.add_notice_handler(lambda notice: _note(plans, notice.message_primary or ""))
        yield session, plans
    engine.dispose()


def _note(plans: list[dict[str, Any]], message: str) -> None:
    _, found, plan = message.partition("plan:\n")
    if found:
        plans.append(json.loads(plan))
