"""Parts of one type have an order: by value where the type has a unit, else by number."""

import sqlalchemy as sa
from alembic import op

revision = "3f1b6a92c4de"
down_revision = "9c4e71f0a3d8"
branch_labels = None
depends_on = None

UNIT = "unit IN ('ohm', 'farad', 'henry', 'hertz', 'volt', 'ampere', 'watt', 'percent')"
DEFAULTS = {
    "Resistor": "ohm",
    "Potentiometer": "ohm",
    "Capacitor": "farad",
    "Inductor": "henry",
    "Crystal": "hertz",
    "Oscillator": "hertz",
    "Fuse": "ampere",
    "Battery": "volt",
}
# The lexemes of values, as search has them: qv47e2r is 4700 ohms, and qv47e2x has no unit. The key is where the point
# stands, from 001 on, and then the digits, which are in order as text.
VALUE_ORDER = r"""
CREATE FUNCTION parts_value_order(unit text, given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN unit IS NULL THEN '' ELSE coalesce((
    SELECT to_char(50 + length(found[1]) + replace(found[2], 'm', '-')::int, 'FM000') || found[1]
    FROM regexp_matches(search_values(given), 'qv([0-9]+)e(m?[0-9]+)([a-z]+)', 'g') WITH ORDINALITY AS each (found, place)
    WHERE found[3] IN ('x', CASE unit
        WHEN 'ohm' THEN 'r' WHEN 'hertz' THEN 'hz' WHEN 'percent' THEN 'pct' ELSE left(unit, 1) END)
    ORDER BY found[3] = 'x', place LIMIT 1
), '~') END
"""
# Digits count as numbers, so that 74HC00 comes before 74HC4051.
NUMBER_ORDER = r"""
CREATE FUNCTION parts_number_order(code text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN coalesce((
    SELECT string_agg(CASE WHEN found[1] < ':' THEN lpad(found[1], greatest(8, length(found[1])), '0') ELSE found[1] END,
        '' ORDER BY place)
    FROM regexp_matches(regexp_replace(upper(code), '[^A-Z0-9.]', '', 'g'), '[0-9]+|[^0-9]+', 'g')
        WITH ORDINALITY AS each (found, place)
), '~')
"""
ON_PARTS = """
CREATE FUNCTION parts_before_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.kin_order := concat_ws(' ',
        parts_value_order((SELECT unit FROM types WHERE id = NEW.type_id),
            concat_ws(' ; ', NEW.description, NEW.manufacturer_code)),
        parts_number_order(NEW.manufacturer_code));
    RETURN NEW;
END $$
"""
ON_TYPES = """
CREATE FUNCTION types_after_unit() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE parts SET type_id = type_id WHERE type_id = NEW.id;
    RETURN NULL;
END $$
"""


def _run(statement: str) -> None:
    op.execute(sa.text(statement.replace(":", r"\:")))


def upgrade() -> None:
    """Apply; types that are called as the default ones get their unit."""
    op.add_column("types", sa.Column("unit", sa.Text(), nullable=True))
    op.create_check_constraint(op.f("ck_types_unit_known"), "types", UNIT)
    types = sa.table("types", sa.column("name", sa.Text), sa.column("unit", sa.Text))
    for name, unit in DEFAULTS.items():
        op.execute(sa.update(types).where(sa.func.lower(types.c.name) == name.lower()).values(unit=unit))
    op.add_column("parts", sa.Column("kin_order", sa.Text(collation="C"), server_default="", nullable=False))
    for function in (VALUE_ORDER, NUMBER_ORDER, ON_PARTS, ON_TYPES):
        _run(function)
    op.execute(
        "CREATE TRIGGER parts_order BEFORE INSERT OR UPDATE OF type_id, description, manufacturer_code ON parts"
        " FOR EACH ROW EXECUTE FUNCTION parts_before_change()"
    )
    op.execute(
        "CREATE TRIGGER types_unit AFTER UPDATE OF unit ON types FOR EACH ROW"
        " WHEN (NEW.unit IS DISTINCT FROM OLD.unit) EXECUTE FUNCTION types_after_unit()"
    )
    op.execute("UPDATE parts SET type_id = type_id")
    op.drop_index("ix_parts_type_id", table_name="parts")
    op.create_index("ix_parts_kin", "parts", ["type_id", "kin_order", "id4"])


def downgrade() -> None:
    """Undo."""
    op.drop_index("ix_parts_kin", table_name="parts")
    op.create_index("ix_parts_type_id", "parts", ["type_id"])
    op.execute("DROP TRIGGER types_unit ON types")
    op.execute("DROP TRIGGER parts_order ON parts")
    for function in (
        "types_after_unit()",
        "parts_before_change()",
        "parts_number_order(text)",
        "parts_value_order(text, text)",
    ):
        op.execute(f"DROP FUNCTION {function}")
    op.drop_column("parts", "kin_order")
    op.drop_column("types", "unit")
