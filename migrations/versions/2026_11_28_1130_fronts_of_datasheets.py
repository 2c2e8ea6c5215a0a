"""An index of the first pages of documents, which answers at once when all words are frequent."""

import sqlalchemy as sa
from alembic import op

revision = "5b0e6d91c7a3"
down_revision = "ec426b7fbde2"
branch_labels = None
depends_on = None

INDEX = "ix_document_pages_front"


def upgrade() -> None:
    """Apply."""
    op.create_index(INDEX, "document_pages", ["words"], postgresql_using="gin", postgresql_where=sa.text("page = 1"))


def downgrade() -> None:
    """Undo."""
    op.drop_index(INDEX, table_name="document_pages", postgresql_using="gin")
