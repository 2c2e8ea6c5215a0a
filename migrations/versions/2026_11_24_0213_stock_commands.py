"""Stock commands, of which history is the effect; box numbers that never come again."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "cab60a09b8b2"
down_revision = "a16af42b43e3"
branch_labels = None
depends_on = None

# What was booked so far was received, one slot a command.
COMMANDS_OF_HISTORY = """
INSERT INTO stock_commands (id, part_id4, kind, payload, result, at)
SELECT command_id, part_id4, 'receive',
       jsonb_build_object('quantity', delta_qty, 'slot', box_no || '-' || loc_no, 'reason', reason),
       jsonb_build_object(
           'changes', jsonb_build_array(jsonb_build_object(
               'slot', box_no || '-' || loc_no,
               'delta_qty', delta_qty,
               'quantity', sum(delta_qty) OVER (PARTITION BY part_id4, box_no, loc_no ORDER BY id))),
           'quantity', sum(delta_qty) OVER (PARTITION BY part_id4 ORDER BY id),
           'undoes', NULL),
       at
FROM history ORDER BY id
"""

NEXT_BOX = """
SELECT setval(pg_get_serial_sequence('boxes', 'box_no'), last)
FROM (SELECT max(box_no) AS last FROM (SELECT box_no FROM boxes UNION ALL SELECT box_no FROM history) AS used) AS newest
WHERE last IS NOT NULL
"""


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "stock_commands",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("seq", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("undoes", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "kind IN ('receive', 'use', 'move', 'split', 'count', 'undo')", name=op.f("ck_stock_commands_kind_known")
        ),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_stock_commands_part_id4_parts")),
        sa.ForeignKeyConstraint(
            ["undoes"], ["stock_commands.id"], name=op.f("fk_stock_commands_undoes_stock_commands")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stock_commands")),
        sa.UniqueConstraint("undoes", name=op.f("uq_stock_commands_undoes")),
    )
    op.create_index(op.f("ix_stock_commands_part_id4_seq"), "stock_commands", ["part_id4", "seq"], unique=False)
    op.execute(COMMANDS_OF_HISTORY)
    op.alter_column(
        "boxes", "box_no", existing_type=sa.INTEGER(), server_default=sa.Identity(always=True), existing_nullable=False
    )
    op.execute(NEXT_BOX)
    op.drop_index(op.f("ix_history_part_id4_at"), table_name="history")
    op.create_index(op.f("ix_history_part_id4_id"), "history", ["part_id4", "id"], unique=False)
    op.create_foreign_key(
        op.f("fk_history_command_id_stock_commands"), "history", "stock_commands", ["command_id"], ["id"]
    )


def downgrade() -> None:
    """Undo."""
    op.drop_constraint(op.f("fk_history_command_id_stock_commands"), "history", type_="foreignkey")
    op.drop_index(op.f("ix_history_part_id4_id"), table_name="history")
    op.create_index(op.f("ix_history_part_id4_at"), "history", ["part_id4", "at"], unique=False)
    op.execute("ALTER TABLE boxes ALTER COLUMN box_no DROP IDENTITY")
    op.drop_index(op.f("ix_stock_commands_part_id4_seq"), table_name="stock_commands")
    op.drop_table("stock_commands")
