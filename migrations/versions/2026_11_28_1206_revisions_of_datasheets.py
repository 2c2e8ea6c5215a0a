"""A later file of a datasheet is a document beside it, with what changed, and can be proposed as the datasheet."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "9e40c7d2f5b1"
down_revision = "5c1de90b7a36"
branch_labels = None
depends_on = None

FIELDS = "'part_number', 'same_part', 'tags', 'type', 'stock'"
VALUE = (
    "field <> 'datasheet' OR coalesce(jsonb_typeof(value) = 'object' AND value ->> 'sha256' ~ '^[0-9a-f]{64}$' "
    "AND jsonb_typeof(value -> 'document') = 'number', false)"
)


def _know(fields: str) -> None:
    for table in ("suggestions", "suggestion_tallies"):
        name = op.f(f"ck_{table}_field_known")
        op.drop_constraint(name, table, type_="check")
        op.create_check_constraint(name, table, f"field IN ({fields})")


def upgrade() -> None:
    """Apply."""
    _know(f"{FIELDS}, 'datasheet'")
    op.create_check_constraint(op.f("ck_suggestions_datasheet_value"), "suggestions", VALUE)
    op.add_column("documents", sa.Column("revision_of", sa.BigInteger(), nullable=True))
    op.add_column("documents", sa.Column("changes", postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_foreign_key(
        op.f("fk_documents_revision_of_documents"),
        "documents",
        "documents",
        ["revision_of"],
        ["id"],
        ondelete="SET NULL",
    )
    op.create_index(
        "ix_documents_revision_of", "documents", ["revision_of"], postgresql_where=sa.text("revision_of IS NOT NULL")
    )


def downgrade() -> None:
    """Undo; later files stay as documents, and what was proposed about them is forgotten."""
    op.execute("DELETE FROM suggestions WHERE field = 'datasheet'")
    op.execute("DELETE FROM suggestion_tallies WHERE field = 'datasheet'")
    op.drop_constraint(op.f("ck_suggestions_datasheet_value"), "suggestions", type_="check")
    _know(FIELDS)
    op.drop_index("ix_documents_revision_of", table_name="documents")
    op.drop_constraint(op.f("fk_documents_revision_of_documents"), "documents", type_="foreignkey")
    op.drop_column("documents", "changes")
    op.drop_column("documents", "revision_of")
