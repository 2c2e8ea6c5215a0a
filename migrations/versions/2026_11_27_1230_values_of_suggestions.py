"""The value of a suggestion is one for its field."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "6d2b84e0c719"
down_revision = "0e93d6f4a1b5"
branch_labels = None
depends_on = None


def _text_or_null(*names: str) -> str:
    return " AND ".join(f"coalesce(jsonb_typeof(value -> '{name}'), 'null') IN ('string', 'null')" for name in names)


def _null_or(name: str, condition: str) -> str:
    return f"(coalesce(jsonb_typeof(value -> '{name}'), 'null') = 'null' OR value @? 'strict $.{name} ? ({condition})')"


VALUES = {
    "part_number": (
        "jsonb_typeof(value) = 'object' AND jsonb_typeof(value -> 'manufacturer_code') = 'string'",
        "length(value ->> 'manufacturer_code') <= 100",
        "value ->> 'manufacturer_code' ~ '[A-Za-z0-9]'",
        _text_or_null("manufacturer", "description"),
    ),
    "tags": ("jsonb_typeof(value) = 'array'", """NOT value @? 'strict $[*] ? (@.type() != "string" || @ == "")'"""),
    "type": ("jsonb_typeof(value) = 'string'", "length(value #>> '{}') BETWEEN 1 AND 100"),
    "stock": (
        "jsonb_typeof(value) = 'object'",
        _null_or("quantity", "@ >= 1 && @ <= 1000000000 && @.floor() == @"),
        _null_or("slot", '@ like_regex "^[1-9][0-9]{0,5}-[1-9][0-9]{0,5}$"'),
        _text_or_null("supplier_code", "lot", "date_code", "origin"),
    ),
}
RULES = {field: f"field <> '{field}' OR coalesce({' AND '.join(rules)}, false)" for field, rules in VALUES.items()}
_SUGGESTIONS = sa.table("suggestions", sa.column("id"))


def _stop_at_others() -> None:
    ids = sa.select(_SUGGESTIONS.c.id).order_by(_SUGGESTIONS.c.id)
    wrong = {field: op.get_bind().scalars(ids.where(sa.text(f"NOT ({rule})"))).all() for field, rule in RULES.items()}
    found = [f"{field}: id {', '.join(map(str, ids[:10]))}" for field, ids in wrong.items() if ids]
    if found:
        raise CommandError(
            f"suggestions: {sum(map(len, wrong.values()))} rows have a value that does not fit their field "
            f"({'; '.join(found)}). Correct or delete them, then upgrade again."
        )


def upgrade() -> None:
    """Apply; stops when there is a value that does not fit its field."""
    _stop_at_others()
    for field, rule in RULES.items():
        op.create_check_constraint(op.f(f"ck_suggestions_{field}_value"), "suggestions", rule)


def downgrade() -> None:
    """Undo."""
    for field in reversed(RULES):
        op.drop_constraint(op.f(f"ck_suggestions_{field}_value"), "suggestions", type_="check")
