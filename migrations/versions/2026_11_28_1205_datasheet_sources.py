"""The addresses of datasheets are kept for each part, with what they sent last."""

import sqlalchemy as sa
from alembic import op

revision = "5c1de90b7a36"
down_revision = "5b0e6d91c7a3"
branch_labels = None
depends_on = None

VERDICTS = (
    "'ok', 'unreachable', 'blocked', 'not_pdf', 'html_shell', 'too_large', 'truncated', 'encrypted', 'unreadable', "
    "'active_content', 'wrong_part', 'wrong_kind', 'duplicate', 'forbidden_address', 'timeout'"
)
KNOWN = """
INSERT INTO datasheet_sources (part_id4, url, source, verdict, detail, final_url, sha256, checked_at, changed_at)
SELECT DISTINCT ON (runs.part_id4, candidates.url)
    runs.part_id4, candidates.url, candidates.source, candidates.verdict, candidates.detail,
    CASE WHEN length(candidates.final_url) <= 2000 AND candidates.blob_sha256 IS NOT NULL THEN candidates.final_url END,
    candidates.blob_sha256, coalesce(runs.finished_at, runs.created_at), coalesce(runs.finished_at, runs.created_at)
FROM datasheet_candidates AS candidates JOIN pipeline_runs AS runs ON runs.id = candidates.run_id
WHERE candidates.verdict IS NOT NULL AND runs.part_id4 IS NOT NULL
    AND length(candidates.url) <= 2000 AND candidates.url ~ '\\S'
ORDER BY runs.part_id4, candidates.url, runs.created_at DESC, candidates.index
"""
"The candidates of the runs that are still there, as the newest run found them."


def upgrade() -> None:
    """Apply."""
    op.create_table(
        "datasheet_sources",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("part_id4", sa.CHAR(4), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("verdict", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=True),
        sa.Column("final_url", sa.Text(), nullable=True),
        sa.Column("etag", sa.Text(), nullable=True),
        sa.Column("last_modified", sa.Text(), nullable=True),
        sa.Column("sha256", sa.CHAR(64), nullable=True),
        sa.Column("checked_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(f"verdict IN ({VERDICTS})", name=op.f("ck_datasheet_sources_verdict_known")),
        sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name=op.f("ck_datasheet_sources_sha256_hex")),
        sa.CheckConstraint("length(url) <= 2000 AND url ~ '\\S'", name=op.f("ck_datasheet_sources_url_length")),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_datasheet_sources_part_id4_parts")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_datasheet_sources")),
        sa.UniqueConstraint("part_id4", "url", name=op.f("uq_datasheet_sources_part_id4_url")),
    )
    op.execute(KNOWN)


def downgrade() -> None:
    """Undo; the addresses of runs that are still there stay with those."""
    op.drop_table("datasheet_sources")
