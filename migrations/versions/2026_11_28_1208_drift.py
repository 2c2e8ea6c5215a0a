"""What tagging parts again found is kept, night by night."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "17f6a94be3c0"
down_revision = "c83e15f0a4d7"
branch_labels = None
depends_on = None

KNOWN = {
    "field": "'part_number', 'same_part', 'tags', 'type', 'stock', 'datasheet'",
    "cause": "'model', 'prompt', 'rules', 'vocabulary', 'text', 'first', 'asked'",
    "kind": "'unchanged', 'added', 'removed', 'changed'",
    "outcome": "'none', 'set', 'proposed', 'kept'",
}


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "drifts",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=False),
        sa.Column("part_id4", sa.CHAR(4), nullable=False),
        sa.Column("night", sa.Date(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in KNOWN),
        *(
            sa.Column(name, postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
            for name in ("added", "removed")
        ),
        *(
            sa.CheckConstraint(f"{name} IN ({values})", name=op.f(f"ck_drifts_{name}_known"))
            for name, values in KNOWN.items()
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name=op.f("fk_drifts_run_id_pipeline_runs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_drifts_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_drifts")),
        sa.UniqueConstraint("run_id", "field", name=op.f("uq_drifts_run_id_field")),
    )
    op.create_index(op.f("ix_drifts_night_id"), "drifts", ["night", "id"])
    op.create_index(op.f("ix_drifts_part_id4_id"), "drifts", ["part_id4", "id"])


def downgrade() -> None:
    """Undo."""
    op.drop_table("drifts")
