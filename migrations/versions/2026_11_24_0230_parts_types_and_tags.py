"""Parts are retired and merged, types stand in an order, tags have synonyms."""

import sqlalchemy as sa
from alembic import op

revision = "252d35568d9e"
down_revision = "cab60a09b8b2"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "tag_synonyms",
        sa.Column("synonym", sa.Text(), nullable=False),
        sa.Column("tag", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("synonym <> tag", name=op.f("ck_tag_synonyms_not_of_itself")),
        sa.PrimaryKeyConstraint("synonym", name=op.f("pk_tag_synonyms")),
    )
    op.create_index(op.f("ix_tag_synonyms_tag"), "tag_synonyms", ["tag"], unique=False)
    op.add_column("parts", sa.Column("retired_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("parts", sa.Column("merged_into", sa.CHAR(length=4), nullable=True))
    op.add_column("parts", sa.Column("merge_command_id", sa.Uuid(), nullable=True))
    op.create_index(
        "ix_parts_code_key_near",
        "parts",
        ["code_key"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"code_key": "gin_trgm_ops"},
    )
    op.add_column(
        "parts",
        sa.Column(
            "code_order",
            sa.Text(collation="C"),
            sa.Computed(
                "coalesce(upper(regexp_replace(manufacturer_code, '[^A-Za-z0-9]', '', 'g')), '~')", persisted=True
            ),
            nullable=False,
        ),
    )
    op.create_index(op.f("ix_parts_code_order_id4"), "parts", ["code_order", "id4"], unique=False)
    op.create_index(op.f("ix_parts_created_at_id4"), "parts", ["created_at", "id4"], unique=False)
    op.create_index(
        "ix_parts_merged_into",
        "parts",
        ["merged_into"],
        unique=False,
        postgresql_where=sa.text("merged_into IS NOT NULL"),
    )
    op.create_index(
        "ix_parts_retired", "parts", ["id4"], unique=False, postgresql_where=sa.text("retired_at IS NOT NULL")
    )
    op.create_index(op.f("ix_parts_updated_at_id4"), "parts", ["updated_at", "id4"], unique=False)
    op.create_unique_constraint(op.f("uq_parts_merge_command_id"), "parts", ["merge_command_id"])
    op.create_foreign_key(op.f("fk_parts_merged_into_parts"), "parts", "parts", ["merged_into"], ["id4"])
    op.create_check_constraint(op.f("ck_parts_not_merged_into_itself"), "parts", "merged_into <> id4")
    op.create_check_constraint(
        op.f("ck_parts_merged_by_command"), "parts", "(merged_into IS NULL) = (merge_command_id IS NULL)"
    )
    op.create_index(
        "ix_suggestions_open", "suggestions", ["part_id4"], unique=False, postgresql_where=sa.text("state = 'proposed'")
    )
    op.add_column("types", sa.Column("position", sa.Integer(), server_default="0", nullable=False))
    # In the order in which they were made, which for the default list is the order of its groups.
    op.execute(
        "UPDATE types SET position = numbered.n FROM (SELECT id, row_number() OVER (ORDER BY id) n FROM types) numbered WHERE types.id = numbered.id"
    )


def downgrade() -> None:
    """Undo."""
    op.drop_column("types", "position")
    op.drop_index("ix_suggestions_open", table_name="suggestions", postgresql_where=sa.text("state = 'proposed'"))
    op.drop_constraint(op.f("ck_parts_merged_by_command"), "parts", type_="check")
    op.drop_constraint(op.f("ck_parts_not_merged_into_itself"), "parts", type_="check")
    op.drop_constraint(op.f("fk_parts_merged_into_parts"), "parts", type_="foreignkey")
    op.drop_constraint(op.f("uq_parts_merge_command_id"), "parts", type_="unique")
    op.drop_index(op.f("ix_parts_updated_at_id4"), table_name="parts")
    op.drop_index("ix_parts_retired", table_name="parts", postgresql_where=sa.text("retired_at IS NOT NULL"))
    op.drop_index("ix_parts_merged_into", table_name="parts", postgresql_where=sa.text("merged_into IS NOT NULL"))
    op.drop_index(op.f("ix_parts_created_at_id4"), table_name="parts")
    op.drop_index(op.f("ix_parts_code_order_id4"), table_name="parts")
    op.drop_column("parts", "code_order")
    op.drop_index(
        "ix_parts_code_key_near",
        table_name="parts",
        postgresql_using="gin",
        postgresql_ops={"code_key": "gin_trgm_ops"},
    )
    op.drop_column("parts", "merge_command_id")
    op.drop_column("parts", "merged_into")
    op.drop_column("parts", "retired_at")
    op.drop_index(op.f("ix_tag_synonyms_tag"), table_name="tag_synonyms")
    op.drop_table("tag_synonyms")
