"""Reorganisation plans, and the command on stock that turns bags through the hand."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "ec426b7fbde2"
down_revision = "a7d2c05e8b14"
branch_labels = None
depends_on = None


KINDS = "'receive', 'use', 'move', 'split', 'count', 'undo', 'build'"


def _know(kinds: str) -> None:
    op.drop_constraint(op.f("ck_stock_commands_kind_known"), "stock_commands", type_="check")
    op.create_check_constraint(op.f("ck_stock_commands_kind_known"), "stock_commands", f"kind IN ({kinds})")


def upgrade() -> None:
    """Apply."""
    _know(f"{KINDS}, 'turn'")
    op.create_table(
        "reorg_plans",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("run_id", sa.Uuid(), nullable=True),
        sa.Column("asked", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("snapshot", sa.LargeBinary(), nullable=True),
        sa.Column("layout_version", sa.BigInteger(), nullable=True),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.Uuid(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["replaced_by"],
            ["reorg_plans.id"],
            name=op.f("fk_reorg_plans_replaced_by_reorg_plans"),
            ondelete="SET NULL",
        ),
        sa.ForeignKeyConstraint(
            ["run_id"], ["pipeline_runs.id"], name=op.f("fk_reorg_plans_run_id_pipeline_runs"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reorg_plans")),
    )
    op.create_index(op.f("ix_reorg_plans_created_at_id"), "reorg_plans", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_reorg_plans_replaced_by"), "reorg_plans", ["replaced_by"], unique=False)
    op.create_index(op.f("ix_reorg_plans_run_id"), "reorg_plans", ["run_id"], unique=False)
    op.create_table(
        "reorg_moves",
        sa.Column("plan_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("step", sa.Integer(), nullable=False),
        sa.Column("sitting", sa.Integer(), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=False),
        sa.Column("from_box", sa.Integer(), nullable=False),
        sa.Column("from_loc", sa.Integer(), nullable=False),
        sa.Column("to_box", sa.Integer(), nullable=False),
        sa.Column("to_loc", sa.Integer(), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("gain", sa.Double(), nullable=False),
        sa.Column("state", sa.Text(), server_default="proposed", nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("command_id", sa.Uuid(), nullable=True),
        sa.Column("undo_command_id", sa.Uuid(), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "state <> 'applied' OR command_id IS NOT NULL", name=op.f("ck_reorg_moves_applied_by_command")
        ),
        sa.CheckConstraint(
            "state <> 'undone' OR undo_command_id IS NOT NULL", name=op.f("ck_reorg_moves_undone_by_command")
        ),
        sa.CheckConstraint(
            "state IN ('proposed', 'applied', 'refused', 'undone')", name=op.f("ck_reorg_moves_state_known")
        ),
        sa.CheckConstraint("(from_box, from_loc) <> (to_box, to_loc)", name=op.f("ck_reorg_moves_goes_elsewhere")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_reorg_moves_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["command_id"], ["stock_commands.id"], name=op.f("fk_reorg_moves_command_id_stock_commands")
        ),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_reorg_moves_part_id4_parts")),
        sa.ForeignKeyConstraint(
            ["plan_id"], ["reorg_plans.id"], name=op.f("fk_reorg_moves_plan_id_reorg_plans"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["undo_command_id"], ["stock_commands.id"], name=op.f("fk_reorg_moves_undo_command_id_stock_commands")
        ),
        sa.PrimaryKeyConstraint("plan_id", "number", name=op.f("pk_reorg_moves")),
    )
    op.create_index(op.f("ix_reorg_moves_command_id"), "reorg_moves", ["command_id"], unique=False)
    op.create_index(op.f("ix_reorg_moves_part_id4"), "reorg_moves", ["part_id4"], unique=False)
    op.create_index(op.f("ix_reorg_moves_plan_id_sitting"), "reorg_moves", ["plan_id", "sitting"], unique=False)
    op.create_index(op.f("ix_reorg_moves_plan_id_step"), "reorg_moves", ["plan_id", "step"], unique=False)
    op.create_index(op.f("ix_reorg_moves_undo_command_id"), "reorg_moves", ["undo_command_id"], unique=False)


def downgrade() -> None:
    """Undo; a turn becomes a move of each part, which is what the history says of it."""
    op.drop_index(op.f("ix_reorg_moves_undo_command_id"), table_name="reorg_moves")
    op.drop_index(op.f("ix_reorg_moves_plan_id_step"), table_name="reorg_moves")
    op.drop_index(op.f("ix_reorg_moves_plan_id_sitting"), table_name="reorg_moves")
    op.drop_index(op.f("ix_reorg_moves_part_id4"), table_name="reorg_moves")
    op.drop_index(op.f("ix_reorg_moves_command_id"), table_name="reorg_moves")
    op.drop_table("reorg_moves")
    op.drop_index(op.f("ix_reorg_plans_run_id"), table_name="reorg_plans")
    op.drop_index(op.f("ix_reorg_plans_replaced_by"), table_name="reorg_plans")
    op.drop_index(op.f("ix_reorg_plans_created_at_id"), table_name="reorg_plans")
    op.drop_table("reorg_plans")
    op.execute("UPDATE stock_commands SET kind = 'move' WHERE kind = 'turn'")
    op.execute("DELETE FROM pipeline_runs WHERE pipeline IN ('reorg_plan', 'reorg_apply')")
    _know(KINDS)
