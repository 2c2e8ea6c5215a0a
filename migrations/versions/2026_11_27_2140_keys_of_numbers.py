"""Two keys of a part number replace the one that dropped the decimal point; names of makers and sellers get keys."""

import logging
from string import ascii_lowercase, ascii_uppercase

import sqlalchemy as sa
from alembic import op

revision = "b81e5d20c4f7"
down_revision = "93f5c7a1e08d"
branch_labels = None
depends_on = None

_FOLDED = (
    "translate(manufacturer_code, 'abcdefghijklmnopqrstuvwxyz\u00b5\u03bc\u2126', 'ABCDEFGHIJKLMNOPQRSTUVWXYZUU\u03a9')"
)
_SEPARATORS = (
    r"[.,](?![0-9])|(?<=[^0-9])[.,]"
    r"|[\u0001-\u0020!-$&-*\-/:-@\[-`{-\u007f\u00a0\u00ad\u00ae\u2000-\u200d\u2010-\u2015\u202f\u2122\u2212\u3000\ufeff]"
)
CANONICAL = f"regexp_replace({_FOLDED}, '{_SEPARATORS}', '', 'g')"
LOOSE = f"regexp_replace({CANONICAL}, '[^A-Z0-9]|(?<=[0-9])P(?=[0-9])', '', 'g')"
_SIGNS = r"[\u0001-/:-@\[-`{-\u007f]"
_ENDING = (
    r"([ ,.]+(inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|plc|asa|bv|sa|electronics|semiconductors?"
    r"|technology|technologies|components|microelectronics|company))+[ ,.]*\Z"
)
OLD = "upper(regexp_replace(manufacturer_code, '[^A-Za-z0-9]', '', 'g'))"
_ORDER = "code_order text COLLATE \"C\" GENERATED ALWAYS AS (coalesce({}, '~')) STORED NOT NULL"
_JOINED = """
    SELECT count(*), coalesce(sum(parts), 0) FROM (
        SELECT count(*) AS parts FROM parts
        WHERE merged_into IS NULL AND code_key IS NOT NULL
        GROUP BY code_key HAVING count(DISTINCT {}) > 1
    ) AS joined
"""


def _name(column: str) -> str:
    folded = f"translate({column}, '{ascii_uppercase}', '{ascii_lowercase}')"
    short, whole = (
        f"regexp_replace({text}, '{_SIGNS}', '', 'g')"
        for text in (f"regexp_replace({folded}, '{_ENDING}', '')", folded)
    )
    return f"coalesce(nullif({short}, ''), {whole})"


def _add(column: str, value: str, *, rest: str = "") -> str:
    return f"ADD COLUMN {column} text{rest} GENERATED ALWAYS AS ({value}) STORED"


def _alter(table: str, *changes: str) -> None:
    # One statement writes the table once, however many columns it makes.
    op.execute(sa.text(f"ALTER TABLE {table} {', '.join(changes)}".replace(":", r"\:")))


def _report() -> None:
    query = sa.text(_JOINED.format(CANONICAL).replace(":", r"\:"))
    numbers, parts = op.get_bind().execute(query).one()
    if numbers:
        logging.getLogger("alembic.runtime.migration").warning(
            "%s parts have numbers that the old key took for %s of the same; `partflow parts audit` lists them",
            parts,
            numbers,
        )


def upgrade() -> None:
    """Apply."""
    _report()
    _alter(
        "parts",
        "DROP COLUMN code_key",
        "DROP COLUMN code_order",
        _add("canonical_key", CANONICAL),
        _add("loose_key", LOOSE, rest=' COLLATE "C"'),
        _add("manufacturer_key", _name("manufacturer")),
        _add("seller_key", _name("seller")),
        f"ADD COLUMN {_ORDER.format(CANONICAL)}",
    )
    _alter(
        "catalogue_parts",
        "DROP COLUMN code_key",
        f"{_add('canonical_key', CANONICAL)} NOT NULL",
        f"{_add('loose_key', LOOSE)} NOT NULL",
    )
    for table in ("parts", "catalogue_parts"):
        for column in ("canonical_key", "loose_key"):
            op.create_index(op.f(f"ix_{table}_{column}"), table, [column])
    op.create_index(
        "ix_parts_loose_key_near",
        "parts",
        ["loose_key"],
        postgresql_using="gin",
        postgresql_ops={"loose_key": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_parts_code_order_id4"), "parts", ["code_order", "id4"])
    for column in ("manufacturer_key", "seller_key"):
        op.create_index(op.f(f"ix_parts_{column}_id4"), "parts", [column, "id4"])


def downgrade() -> None:
    """Undo."""
    _alter(
        "parts",
        "DROP COLUMN canonical_key",
        "DROP COLUMN loose_key",
        "DROP COLUMN manufacturer_key",
        "DROP COLUMN seller_key",
        "DROP COLUMN code_order",
        _add("code_key", OLD),
        f"ADD COLUMN {_ORDER.format(OLD)}",
    )
    _alter(
        "catalogue_parts",
        "DROP COLUMN canonical_key",
        "DROP COLUMN loose_key",
        f"{_add('code_key', OLD)} NOT NULL",
    )
    for table in ("parts", "catalogue_parts"):
        op.create_index(op.f(f"ix_{table}_code_key"), table, ["code_key"])
    op.create_index(
        "ix_parts_code_key_near",
        "parts",
        ["code_key"],
        postgresql_using="gin",
        postgresql_ops={"code_key": "gin_trgm_ops"},
    )
    op.create_index(op.f("ix_parts_code_order_id4"), "parts", ["code_order", "id4"])
