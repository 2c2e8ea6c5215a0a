"""Readiness: whether database, migrations, broker and storage can be used."""

import os
from collections.abc import Callable
from functools import cache
from pathlib import Path

import structlog
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from kombu import Connection
from sqlalchemy import text

from api.http.disk import shortage
from clients.files import sandbox
from clients.files.walls import Walls
from clients.object_store import ObjectStore
from models.session import get_engine
from schemas.errors import StepError
from schemas.health import Check, Readiness, SandboxWalls
from settings import get_settings
from settings.groups import BrokerSettings

_MIGRATIONS = Path(__file__).resolve().parents[2] / "migrations"
_BROKER_SECONDS = 3
_LIMITS = sandbox.Limits(seconds=20, memory_mb=256, output_mb=1)
_log = structlog.get_logger()


def readiness(broker: BrokerSettings, store: ObjectStore) -> Readiness:
    """Check everything once."""
    checks = {
        "database": _check(_database),
        "migrations": _check(_migrations),
        "broker": _check(lambda: _broker(broker)),
        "storage": _check(store.ready),
        "disk": _check(lambda: shortage(get_settings())),
    }
    return Readiness(ready=all(check.ok for check in checks.values()), **checks, sandbox=_sandbox())


def _sandbox() -> SandboxWalls | None:
    try:
        walls = _walls()
    except sandbox.SandboxError as error:
        _log.warning("the sandbox cannot be looked at", error=str(error))
        return None
    required = get_settings().sandbox.require == "all"
    return SandboxWalls(stand=tuple(walls.stand), missing=tuple(walls.missing), required=required)


@cache
def _walls() -> Walls:
    """Return the walls around a child, which do not change as long as this process lives."""
    walls = sandbox.look("clients._csv_child", _LIMITS)
    walls.note()
    return walls


def _check(look: Callable[[], str | None]) -> Check:
    try:
        wrong = look()
    except Exception as error:  # noqa: BLE001 - whatever goes wrong, it is not ready
        # The kind of error only, because the message may name hosts and users, and everyone may ask.
        _log.warning("not ready", error=str(error))
        wrong = f"cannot be used: {error.code if isinstance(error, StepError) else type(error).__name__}"
    return Check(ok=wrong is None, detail=wrong or "ok")


def _database() -> None:
    with get_engine().connect() as connection:
        connection.execute(text("SELECT 1"))


def _migrations() -> str | None:
    scripts = ScriptDirectory(str(_MIGRATIONS))
    newest, known = set(scripts.get_heads()), {each.revision for each in scripts.walk_revisions()}
    with get_engine().connect() as connection:
        applied = set(MigrationContext.configure(connection).get_current_heads())
    # A deploy migrates while older programs go on, and they must stay ready on tables that they do not know.
    if applied == newest or applied - known:
        return None
    return f"the tables are of {applied or 'no version'}, not of {newest}; migrate"


def _broker(broker: BrokerSettings) -> str | None:
    url = broker.url.get_secret_value()
    if url.startswith("filesystem"):
        broker.folder.mkdir(parents=True, exist_ok=True)
        return None if os.access(broker.folder, os.W_OK) else f"{broker.folder} cannot be written to"
    with Connection(url, connect_timeout=_BROKER_SECONDS) as connection:
        connection.ensure_connection(max_retries=1, timeout=_BROKER_SECONDS)
    return None
