"""Projects and the shopping list; builds are commands on stock."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "196b88df3266"
down_revision = "03bdbd176c75"
branch_labels = None
depends_on = None

_KIND = "ck_stock_commands_kind_known"


def upgrade() -> None:
    """Apply."""
    op.drop_constraint(op.f(_KIND), "stock_commands", type_="check")
    op.create_check_constraint(
        op.f(_KIND), "stock_commands", "kind IN ('receive', 'use', 'move', 'split', 'count', 'undo', 'build')"
    )
    op.create_table(
        "projects",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="active", nullable=False),
        sa.Column("builds", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('active', 'archived')", name=op.f("ck_projects_state_known")),
        sa.CheckConstraint("builds >= 0", name=op.f("ck_projects_builds_not_negative")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_projects")),
    )
    op.create_index("uq_projects_name", "projects", [sa.literal_column("lower(name)")], unique=True)
    op.create_table(
        "project_builds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["project_id"], ["projects.id"], name=op.f("fk_project_builds_project_id_projects")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_builds")),
    )
    op.create_index(op.f("ix_project_builds_project_id_at"), "project_builds", ["project_id", "at"], unique=False)
    op.create_table(
        "project_requirements",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=True),
        sa.Column("placeholder", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("designators", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "num_nonnulls(part_id4, placeholder) = 1", name=op.f("ck_project_requirements_part_or_placeholder")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_project_requirements_quantity_positive")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_project_requirements_part_id4_parts")),
        sa.ForeignKeyConstraint(
            ["project_id"],
            ["projects.id"],
            name=op.f("fk_project_requirements_project_id_projects"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_project_requirements")),
        sa.UniqueConstraint("project_id", "part_id4", name=op.f("uq_project_requirements_project_id_part_id4")),
    )
    op.create_index(op.f("ix_project_requirements_part_id4"), "project_requirements", ["part_id4"], unique=False)
    op.create_index(
        "uq_project_requirements_placeholder",
        "project_requirements",
        ["project_id", sa.literal_column("lower(placeholder)")],
        unique=True,
    )
    op.create_table(
        "shopping_list",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id4", sa.CHAR(length=4), nullable=True),
        sa.Column("text", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("received", sa.Integer(), server_default="0", nullable=False),
        sa.Column("seller", sa.Text(), nullable=True),
        sa.Column("seller_link", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("state", sa.Text(), server_default="wanted", nullable=False),
        sa.Column("project_id", sa.BigInteger(), nullable=True),
        sa.Column("ordered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("state IN ('wanted', 'ordered', 'received')", name=op.f("ck_shopping_list_state_known")),
        sa.CheckConstraint("num_nonnulls(part_id4, text) = 1", name=op.f("ck_shopping_list_part_or_text")),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_shopping_list_quantity_positive")),
        sa.CheckConstraint("received >= 0", name=op.f("ck_shopping_list_received_not_negative")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_shopping_list_part_id4_parts")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["projects.id"], name=op.f("fk_shopping_list_project_id_projects"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shopping_list")),
    )
    op.create_index(op.f("ix_shopping_list_part_id4"), "shopping_list", ["part_id4"], unique=False)
    op.create_index(op.f("ix_shopping_list_project_id"), "shopping_list", ["project_id"], unique=False)
    op.create_index(op.f("ix_shopping_list_state_id"), "shopping_list", ["state", "id"], unique=False)
    op.create_table(
        "shopping_receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("line_id", sa.BigInteger(), nullable=False),
        sa.Column("payload", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("result", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(
            ["line_id"],
            ["shopping_list.id"],
            name=op.f("fk_shopping_receipts_line_id_shopping_list"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shopping_receipts")),
    )
    op.create_index(op.f("ix_shopping_receipts_line_id"), "shopping_receipts", ["line_id"], unique=False)


def downgrade() -> None:
    """Undo."""
    op.drop_index(op.f("ix_shopping_receipts_line_id"), table_name="shopping_receipts")
    op.drop_table("shopping_receipts")
    op.drop_index(op.f("ix_shopping_list_state_id"), table_name="shopping_list")
    op.drop_index(op.f("ix_shopping_list_project_id"), table_name="shopping_list")
    op.drop_index(op.f("ix_shopping_list_part_id4"), table_name="shopping_list")
    op.drop_table("shopping_list")
    op.drop_index("uq_project_requirements_placeholder", table_name="project_requirements")
    op.drop_index(op.f("ix_project_requirements_part_id4"), table_name="project_requirements")
    op.drop_table("project_requirements")
    op.drop_index(op.f("ix_project_builds_project_id_at"), table_name="project_builds")
    op.drop_table("project_builds")
    op.drop_index("uq_projects_name", table_name="projects")
    op.drop_table("projects")
    op.drop_constraint(op.f(_KIND), "stock_commands", type_="check")
    # What was built was used; the command keeps what it did.
    op.execute("UPDATE stock_commands SET kind = 'use' WHERE kind = 'build'")
    op.create_check_constraint(
        op.f(_KIND), "stock_commands", "kind IN ('receive', 'use', 'move', 'split', 'count', 'undo')"
    )
