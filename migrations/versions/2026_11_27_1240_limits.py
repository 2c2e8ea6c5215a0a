"""The tables refuse what the DTOs refuse: text that is blank or too long, and numbers out of their range."""

import sqlalchemy as sa
from alembic import op
from alembic.util import CommandError

revision = "93f5c7a1e08d"
down_revision = "6d2b84e0c719"
branch_labels = None
depends_on = None

_NUMBER = "[A-Za-z0-9]"
_WEB = r"^https?://[^\s/]\S*$"


def _length(column: str, most: int, pattern: str = r"\S") -> dict[str, str]:
    return {f"{column}_length": f"length({column}) <= {most} AND {column} ~ '{pattern}'"}


def _range(column: str, least: int, most: int) -> dict[str, str]:
    return {f"{column}_range": f"{column} BETWEEN {least} AND {most}"}


CHECKS = {
    "ai_calls": {"usage_not_negative": "input_tokens >= 0 AND output_tokens >= 0 AND cost_usd >= 0"},
    "blobs": {"sha256_hex": "sha256 ~ '^[0-9a-f]{64}$'"},
    "boxes": {"description_length": "length(description) <= 500"} | _range("capacity", 1, 1000),
    "catalogue_parts": {"source_word": "source ~ '^[a-z0-9][a-z0-9_-]{0,49}$'"}
    | _length("manufacturer_code", 100, _NUMBER)
    | _length("manufacturer", 200)
    | _length("description", 1000)
    | _length("keywords", 1000)
    | _length("type_name", 200)
    | _length("datasheet_url", 1000, _WEB),
    "datasheet_candidates": _range("confidence", 0, 1),
    "documents": _length("title", 200) | _length("public_url", 2000) | _length("original_filename", 200),
    "history": _length("reason", 200),
    "idempotency_keys": _length("key", 255),
    "part_imports": _length("filename", 200),
    "parts": _length("manufacturer_code", 100, _NUMBER)
    | _length("manufacturer", 200)
    | _length("description", 2000)
    | _length("seller", 200)
    | _length("seller_link", 2000)
    | {
        "tags_count": "cardinality(tags) <= 50",
        "tags_words": (
            'NOT to_jsonb(tags) @? \'strict $[*] ? (@ == null || @ == "" || @ like_regex "^.{51}" flag "s")\''
        ),
    },
    "project_requirements": _length("placeholder", 200)
    | _range("quantity", 1, 1_000_000)
    | _length("designators", 2000)
    | _length("note", 2000),
    "projects": _length("name", 100) | _length("description", 2000) | _range("builds", 0, 1000),
    "shopping_list": _length("text", 200)
    | _range("quantity", 1, 1_000_000_000)
    | _length("seller", 200)
    | _length("seller_link", 2000)
    | _length("note", 2000),
    "tag_synonyms": _length("synonym", 50) | _length("tag", 50),
    "types": _length("name", 100) | {"name_in_address": r"name !~ '[/\u0001-\u001f]'"},
}
REPLACED = {
    "boxes": {"capacity_positive": "capacity > 0"},
    "project_requirements": {"quantity_positive": "quantity > 0"},
    "projects": {"builds_not_negative": "builds >= 0"},
    "shopping_list": {"quantity_positive": "quantity > 0"},
}
CUT = {
    "parts": {"manufacturer": 200, "description": 2000, "seller": 200},
    "catalogue_parts": {"manufacturer": 200, "description": 1000, "keywords": 1000, "type_name": 200},
    "documents": {"original_filename": 200},
    "part_imports": {"filename": 200},
}
"What machines have read or can read again; of a file's name the end is kept, which says what it is."


def _cut() -> None:
    for table, columns in CUT.items():
        for name, most in columns.items():
            column: sa.ColumnClause[str] = sa.column(name)
            part = sa.func.right(column, most) if "filename" in name else sa.func.left(column, most)
            _mend(table, name, sa.func.nullif(sa.func.btrim(part), ""))
    # An address that is cut is another address.
    _mend("catalogue_parts", "datasheet_url", sa.null())
    _mend("documents", "public_url", sa.null(), only="kind <> 'link'")


def _mend(table: str, name: str, value: sa.ColumnElement[str | None], *, only: str = "true") -> None:
    wrong = sa.text(f"{only} AND NOT ({CHECKS[table][f'{name}_length']})")
    op.execute(sa.update(sa.table(table, sa.column(name))).where(wrong).values({name: value}))


def _stop_at_others() -> None:
    wrong = []
    for table, checks in CHECKS.items():
        for name, rule in checks.items():
            rows = sa.select(sa.func.count()).select_from(sa.table(table)).where(sa.text(f"NOT ({rule})"))
            if count := op.get_bind().scalar(rows):
                wrong.append(f"{table}: {count} rows break {name}, {rule}")
    if wrong:
        raise CommandError(f"{'; '.join(wrong)}. Correct these rows, then upgrade again.")


def _replace(old: dict[str, dict[str, str]], new: dict[str, dict[str, str]]) -> None:
    for table, checks in old.items():
        for name in checks:
            op.drop_constraint(op.f(f"ck_{table}_{name}"), table, type_="check")
    for table, checks in new.items():
        for name, rule in checks.items():
            op.create_check_constraint(op.f(f"ck_{table}_{name}"), table, rule)


def upgrade() -> None:
    """Apply; cuts what machines have read, and stops when anything else is out of bounds."""
    _cut()
    _stop_at_others()
    _replace(REPLACED, CHECKS)


def downgrade() -> None:
    """Undo; what was cut stays so."""
    _replace(CHECKS, REPLACED)
