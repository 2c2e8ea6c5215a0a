"""No stored text holds control characters."""

import json
import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "9c4e71f0a3d8"
down_revision = "5d0c7e1fa932"
branch_labels = None
depends_on = None

CLEANED_WHEN_READ = "document_pages"
UNSTORABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
TEXT = r"[\x01-\x08\x0b-\x1f\x7f-\x9f]"
JSON = r"\\u00[01]|\\[bfr]|[\x7f-\x9f]"
COLUMNS = """
SELECT columns.table_name, column_name, data_type FROM information_schema.columns
JOIN information_schema.tables USING (table_schema, table_name)
WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND is_generated = 'NEVER'
AND data_type IN ('text', 'jsonb')
ORDER BY 1, 2
"""


def upgrade() -> None:
    """Put a picture in the place of each control character that was stored before none was."""
    connection = op.get_bind()
    for table, column, kind in connection.execute(sa.text(COLUMNS)).all():
        if table == CLEANED_WHEN_READ:
            continue
        for place, value in _found(connection, table, column, JSON if kind == "jsonb" else TEXT):
            cleaned = json.dumps(_clean(value)) if kind == "jsonb" else _clean(value)
            change = f'UPDATE "{table}" SET "{column}" = CAST(:cleaned AS {kind}) WHERE ctid = CAST(:place AS tid)'  # noqa: S608 - names of our own tables
            connection.execute(sa.text(change), {"cleaned": cleaned, "place": place})


def _found(connection: sa.Connection, table: str, column: str, pattern: str) -> Iterator[Any]:
    query = f'SELECT ctid::text, "{column}" FROM "{table}" WHERE "{column}"::text ~ :pattern'  # noqa: S608 - likewise
    yield from connection.execute(sa.text(query), {"pattern": pattern}).all()


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return UNSTORABLE.sub(_picture, value.replace("\r\n", "\n").replace("\r", "\n"))
    if isinstance(value, dict):
        return {_clean(key): _clean(each) for key, each in value.items()}
    return [_clean(each) for each in value] if isinstance(value, list) else value


def _picture(found: re.Match[str]) -> str:
    sign = found[0]
    if sign < " ":
        return chr(0x2400 + ord(sign))
    return "\u2421" if sign == "\x7f" else "\ufffd"


def downgrade() -> None:
    """Leave the pictures: what they stand for was never meant to be stored."""
