"""Slots are kept by rows of their own, and each location knows whether it is free."""

import sqlalchemy as sa
from alembic import op

revision = "a7d2c05e8b14"
down_revision = "3f1b6a92c4de"
branch_labels = None
depends_on = None

HOLD = """
CREATE FUNCTION locations_hold(boxes int[], numbers int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM locations JOIN (SELECT DISTINCT * FROM unnest(boxes, numbers)) AS named (box_no, loc_no)
        USING (box_no, loc_no)
    ORDER BY box_no, loc_no FOR NO KEY UPDATE OF locations;
    UPDATE locations SET is_free = false FROM unnest(boxes, numbers) AS named (box_no, loc_no)
    WHERE locations.box_no = named.box_no AND locations.loc_no = named.loc_no AND is_free;
END $$
"""
REFRESH = """
CREATE FUNCTION locations_refresh(boxes int[], numbers int[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Who waits here for another transaction sees, in the statement that follows, what that one changed.
    PERFORM FROM locations JOIN (SELECT DISTINCT * FROM unnest(boxes, numbers)) AS named (box_no, loc_no)
        USING (box_no, loc_no)
    ORDER BY box_no, loc_no FOR NO KEY UPDATE OF locations;
    UPDATE locations SET is_free = NOT is_free FROM unnest(boxes, numbers) AS named (box_no, loc_no)
    WHERE locations.box_no = named.box_no AND locations.loc_no = named.loc_no AND is_free = (
        EXISTS (SELECT FROM part_locations
            WHERE part_locations.box_no = named.box_no AND part_locations.loc_no = named.loc_no)
        OR EXISTS (SELECT FROM slot_reservations
            WHERE slot_reservations.box_no = named.box_no AND slot_reservations.loc_no = named.loc_no)
    );
END $$
"""
AFTER_USE = """
CREATE FUNCTION locations_after_use() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM locations_refresh(array_agg(box_no), array_agg(loc_no)) FROM changed HAVING count(*) > 0;
    RETURN NULL;
END $$
"""
AFTER_SHIFT = """
CREATE FUNCTION locations_after_shift() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM locations_refresh(ARRAY[OLD.box_no, NEW.box_no], ARRAY[OLD.loc_no, NEW.loc_no]);
    RETURN NULL;
END $$
"""
FUNCTIONS = (HOLD, REFRESH, AFTER_USE, AFTER_SHIFT)
DROPPED = (
    "locations_after_shift()", "locations_after_use()", "locations_refresh(int[], int[])", "locations_hold(int[], int[])",
)  # fmt: skip
USES = ("part_locations", "slot_reservations")
KEPT = """
INSERT INTO slot_reservations (box_no, loc_no, part_id4, suggestion_id, until)
SELECT DISTINCT ON (locations.box_no, locations.loc_no)
    locations.box_no, locations.loc_no, suggestions.part_id4, suggestions.id, promised_until
FROM suggestions JOIN locations ON value ->> 'slot' = locations.box_no || '-' || locations.loc_no
WHERE field = 'stock' AND state = 'proposed' AND (promised_until IS NULL OR promised_until > now())
ORDER BY locations.box_no, locations.loc_no, suggestions.id
"""
FREE = """
UPDATE locations SET is_free = false WHERE EXISTS (
    SELECT FROM part_locations WHERE part_locations.box_no = locations.box_no AND part_locations.loc_no = locations.loc_no
) OR EXISTS (
    SELECT FROM slot_reservations
    WHERE slot_reservations.box_no = locations.box_no AND slot_reservations.loc_no = locations.loc_no
)
"""


def upgrade() -> None:
    """Apply; open suggestions keep the slots that they kept, the oldest first."""
    op.create_table(
        "slot_reservations",
        sa.Column("box_no", sa.Integer(), nullable=False),
        sa.Column("loc_no", sa.Integer(), nullable=False),
        sa.Column("part_id4", sa.CHAR(4), nullable=False),
        sa.Column("suggestion_id", sa.BigInteger(), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["box_no", "loc_no"],
            ["locations.box_no", "locations.loc_no"],
            name=op.f("fk_slot_reservations_box_no_loc_no_locations"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["part_id4"], ["parts.id4"], name=op.f("fk_slot_reservations_part_id4_parts")),
        sa.ForeignKeyConstraint(
            ["suggestion_id"],
            ["suggestions.id"],
            name=op.f("fk_slot_reservations_suggestion_id_suggestions"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("box_no", "loc_no", name=op.f("pk_slot_reservations")),
    )
    for column in ("part_id4", "suggestion_id", "until"):
        op.create_index(op.f(f"ix_slot_reservations_{column}"), "slot_reservations", [column])
    op.execute(KEPT)
    op.drop_index("ix_suggestions_promised_slots", table_name="suggestions")
    op.alter_column("suggestions", "promised_until", new_column_name="reserved_until")
    op.add_column("locations", sa.Column("is_free", sa.Boolean(), server_default=sa.true(), nullable=False))
    op.execute(FREE)
    op.create_index("ix_locations_free", "locations", ["box_no", "loc_no"], postgresql_where=sa.text("is_free"))
    for function in FUNCTIONS:
        op.execute(function)
    for table in USES:
        for event, rows in (("INSERT", "NEW"), ("DELETE", "OLD")):
            op.execute(
                f"CREATE TRIGGER locations_{event.lower()} AFTER {event} ON {table} REFERENCING {rows} TABLE AS changed"
                " FOR EACH STATEMENT EXECUTE FUNCTION locations_after_use()"
            )
        op.execute(
            f"CREATE TRIGGER locations_shift AFTER UPDATE OF box_no, loc_no ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION locations_after_shift()"
        )


def downgrade() -> None:
    """Undo."""
    for table in USES:
        for trigger in ("insert", "delete", "shift"):
            op.execute(f"DROP TRIGGER locations_{trigger} ON {table}")
    for function in DROPPED:
        op.execute(f"DROP FUNCTION {function}")
    op.drop_index("ix_locations_free", table_name="locations")
    op.drop_column("locations", "is_free")
    op.alter_column("suggestions", "reserved_until", new_column_name="promised_until")
    op.create_index(
        "ix_suggestions_promised_slots",
        "suggestions",
        [sa.text("(value ->> 'slot')")],
        postgresql_where=sa.text("field = 'stock' AND state = 'proposed'"),
    )
    op.drop_table("slot_reservations")
