"""What PostgreSQL says of the statements that a call sends."""

from collections.abc import Callable, Iterator
from typing import Any

from sqlalchemy import Engine, event
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


def scans(node: dict[str, Any]) -> Iterator[str]:
    """Yield the indexes that are used, and the tables that are read from end to end."""
    if "Index Name" in node:
        yield node["Index Name"]
    elif node["Node Type"].endswith("Seq Scan"):
        yield node["Relation Name"]
    for child in node.get("Plans", ()):
        yield from scans(child)
