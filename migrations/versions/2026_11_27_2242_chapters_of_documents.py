"""PDFs have properties and chapters."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "d97a20e6b4c1"
down_revision = "c41d7be92f05"
branch_labels = None
depends_on = None

# The schedule prepares them again, a few at a time, which reads what there was not before.
PREPARE_AGAIN = "UPDATE blobs SET prepared_at = NULL WHERE media_type = 'application/pdf'"


def upgrade() -> None:
    """Apply; what is stored already gets its structure from the schedule that prepares documents."""
    op.add_column("blobs", sa.Column("properties", JSONB(none_as_null=True), nullable=True))
    op.create_table(
        "document_chapters",
        sa.Column("blob_sha256", sa.CHAR(64), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False, autoincrement=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("page", sa.Integer(), nullable=True),
        sa.Column("label", sa.Text(), nullable=True),
        sa.CheckConstraint("level BETWEEN 1 AND 6", name=op.f("ck_document_chapters_level_range")),
        sa.CheckConstraint(r"length(title) <= 200 AND title ~ '\S'", name=op.f("ck_document_chapters_title_length")),
        sa.CheckConstraint("page >= 1", name=op.f("ck_document_chapters_page_positive")),
        sa.CheckConstraint(r"length(label) <= 20 AND label ~ '\S'", name=op.f("ck_document_chapters_label_length")),
        sa.ForeignKeyConstraint(
            ["blob_sha256"],
            ["blobs.sha256"],
            name=op.f("fk_document_chapters_blob_sha256_blobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("blob_sha256", "position", name=op.f("pk_document_chapters")),
    )
    op.execute(PREPARE_AGAIN)


def downgrade() -> None:
    """Undo; documents stay prepared."""
    op.drop_table("document_chapters")
    op.drop_column("blobs", "properties")
