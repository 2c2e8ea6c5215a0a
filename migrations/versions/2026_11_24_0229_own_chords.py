"""Results and chords, no longer made by Celery at run time."""

import sqlalchemy as sa
from alembic import op

revision = "a16af42b43e3"
down_revision = "3699b04cc7f3"
branch_labels = None
depends_on = None


SEQUENCES = ("task_id_sequence", "taskset_id_sequence")


def upgrade() -> None:
    """Apply."""
    # Where Celery has made its tables they hold the results of a day, which no run needs.
    _drop_results()
    for sequence in SEQUENCES:
        op.execute(f"CREATE SEQUENCE {sequence}")
    op.create_table(
        "celery_taskmeta",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('task_id_sequence')"), nullable=False),
        sa.Column("task_id", sa.String(length=155), nullable=True),
        sa.Column("status", sa.String(length=50), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("date_done", sa.DateTime(), nullable=True),
        sa.Column("traceback", sa.Text(), nullable=True),
        sa.Column("children", sa.LargeBinary(), nullable=True),
        sa.Column("name", sa.String(length=155), nullable=True),
        sa.Column("args", sa.LargeBinary(), nullable=True),
        sa.Column("kwargs", sa.LargeBinary(), nullable=True),
        sa.Column("worker", sa.String(length=155), nullable=True),
        sa.Column("retries", sa.Integer(), nullable=True),
        sa.Column("queue", sa.String(length=155), nullable=True),
        sa.Column("stamps", sa.LargeBinary(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("task_id", name="celery_taskmeta_task_id_key"),
    )
    op.create_index("ix_celery_taskmeta_date_done", "celery_taskmeta", ["date_done"], unique=False)
    op.create_table(
        "celery_tasksetmeta",
        sa.Column("id", sa.BigInteger(), server_default=sa.text("nextval('taskset_id_sequence')"), nullable=False),
        sa.Column("taskset_id", sa.String(length=155), nullable=True),
        sa.Column("result", sa.LargeBinary(), nullable=True),
        sa.Column("date_done", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("taskset_id", name="celery_tasksetmeta_taskset_id_key"),
    )
    op.create_index("ix_celery_tasksetmeta_date_done", "celery_tasksetmeta", ["date_done"], unique=False)
    op.create_table(
        "pgchords_chords",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("header", sa.LargeBinary(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=True),
        sa.Column("state", sa.Text(), server_default="open", nullable=False),
        sa.Column("token", sa.Text(), nullable=True),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("state IN ('open', 'claimed', 'done', 'failed')", name="ck_pgchords_chords_state"),
        sa.PrimaryKeyConstraint("group_id"),
    )
    op.create_index(
        "ix_pgchords_chords_finished_at",
        "pgchords_chords",
        ["finished_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NOT NULL"),
    )
    op.create_index(
        "ix_pgchords_chords_unfinished",
        "pgchords_chords",
        ["created_at"],
        unique=False,
        postgresql_where=sa.text("finished_at IS NULL"),
    )
    op.create_table(
        "pgchords_parts",
        sa.Column("group_id", sa.Text(), nullable=False),
        sa.Column("task_id", sa.Text(), nullable=False),
        sa.Column("group_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("returned_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["group_id"], ["pgchords_chords.group_id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("group_id", "task_id", "group_index"),
    )
    op.create_index(
        "ix_pgchords_parts_outstanding",
        "pgchords_parts",
        ["group_id"],
        unique=False,
        postgresql_where=sa.text("returned_at IS NULL"),
    )
    op.create_index("ix_pgchords_parts_task_id", "pgchords_parts", ["task_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_table("pgchords_parts")
    op.drop_table("pgchords_chords")
    _drop_results()


def _drop_results() -> None:
    op.execute("DROP TABLE IF EXISTS celery_taskmeta, celery_tasksetmeta")
    for sequence in SEQUENCES:
        op.execute(f"DROP SEQUENCE IF EXISTS {sequence}")
