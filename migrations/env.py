"""Alembic's environment: online only, one migration at a time."""

from typing import Any, Literal

from alembic import context
from sqlalchemy import func, select

import pgchords
from models import Base
from models.base import EnumText
from models.locks import Lock, number
from models.session import get_engine
from models.stored import StoredJson, StoredText


def _rendered(_kind: str, item: Any, _context: Any) -> str | Literal[False]:
    """Write types of our own as PostgreSQL's, so that a migration does not change with the models; False is as usual."""
    if isinstance(item, StoredJson):
        return "postgresql.JSONB()"
    return "sa.Text()" if isinstance(item, EnumText | StoredText) else False


engine = context.config.attributes.get("engine") or get_engine()
limits = context.config.attributes.get("limits")

with engine.connect() as connection:
    # Two starts at once must not migrate at once; the lock goes with the connection.
    connection.execute(select(func.pg_advisory_lock(number(Lock.MIGRATION))))
    if limits:
        # Whoever waits for a table keeps all others from it, too, so a deploy had better fail than wait.
        connection.exec_driver_sql(f"SET lock_timeout = '{limits.lock_seconds}s'")
        connection.exec_driver_sql(f"SET statement_timeout = '{limits.statement_seconds}s'")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=[Base.metadata, pgchords.metadata],
        compare_server_default=True,
        render_item=_rendered,
    )
    with context.begin_transaction():
        context.run_migrations()
