"""The tables: chords and their parts, and the two in which Celery keeps results, by Celery's own names."""

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Sequence,
    String,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)

metadata = MetaData()

chords = Table(
    "pgchords_chords",
    metadata,
    Column("group_id", Text, primary_key=True),
    # Both are encoded by the result serializer: the signature to send, and the nested lists of its parts' task ids.
    Column("body", LargeBinary, nullable=False),
    Column("header", LargeBinary, nullable=False),
    # Celery tells it just before it publishes the last part, so until then it is not known that all were published.
    Column("size", Integer),
    Column("state", Text, nullable=False, server_default="open"),
    Column("token", Text),
    Column("leased_until", DateTime(timezone=True)),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("finished_at", DateTime(timezone=True)),
    CheckConstraint("state IN ('open', 'claimed', 'done', 'failed')", name="ck_pgchords_chords_state"),
    Index("ix_pgchords_chords_unfinished", "created_at", postgresql_where=text("finished_at IS NULL")),
    Index("ix_pgchords_chords_finished_at", "finished_at", postgresql_where=text("finished_at IS NOT NULL")),
)

parts = Table(
    "pgchords_parts",
    metadata,
    Column("group_id", ForeignKey("pgchords_chords.group_id", ondelete="CASCADE"), primary_key=True),
    Column("task_id", Text, primary_key=True),
    Column("group_index", Integer, primary_key=True, autoincrement=False),
    Column("returned_at", DateTime(timezone=True)),
    Index("ix_pgchords_parts_task_id", "task_id"),
    Index("ix_pgchords_parts_outstanding", "group_id", postgresql_where=text("returned_at IS NULL")),
)

_result_ids = Sequence("task_id_sequence", metadata=metadata)
_group_ids = Sequence("taskset_id_sequence", metadata=metadata)

# All columns of Celery's extended results, so that result_extended can be switched on and off at any time.
results = Table(
    "celery_taskmeta",
    metadata,
    Column("id", BigInteger, _result_ids, server_default=_result_ids.next_value(), primary_key=True),
    Column("task_id", String(155)),
    Column("status", String(50)),
    Column("result", LargeBinary),
    Column("date_done", DateTime),
    Column("traceback", Text),
    Column("children", LargeBinary),
    Column("name", String(155)),
    Column("args", LargeBinary),
    Column("kwargs", LargeBinary),
    Column("worker", String(155)),
    Column("retries", Integer),
    Column("queue", String(155)),
    Column("stamps", LargeBinary),
    UniqueConstraint("task_id", name="celery_taskmeta_task_id_key"),
    Index("ix_celery_taskmeta_date_done", "date_done"),
)

groups = Table(
    "celery_tasksetmeta",
    metadata,
    Column("id", BigInteger, _group_ids, server_default=_group_ids.next_value(), primary_key=True),
    Column("taskset_id", String(155)),
    Column("result", LargeBinary),
    Column("date_done", DateTime),
    UniqueConstraint("taskset_id", name="celery_tasksetmeta_taskset_id_key"),
    Index("ix_celery_tasksetmeta_date_done", "date_done"),
)
