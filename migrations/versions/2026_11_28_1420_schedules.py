"""Schedules are rows, with their firings and the beats that fire them."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "b3d07e64c915"
down_revision = "17f6a94be3c0"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "schedules",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts", sa.Text(), nullable=False),
        sa.Column("default", postgresql.JSONB(none_as_null=True), nullable=False),
        sa.Column("is_changed", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("enabled", sa.Boolean(), server_default="true", nullable=False),
        sa.Column("cron", sa.Text(), nullable=True),
        sa.Column("interval_seconds", sa.Float(), nullable=True),
        sa.Column("zone", sa.Text(), nullable=False),
        sa.Column("catch_up", sa.Text(), nullable=False),
        *(
            sa.Column(name, sa.DateTime(timezone=True), nullable=name != "planned_at")
            for name in ("last_due_at", "next_due_at", "planned_at")
        ),
        *(
            sa.Column(name, sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
            for name in ("created_at", "updated_at")
        ),
        sa.CheckConstraint("name ~ '^[a-z][a-z0-9_]{0,62}$'", name=op.f("ck_schedules_name_format")),
        sa.CheckConstraint("(cron IS NULL) <> (interval_seconds IS NULL)", name=op.f("ck_schedules_cron_or_interval")),
        sa.CheckConstraint("interval_seconds > 0", name=op.f("ck_schedules_interval_positive")),
        sa.CheckConstraint("catch_up IN ('skip', 'once', 'all')", name=op.f("ck_schedules_catch_up_known")),
        sa.CheckConstraint("enabled = (next_due_at IS NOT NULL)", name=op.f("ck_schedules_enabled_is_due")),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_schedules")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_table(
        "schedule_firings",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("schedule", sa.Text(), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        *(
            sa.Column(name, sa.Boolean(), server_default="false", nullable=False)
            for name in ("by_person", "is_replaced")
        ),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["schedule"], ["schedules.name"], name=op.f("fk_schedule_firings_schedule_schedules"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_schedule_firings")),
        sa.UniqueConstraint("schedule", "due_at", name=op.f("uq_schedule_firings_schedule_due_at")),
    )
    op.create_index(op.f("ix_schedule_firings_schedule_id"), "schedule_firings", ["schedule", "id"])
    op.create_index(
        "ix_schedule_firings_unsent",
        "schedule_firings",
        ["id"],
        postgresql_where=sa.text("sent_at IS NULL AND NOT is_replaced"),
    )
    op.create_table(
        "beats",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("leads", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_beats")),
        postgresql_with={"fillfactor": "50"},
    )
    op.create_index("uq_beats_leads", "beats", ["leads"], unique=True, postgresql_where=sa.text("leads"))


def downgrade() -> None:
    """Undo."""
    op.drop_table("beats")
    op.drop_table("schedule_firings")
    op.drop_table("schedules")
