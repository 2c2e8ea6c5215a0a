"""Decisions on suggestions can be taken back, and promises of slots expire."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "b41c8e60d9a7"
down_revision = "e0b5c8137fd2"
branch_labels = None
depends_on = None

CHECKS = {
    "decision_object": "jsonb_typeof(decision) = 'object'",
    "open_is_undecided": "state <> 'proposed' OR decision IS NULL",
    "undone_not_negative": "undone >= 0",
}
PROMISE = """
UPDATE suggestions SET promised_until = created_at + interval '14 days'
WHERE field = 'stock' AND state = 'proposed' AND value ->> 'slot' IS NOT NULL
"""
BOOKED = """
UPDATE suggestions SET command_id = stock_commands.id FROM stock_commands
WHERE suggestions.field = 'stock' AND suggestions.state = 'accepted'
    AND stock_commands.kind = 'receive' AND stock_commands.at = suggestions.decided_at
    AND stock_commands.part_id4 = suggestions.part_id4
"""
"A booking and its decision are of one transaction, and so of one moment."
FIELDS = "'part_number', 'same_part', 'tags', 'type', 'stock'"
STATES = "'proposed', 'accepted', 'rejected', 'superseded'"
TALLY = """
CREATE FUNCTION tally_suggestions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        INSERT INTO suggestion_tallies (field, state, change)
        SELECT field, state, -count(*) FROM before GROUP BY field, state;
    END IF;
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        INSERT INTO suggestion_tallies (field, state, change)
        SELECT field, state, count(*) FROM after GROUP BY field, state;
    END IF;
    RETURN NULL;
END $$
"""
TRIGGERS = {
    "INSERT": "NEW TABLE AS after",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS after",
    "DELETE": "OLD TABLE AS before",
}
TALLIED = """
INSERT INTO suggestion_tallies (field, state, change) SELECT field, state, count(*) FROM suggestions GROUP BY 1, 2
"""
UNIDENTIFIED = "manufacturer_code IS NULL AND description IS NULL AND type_id IS NULL AND retired_at IS NULL"


def upgrade() -> None:
    """Apply; open promises of slots last two weeks from when they were made."""
    op.add_column("suggestions", sa.Column("decision", JSONB(none_as_null=True), nullable=True))
    op.add_column("suggestions", sa.Column("command_id", sa.Uuid(), nullable=True))
    op.add_column("suggestions", sa.Column("promised_until", sa.DateTime(timezone=True), nullable=True))
    op.add_column("suggestions", sa.Column("undone", sa.Integer(), server_default="0", nullable=False))
    op.execute(PROMISE)
    op.execute(BOOKED)
    op.create_foreign_key(
        op.f("fk_suggestions_command_id_stock_commands"), "suggestions", "stock_commands", ["command_id"], ["id"]
    )
    for name, rule in CHECKS.items():
        op.create_check_constraint(op.f(f"ck_suggestions_{name}"), "suggestions", rule)
    op.create_index("ix_suggestions_inbox", "suggestions", ["state", "id"], postgresql_include=["field", "confidence"])
    op.create_index(
        "ix_suggestions_command_id",
        "suggestions",
        ["command_id"],
        postgresql_where=sa.text("command_id IS NOT NULL"),
    )
    op.create_index("ix_parts_unidentified", "parts", ["id4"], postgresql_where=sa.text(UNIDENTIFIED))

    _tally()


def _tally() -> None:
    op.create_table(
        "suggestion_tallies",
        sa.Column("id", sa.BigInteger(), sa.Identity(), nullable=False),
        sa.Column("field", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("change", sa.Integer(), nullable=False),
        sa.CheckConstraint(f"field IN ({FIELDS})", name=op.f("ck_suggestion_tallies_field_known")),
        sa.CheckConstraint(f"state IN ({STATES})", name=op.f("ck_suggestion_tallies_state_known")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_suggestion_tallies")),
    )
    op.execute(TALLIED)
    op.execute(TALLY)
    for event, tables in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER tally_{event.lower()} AFTER {event} ON suggestions REFERENCING {tables} "
            "FOR EACH STATEMENT EXECUTE FUNCTION tally_suggestions()"
        )


def downgrade() -> None:
    """Undo; what decisions changed is forgotten."""
    for event in TRIGGERS:
        op.execute(f"DROP TRIGGER tally_{event.lower()} ON suggestions")
    op.execute("DROP FUNCTION tally_suggestions()")
    op.drop_table("suggestion_tallies")
    op.drop_index("ix_parts_unidentified", "parts")
    op.drop_index("ix_suggestions_command_id", "suggestions")
    op.drop_index("ix_suggestions_inbox", "suggestions")
    for name in reversed(CHECKS):
        op.drop_constraint(op.f(f"ck_suggestions_{name}"), "suggestions", type_="check")
    op.drop_constraint(op.f("fk_suggestions_command_id_stock_commands"), "suggestions", type_="foreignkey")
    for column in ("undone", "promised_until", "command_id", "decision"):
        op.drop_column("suggestions", column)
