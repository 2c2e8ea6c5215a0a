"""The gate says of a scan that it is unreadable, and of a PDF with scripts that it is active."""

from alembic import op

revision = "c41d7be92f05"
down_revision = "5a0c37e9b1d2"
branch_labels = None
depends_on = None

_NAME = "ck_datasheet_candidates_verdict_known"
_OLD = "'ok', 'unreachable', 'blocked', 'not_pdf', 'html_shell', 'too_large', 'truncated', 'encrypted'"
_NEW = "'unreadable', 'active_content'"
_REST = "'wrong_part', 'wrong_kind', 'duplicate', 'forbidden_address', 'timeout'"

# What older versions said of such files.
FORGET = """
UPDATE datasheet_candidates SET verdict = CASE verdict WHEN 'unreadable' THEN 'wrong_part' ELSE 'not_pdf' END
WHERE verdict IN ('unreadable', 'active_content')
"""


def _replace(verdicts: str) -> None:
    op.drop_constraint(op.f(_NAME), "datasheet_candidates", type_="check")
    op.create_check_constraint(op.f(_NAME), "datasheet_candidates", f"verdict IN ({verdicts})")


def upgrade() -> None:
    """Apply; verdicts of earlier runs stay as they are."""
    _replace(f"{_OLD}, {_NEW}, {_REST}")


def downgrade() -> None:
    """Undo; the new verdicts become those that older versions gave."""
    op.execute(FORGET)
    _replace(f"{_OLD}, {_REST}")
