"""Alembic's environment: online only, one migration at a time."""

from alembic import context
from sqlalchemy import func, select

import pgchords
from models import Base
from models.locks import Lock, number
from models.session import get_engine

engine = context.config.attributes.get("engine") or get_engine()

with engine.connect() as connection:
    # Two starts at once must not migrate at once; the lock goes with the connection.
    connection.execute(select(func.pg_advisory_lock(number(Lock.MIGRATION))))
    connection.commit()
    context.configure(
        connection=connection, target_metadata=[Base.metadata, pgchords.metadata], compare_server_default=True
    )
    with context.begin_transaction():
        context.run_migrations()
