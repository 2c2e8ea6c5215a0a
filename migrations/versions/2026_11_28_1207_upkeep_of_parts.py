"""Pipelines that come back to parts remember when they did, and on which basis."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "c83e15f0a4d7"
down_revision = "9e40c7d2f5b1"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "part_upkeep",
        sa.Column("part_id4", sa.CHAR(4), nullable=False),
        sa.Column("pipeline", sa.Text(), nullable=False),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("basis", postgresql.JSONB(none_as_null=True), server_default="{}", nullable=False),
        sa.CheckConstraint("pipeline ~ '^[a-z][a-z0-9_]{0,62}$'", name=op.f("ck_part_upkeep_pipeline_format")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_part_upkeep_part_id4_parts")),
        sa.PrimaryKeyConstraint("part_id4", "pipeline", name=op.f("pk_part_upkeep")),
    )
    op.create_index(op.f("ix_part_upkeep_pipeline_started_at"), "part_upkeep", ["pipeline", "started_at"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("part_upkeep")
