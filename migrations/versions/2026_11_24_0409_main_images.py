"""The part whose main image a document is, is found through an index."""

import sqlalchemy as sa
from alembic import op

revision = "d070b7545feb"
down_revision = "9a74a239a2b6"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_index(
        "ix_parts_image_id", "parts", ["image_id"], unique=False, postgresql_where=sa.text("image_id IS NOT NULL")
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_parts_image_id", table_name="parts", postgresql_where=sa.text("image_id IS NOT NULL"))
