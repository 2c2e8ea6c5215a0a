"""A run keeps the span in which it was started."""

import sqlalchemy as sa
from alembic import op

revision = "b41e8f0d6a23"
down_revision = "5d0b7c21e9af"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("pipeline_runs", sa.Column("traceparent", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_pipeline_runs_traceparent_format"),
        "pipeline_runs",
        "traceparent ~ '^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'",
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("pipeline_runs", "traceparent")
