"""Call the position of a step in a chord index, as everywhere; slot is a place in a box."""

from alembic import op

revision = "5c1de0a7b3f2"
down_revision = "d070b7545feb"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.alter_column("pipeline_steps", "slot", new_column_name="index")
    op.alter_column("datasheet_candidates", "slot", new_column_name="index")
    op.execute(
        "ALTER TABLE datasheet_candidates RENAME CONSTRAINT"
        " uq_datasheet_candidates_run_id_slot TO uq_datasheet_candidates_run_id_index"
    )


def downgrade() -> None:
    """Undo."""
    op.execute(
        "ALTER TABLE datasheet_candidates RENAME CONSTRAINT"
        " uq_datasheet_candidates_run_id_index TO uq_datasheet_candidates_run_id_slot"
    )
    op.alter_column("datasheet_candidates", "index", new_column_name="slot")
    op.alter_column("pipeline_steps", "index", new_column_name="slot")
