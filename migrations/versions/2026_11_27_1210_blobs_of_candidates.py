"""The file of a datasheet candidate is a blob that there is."""

import sqlalchemy as sa
from alembic import op

revision = "b7e02d51c3f8"
down_revision = "4c1f0a7d92e6"
branch_labels = None
depends_on = None

_KEY = "fk_datasheet_candidates_blob_sha256_blobs"
_INDEX = "ix_datasheet_candidates_blob_sha256"
_WITH_BLOB = sa.text("blob_sha256 IS NOT NULL")

# What garbage collection has deleted; it says so by itself from now on.
FORGET_GARBAGE = """
UPDATE datasheet_candidates AS candidate SET blob_sha256 = NULL
WHERE blob_sha256 IS NOT NULL AND NOT EXISTS (SELECT FROM blobs WHERE blobs.sha256 = candidate.blob_sha256)
"""


def upgrade() -> None:
    """Apply; candidates forget the files that were collected as garbage."""
    op.execute(FORGET_GARBAGE)
    op.create_index(op.f(_INDEX), "datasheet_candidates", ["blob_sha256"], postgresql_where=_WITH_BLOB)
    op.create_foreign_key(op.f(_KEY), "datasheet_candidates", "blobs", ["blob_sha256"], ["sha256"], ondelete="SET NULL")


def downgrade() -> None:
    """Undo."""
    op.drop_constraint(op.f(_KEY), "datasheet_candidates", type_="foreignkey")
    op.drop_index(op.f(_INDEX), table_name="datasheet_candidates", postgresql_where=_WITH_BLOB)
