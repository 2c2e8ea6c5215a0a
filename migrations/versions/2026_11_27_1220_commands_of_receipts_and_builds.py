"""Receipts and builds refer to the commands on stock that they gave."""

import sqlalchemy as sa
from alembic import op

revision = "0e93d6f4a1b5"
down_revision = "b7e02d51c3f8"
branch_labels = None
depends_on = None

_RECEIPT_KEY = "fk_shopping_receipts_stock_command_id_stock_commands"
_RECEIPT_UNIQUE = "uq_shopping_receipts_stock_command_id"
_INDEX = "ix_project_build_commands_build_id"

# Their results have named the commands from the beginning.
COMMANDS_OF_RECEIPTS = """
UPDATE shopping_receipts SET stock_command_id = command.id
FROM stock_commands AS command
WHERE command.id = CAST(shopping_receipts.result ->> 'stock_command' AS uuid)
"""

COMMANDS_OF_BUILDS = """
INSERT INTO project_build_commands (stock_command_id, build_id)
SELECT command.id, build.id
FROM project_builds AS build
CROSS JOIN jsonb_array_elements(build.result -> 'parts') AS part
JOIN stock_commands AS command ON command.id = CAST(part ->> 'stock_command' AS uuid)
"""


def upgrade() -> None:
    """Apply; commands that are not there any more are left out."""
    op.add_column("shopping_receipts", sa.Column("stock_command_id", sa.Uuid(), nullable=True))
    op.execute(COMMANDS_OF_RECEIPTS)
    op.create_foreign_key(op.f(_RECEIPT_KEY), "shopping_receipts", "stock_commands", ["stock_command_id"], ["id"])
    op.create_unique_constraint(op.f(_RECEIPT_UNIQUE), "shopping_receipts", ["stock_command_id"])
    op.create_table(
        "project_build_commands",
        sa.Column("stock_command_id", sa.Uuid(), nullable=False),
        sa.Column("build_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["stock_command_id"],
            ["stock_commands.id"],
            name=op.f("fk_project_build_commands_stock_command_id_stock_commands"),
        ),
        sa.ForeignKeyConstraint(
            ["build_id"],
            ["project_builds.id"],
            name=op.f("fk_project_build_commands_build_id_project_builds"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("stock_command_id", name=op.f("pk_project_build_commands")),
    )
    op.create_index(op.f(_INDEX), "project_build_commands", ["build_id"], unique=False)
    op.execute(COMMANDS_OF_BUILDS)


def downgrade() -> None:
    """Undo; what receipts and builds gave stands in their results still."""
    op.drop_index(op.f(_INDEX), table_name="project_build_commands")
    op.drop_table("project_build_commands")
    op.drop_constraint(op.f(_RECEIPT_UNIQUE), "shopping_receipts", type_="unique")
    op.drop_constraint(op.f(_RECEIPT_KEY), "shopping_receipts", type_="foreignkey")
    op.drop_column("shopping_receipts", "stock_command_id")
