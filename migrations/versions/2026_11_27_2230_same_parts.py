"""Photos are recognised again by their look, and a suggestion may say that a part is there already."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import BIT

revision = "5a0c37e9b1d2"
down_revision = "c47d2f9a60e8"
branch_labels = None
depends_on = None

_OLD = "field IN ('part_number', 'tags', 'type', 'stock')"
_NEW = "field IN ('part_number', 'same_part', 'tags', 'type', 'stock')"
_VALUE = (
    "field <> 'same_part' OR coalesce(jsonb_typeof(value) = 'object' AND value ->> 'part' ~ '^[A-Z]{4}$' AND "
    "value ->> 'match' IN ('same_number', 'base_number', 'same_photo') AND "
    "jsonb_typeof(value -> 'sure') = 'boolean', false)"
)


def _known(rule: str) -> None:
    op.drop_constraint(op.f("ck_suggestions_field_known"), "suggestions", type_="check")
    op.create_check_constraint(op.f("ck_suggestions_field_known"), "suggestions", rule)


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "photo_looks",
        sa.Column("blob_sha256", sa.CHAR(64), nullable=False),
        sa.Column("look", BIT(256), nullable=False),
        sa.ForeignKeyConstraint(
            ["blob_sha256"],
            ["blobs.sha256"],
            name=op.f("fk_photo_looks_blob_sha256_blobs"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("blob_sha256", name=op.f("pk_photo_looks")),
    )
    _known(_NEW)
    op.create_check_constraint(op.f("ck_suggestions_same_part_value"), "suggestions", _VALUE)


def downgrade() -> None:
    """Undo; questions whether a part is there already are lost."""
    op.execute("DELETE FROM suggestions WHERE field = 'same_part'")
    op.drop_constraint(op.f("ck_suggestions_same_part_value"), "suggestions", type_="check")
    _known(_OLD)
    op.drop_table("photo_looks")
