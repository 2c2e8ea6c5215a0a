"""An index of the first pages of documents, which answers at once when all words are frequent."""

import sqlalchemy as sa
from alembic import op

revision = "5b0e6d91c7a3"
down_revision = "ec426b7fbde2"
branch_labels = None
depends_on = None

FRONT, ALL = "ix_document_pages_front", "ix_document_pages_words"


def upgrade() -> None:
    """Apply."""
    op.create_index(
        FRONT,
        "document_pages",
        ["words"],
        postgresql_using="gin",
        postgresql_where=sa.text("page = 1"),
        postgresql_with={"fastupdate": "off"},
    )
    # Else every search reads the list of what was stored since the last vacuum.
    op.execute(f"ALTER INDEX {ALL} SET (fastupdate = off)")
    op.execute(f"SELECT gin_clean_pending_list('{ALL}')")


def downgrade() -> None:
    """Undo."""
    op.execute(f"ALTER INDEX {ALL} RESET (fastupdate)")
    op.drop_index(FRONT, table_name="document_pages", postgresql_using="gin")
