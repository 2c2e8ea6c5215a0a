"""A document keeps why a machine took it for the datasheet, and a candidate the words of its verdict."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "e0b5c8137fd2"
down_revision = "d97a20e6b4c1"
branch_labels = None
depends_on = None

_CHECK = "ck_datasheet_candidates_page_positive"

# The ledger has the words of the runs that are still there.
FILL_CANDIDATES = """
UPDATE datasheet_candidates AS candidate
SET page = (step.output ->> 'page')::integer, quote = step.output ->> 'quote'
FROM pipeline_steps AS step
WHERE step.run_id = candidate.run_id AND step.name = 'datasheet.fetch' AND step.index = candidate.index
    AND step.output ->> 'quote' IS NOT NULL
"""
FILL_DOCUMENTS = """
UPDATE documents AS document
SET evidence = jsonb_build_object(
    'reason', coalesce(found.detail, 'the gate accepted it'), 'confidence', found.confidence, 'page', found.page,
    'quote', found.quote, 'source', found.source, 'url', coalesce(found.final_url, found.url)
)
FROM (
    SELECT DISTINCT ON (run.part_id4, candidate.blob_sha256) run.part_id4, candidate.*
    FROM datasheet_candidates AS candidate JOIN pipeline_runs AS run ON run.id = candidate.run_id
    WHERE candidate.chosen AND candidate.verdict = 'ok'
    ORDER BY run.part_id4, candidate.blob_sha256, run.created_at DESC
) AS found
WHERE document.part_id4 = found.part_id4 AND document.blob_sha256 = found.blob_sha256
"""


def upgrade() -> None:
    """Apply; fills what the runs that are still there have found."""
    op.add_column("datasheet_candidates", sa.Column("page", sa.Integer(), nullable=True))
    op.add_column("datasheet_candidates", sa.Column("quote", sa.Text(), nullable=True))
    op.add_column("documents", sa.Column("evidence", JSONB(none_as_null=True), nullable=True))
    op.execute(FILL_CANDIDATES)
    op.create_check_constraint(op.f(_CHECK), "datasheet_candidates", "page >= 1")
    op.execute(FILL_DOCUMENTS)


def downgrade() -> None:
    """Undo; the words stay in the ledger as long as their runs."""
    op.drop_column("documents", "evidence")
    op.drop_constraint(op.f(_CHECK), "datasheet_candidates", type_="check")
    op.drop_column("datasheet_candidates", "quote")
    op.drop_column("datasheet_candidates", "page")
