"""A part has several sellers, each with its order code and its link."""

import sqlalchemy as sa
from alembic import op

revision = "c47d2f9a60e8"
down_revision = "b81e5d20c4f7"
branch_labels = None
depends_on = None

_SIGNS = r"[\u0001-/:-@\[-`{-\u007f]"
_FOLDED = "translate({}, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
_ENDING = (
    r"([ ,.]+(inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|plc|asa|bv|sa|electronics|semiconductors?"
    r"|technology|technologies|components|microelectronics|company))+[ ,.]*\Z"
)


def _key(column: str) -> str:
    folded = _FOLDED.format(column)
    short, whole = (
        f"regexp_replace({text}, '{_SIGNS}', '', 'g')"
        for text in (f"regexp_replace({folded}, '{_ENDING}', '')", folded)
    )
    return f"coalesce(nullif({short}, ''), {whole})"


def _length(column: str, most: int) -> sa.CheckConstraint:
    return sa.CheckConstraint(
        rf"length({column}) <= {most} AND {column} ~ '\S'", name=op.f(f"ck_part_sellers_{column}_length")
    )


def upgrade() -> None:
    """Apply; the seller of each part becomes its first one."""
    op.create_table(
        "part_sellers",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id4", sa.CHAR(4), nullable=False),
        sa.Column("seller", sa.Text(), nullable=False),
        sa.Column("seller_key", sa.Text(), sa.Computed(_key("seller"), persisted=True), nullable=False),
        sa.Column("order_code", sa.Text(), nullable=True),
        sa.Column("link", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        _length("seller", 200),
        _length("order_code", 100),
        _length("link", 2000),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_part_sellers_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_part_sellers")),
    )
    op.create_index(
        "uq_part_sellers_offer",
        "part_sellers",
        ["part_id4", "seller_key", sa.text("coalesce(order_code, '')")],
        unique=True,
    )
    op.create_index(op.f("ix_part_sellers_seller_key_part_id4"), "part_sellers", ["seller_key", "part_id4"])
    op.execute(
        "INSERT INTO part_sellers (part_id4, seller, link)"
        " SELECT id4, seller, seller_link FROM parts WHERE seller IS NOT NULL AND merged_into IS NULL"
    )


def downgrade() -> None:
    """Undo; all sellers but the first of each part are lost."""
    op.drop_table("part_sellers")
