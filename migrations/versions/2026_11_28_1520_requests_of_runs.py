"""A run keeps the id of the request that started it."""

import sqlalchemy as sa
from alembic import op

revision = "5d0b7c21e9af"
down_revision = "e41c7f92ab06"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.add_column("pipeline_runs", sa.Column("request_id", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_pipeline_runs_request_id_format"), "pipeline_runs", "request_id ~ '^[A-Za-z0-9._:-]{1,128}$'"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("pipeline_runs", "request_id")
