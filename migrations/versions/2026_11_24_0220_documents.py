"""Documents that people bring: titles, who chose the datasheet, thumbnails, and when bytes were last used."""

import sqlalchemy as sa
from alembic import op

revision = "03bdbd176c75"
down_revision = "252d35568d9e"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "thumbnails",
        sa.Column("blob_sha256", sa.CHAR(length=64), nullable=False),
        sa.Column("side", sa.Integer(), nullable=False),
        sa.Column("image_sha256", sa.CHAR(length=64), nullable=False),
        sa.CheckConstraint("side > 0", name=op.f("ck_thumbnails_side_positive")),
        sa.ForeignKeyConstraint(
            ["blob_sha256"], ["blobs.sha256"], name=op.f("fk_thumbnails_blob_sha256_blobs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["image_sha256"], ["blobs.sha256"], name=op.f("fk_thumbnails_image_sha256_blobs")),
        sa.PrimaryKeyConstraint("blob_sha256", "side", name=op.f("pk_thumbnails")),
    )
    op.create_index(op.f("ix_thumbnails_image_sha256"), "thumbnails", ["image_sha256"], unique=False)
    op.add_column(
        "blobs", sa.Column("touched_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False)
    )
    op.add_column("blobs", sa.Column("prepared_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_blobs_touched_at"), "blobs", ["touched_at"], unique=False)
    op.create_index(
        "ix_blobs_unprepared", "blobs", ["touched_at"], unique=False, postgresql_where=sa.text("prepared_at IS NULL")
    )
    op.add_column("documents", sa.Column("title", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("datasheet_by", sa.Text(), nullable=True))
    op.create_check_constraint(
        op.f("ck_documents_datasheet_by_known"), "documents", "datasheet_by IN ('person', 'machine')"
    )
    op.execute("UPDATE documents SET datasheet_by = 'machine' WHERE is_datasheet")
    op.create_index(
        "uq_documents_part_id4_link",
        "documents",
        ["part_id4", "public_url"],
        unique=True,
        postgresql_where=sa.text("kind = 'link'"),
    )


def downgrade() -> None:
    """Undo."""
    op.drop_index("uq_documents_part_id4_link", table_name="documents", postgresql_where=sa.text("kind = 'link'"))
    op.drop_column("documents", "datasheet_by")
    op.drop_column("documents", "title")
    op.drop_index("ix_blobs_unprepared", table_name="blobs", postgresql_where=sa.text("prepared_at IS NULL"))
    op.drop_index(op.f("ix_blobs_touched_at"), table_name="blobs")
    op.drop_column("blobs", "prepared_at")
    op.drop_column("blobs", "touched_at")
    op.drop_index(op.f("ix_thumbnails_image_sha256"), table_name="thumbnails")
    op.drop_table("thumbnails")
