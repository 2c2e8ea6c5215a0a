"""Check the form of a pipeline's name, and leave the list of names to the registry."""

from alembic import op

revision = "8f2a61c09d4e"
down_revision = "5c1de0a7b3f2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.drop_constraint(op.f("ck_pipeline_runs_pipeline_known"), "pipeline_runs")
    op.create_check_constraint(
        op.f("ck_pipeline_runs_pipeline_format"), "pipeline_runs", "pipeline ~ '^[a-z][a-z0-9_]{0,62}$'"
    )


def downgrade() -> None:
    """Undo; runs of pipelines that the older code does not know are deleted."""
    op.execute("DELETE FROM pipeline_runs WHERE pipeline NOT IN ('photo_intake', 'part_intake', 'csv_import')")
    op.drop_constraint(op.f("ck_pipeline_runs_pipeline_format"), "pipeline_runs")
    op.create_check_constraint(
        op.f("ck_pipeline_runs_pipeline_known"),
        "pipeline_runs",
        "pipeline IN ('photo_intake', 'part_intake', 'csv_import')",
    )
