"""Imports of parts from a table."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9a74a239a2b6"
down_revision = "196b88df3266"
branch_labels = None
depends_on = None


def _know(pipelines: str) -> None:
    op.drop_constraint(op.f("ck_pipeline_runs_pipeline_known"), "pipeline_runs", type_="check")
    op.create_check_constraint(op.f("ck_pipeline_runs_pipeline_known"), "pipeline_runs", f"pipeline IN ({pipelines})")


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "part_imports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("filename", sa.Text(), nullable=True),
        sa.Column("sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("options", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("total", sa.Integer(), nullable=False),
        sa.Column("done", sa.Integer(), server_default="0", nullable=False),
        sa.Column("report", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name=op.f("fk_part_imports_run_id_pipeline_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_imports")),
    )
    op.create_index(op.f("ix_part_imports_run_id"), "part_imports", ["run_id"], unique=False)
    _know("'photo_intake', 'part_intake', 'csv_import'")


def downgrade() -> None:
    """Undo; runs of imports go with them."""
    op.execute("DELETE FROM pipeline_runs WHERE pipeline = 'csv_import'")
    _know("'photo_intake', 'part_intake'")
    op.drop_index(op.f("ix_part_imports_run_id"), table_name="part_imports")
    op.drop_table("part_imports")
