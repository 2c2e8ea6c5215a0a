"""One row per part is searched, and triggers keep it."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import TSVECTOR

revision = "5d0c7e1fa932"
down_revision = "b41c8e60d9a7"
branch_labels = None
depends_on = None

EXTENSION = "fuzzystrmatch"
STEMS = """
CREATE TEXT SEARCH DICTIONARY partflow_stem (TEMPLATE = snowball, LANGUAGE = english);
CREATE TEXT SEARCH CONFIGURATION partflow (COPY = simple);
ALTER TEXT SEARCH CONFIGURATION partflow
    ALTER MAPPING FOR asciiword, word, hword, hword_part, asciihword, hword_asciipart WITH partflow_stem;
"""

# Immutable functions of text: what is written to a row, and indexed.
FOLD = """
CREATE FUNCTION search_fold(key text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN translate(key, 'ODILBSZV', '0011852U')
"""
DELETIONS = """
CREATE FUNCTION search_deletions(fold text, most int) RETURNS int[] LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
COST 5000 AS $$
DECLARE
    given text := left(fold, 40);
    less text;
    buckets int[] := ARRAY[hashtext(given) & 1048575];
BEGIN
    FOR one IN 1..length(given) LOOP
        less := overlay(given PLACING '' FROM one FOR 1);
        buckets := buckets || (hashtext(less) & 1048575);
        IF most > 1 AND length(fold) BETWEEN 7 AND 24 THEN
            FOR two IN one..length(less) LOOP
                buckets := buckets || (hashtext(overlay(less PLACING '' FROM two FOR 1)) & 1048575);
            END LOOP;
        END IF;
    END LOOP;
    RETURN buckets;
END $$
"""
VALUE = (
    r"(?<![A-Za-z0-9.,-])(?<![0-9]/)"
    r"([0-9]{1,7})(?:([.,/])([0-9]{1,5}))?[ ]?"
    r"(?:([pnumkKMG]|[NUP](?=[FH]))([0-9]{1,3})?|([RrVvF])([0-9]{1,3}))?[ ]?"
    r"(F|f|H|[Hh][Zz]|HZ|V|v|A|W|w|R|r|[oO][hH][mM][sS]?|%)?(?![A-Za-z0-9])"
)
VALUES = """
CREATE FUNCTION search_values(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    lexemes text := '';
    lexeme text;
    found text[];
    number numeric;
    after text;
    unit text;
    digits text;
    exponent int;
BEGIN
    FOR found IN SELECT * FROM regexp_matches(translate(given, '\u00b5\u03bc\u03a9\u2126', 'uuRR'), '@VALUE@', 'g') LOOP
        after := coalesce(found[5], found[7]);
        unit := lower(coalesce(found[8], found[6]));
        CONTINUE WHEN found[4] IS NULL AND unit IS NULL OR found[2] IS NOT NULL AND after IS NOT NULL;
        IF found[2] = '/' THEN
            CONTINUE WHEN found[4] IS NOT NULL OR found[3]::numeric = 0;
            number := found[1]::numeric(30, 20) / found[3]::numeric;
        ELSE
            number := (found[1] || '.' || coalesce(found[3], after, '0'))::numeric;
        END IF;
        exponent := 0;
        IF number > 0 THEN
            -- Six digits, of which the last zeros say nothing.
            exponent := floor(log(number))::int - 5;
            digits := trim_scale(round(number, -exponent) * power(10::numeric, -exponent))::text;
            exponent := exponent + length(digits) - length(rtrim(digits, '0'));
            exponent := exponent + CASE WHEN found[4] = 'M' THEN 6
                ELSE coalesce(strpos('pnum_kxg', lower(found[4])) * 3 - 15, 0) END;
        END IF;
        lexeme := 'qv' || CASE WHEN number > 0 THEN rtrim(digits, '0') ELSE '0' END
            || 'e' || replace(exponent::text, '-', 'm');
        unit := CASE WHEN unit LIKE 'ohm%' THEN 'r' WHEN unit = '%' THEN 'pct' ELSE coalesce(unit, 'x') END;
        lexemes := lexemes || ' ' || lexeme || ' ' || lexeme || unit;
    END LOOP;
    RETURN lexemes;
END $$
""".replace("@VALUE@", VALUE)
WORDS = """
CREATE FUNCTION search_words(given text) RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
RETURN regexp_replace(
    translate(
        lower(given), '\u00b5\u03bc\u00e0\u00e1\u00e2\u00e3\u00e4\u00e5\u00e7\u00e8\u00e9\u00ea\u00eb\u00ec\u00ed\u00ee'
        '\u00ef\u00f1\u00f2\u00f3\u00f4\u00f5\u00f6\u00f8\u00f9\u00fa\u00fb\u00fc\u00fd\u00ff',
        'uuaaaaaaceeeeiiiinoooooouuuuyy'
    ), '[^[:alnum:]]+', ' ', 'g'
)
"""
JOINED = """
CREATE FUNCTION search_joined(given text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    joined text := '';
    found text[];
BEGIN
    IF strpos(given, '-') > 0 THEN
        FOR found IN SELECT * FROM regexp_matches(given, '[[:alnum:]]+(?:-[[:alnum:]]+)+', 'g') LOOP
            joined := joined || ' ' || search_words(replace(found[1], '-', ''));
        END LOOP;
    END IF;
    RETURN joined;
END $$
"""
PIECES = """
CREATE FUNCTION search_pieces(key text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT AS $$
DECLARE
    pieces text := lower(key);
BEGIN
    FOR place IN 2..length(key) - 1 LOOP
        IF (substr(key, place, 1) <= '9') <> (substr(key, place - 1, 1) <= '9') THEN
            pieces := pieces || ' ' || lower(substr(key, place));
        END IF;
    END LOOP;
    RETURN pieces;
END $$
"""
SLIPS = """
CREATE FUNCTION search_slips(one text, other text) RETURNS int LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE STRICT
COST 500 AS $$
DECLARE
    least int := levenshtein_less_equal(one, other, 4);
    swapped text;
    slips int;
    differs int;
BEGIN
    -- Levenshtein counts two characters that changed places as two slips, and it is one.
    IF least BETWEEN 2 AND 4 AND abs(length(one) - length(other)) <= 1 THEN
        FOR place IN 1..length(other) - 1 LOOP
            CONTINUE WHEN substr(other, place, 1) = substr(other, place + 1, 1);
            swapped := overlay(other PLACING reverse(substr(other, place, 2)) FROM place FOR 2);
            slips := levenshtein_less_equal(one, swapped, 2);
            IF slips = 2 AND length(one) = length(swapped) THEN
                SELECT min(each) INTO differs FROM generate_series(1, length(one)) AS each
                WHERE substr(one, each, 1) <> substr(swapped, each, 1);
                IF overlay(swapped PLACING reverse(substr(swapped, differs, 2)) FROM differs FOR 2) = one THEN
                    slips := 1;
                END IF;
            END IF;
            least := least(least, 1 + slips);
            EXIT WHEN least = 1;
        END LOOP;
    END IF;
    RETURN least;
END $$
"""

CONTENT = """
CREATE FUNCTION search_content(ids char(4)[]) RETURNS TABLE (id4 char(4), key text, words tsvector)
LANGUAGE plpgsql STABLE AS $$
#variable_conflict use_column
BEGIN
    RETURN QUERY SELECT parts.id4, parts.loose_key,
        setweight(to_tsvector('simple', concat_ws(' ', parts.id4, search_pieces(parts.loose_key))), 'A')
        || setweight(to_tsvector('simple', concat_ws(' ', named.words, 'qt' || parts.type_id,
            search_joined(names.given))) || to_tsvector('partflow', named.words), 'B')
        || setweight(to_tsvector('simple', concat_ws(' ', described.words, search_joined(parts.description),
            search_values(concat_ws(' ; ', parts.description, array_to_string(parts.tags, ' ; ')))))
            || to_tsvector('partflow', described.words), 'C')
        || setweight(to_tsvector('simple', concat_ws(' ', search_words(around.given), around.projects)), 'D')
    FROM parts,
        LATERAL (SELECT concat_ws(' ', parts.manufacturer_code, parts.manufacturer, array_to_string(parts.tags, ' ')))
            AS names (given),
        LATERAL (SELECT search_words(names.given)) AS named (words),
        LATERAL (SELECT coalesce(search_words(parts.description), '')) AS described (words),
        LATERAL (SELECT
            concat_ws(' ', parts.seller,
                (SELECT string_agg(concat_ws(' ', seller, order_code, regexp_replace(order_code, '[^A-Za-z0-9]', '', 'g')),
                    ' ' ORDER BY id) FROM part_sellers WHERE part_id4 = parts.id4),
                (SELECT string_agg(concat_ws(' ', original_filename, title), ' ' ORDER BY id)
                    FROM documents WHERE part_id4 = parts.id4)),
            (SELECT string_agg('qp' || project_id, ' ' ORDER BY project_id)
                FROM project_requirements WHERE part_id4 = parts.id4)
        ) AS around (given, projects)
    WHERE parts.id4 = ANY (ids) AND parts.merged_into IS NULL AND parts.retired_at IS NULL;
END $$
"""
REFRESH = """
CREATE FUNCTION search_refresh(ids char(4)[]) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    -- Who waits here for another transaction sees, in the statements that follow, what that one changed.
    PERFORM FROM search_documents WHERE id4 = ANY (ids) ORDER BY id4 FOR UPDATE;
    DELETE FROM search_documents WHERE id4 = ANY (ids) AND NOT EXISTS (
        SELECT FROM parts
        WHERE parts.id4 = search_documents.id4 AND merged_into IS NULL AND retired_at IS NULL
    );
    INSERT INTO search_documents AS kept (id4, words) SELECT id4, words FROM search_content(ids) ORDER BY id4
    ON CONFLICT (id4) DO UPDATE SET words = excluded.words WHERE kept.words IS DISTINCT FROM excluded.words;
    DELETE FROM search_numbers WHERE id4 = ANY (ids) AND NOT EXISTS (
        SELECT FROM parts JOIN search_documents USING (id4)
        WHERE id4 = search_numbers.id4 AND loose_key = search_numbers.key
    );
    INSERT INTO search_numbers (id4, key, fold)
    SELECT id4, loose_key, search_fold(loose_key) FROM parts JOIN search_documents USING (id4)
    WHERE id4 = ANY (ids) AND loose_key <> '' ORDER BY id4
    ON CONFLICT (id4) DO NOTHING;
END $$
"""
ON_PARTS = """
CREATE FUNCTION search_after_parts() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        PERFORM search_refresh(array_agg(id4)) FROM after HAVING count(*) > 0;
    ELSE
        PERFORM search_refresh(array_agg(after.id4)) FROM after JOIN before USING (id4)
        WHERE (after.manufacturer_code, after.manufacturer, after.type_id, after.description, after.tags, after.seller,
            after.merged_into, after.retired_at IS NULL) IS DISTINCT FROM
            (before.manufacturer_code, before.manufacturer, before.type_id, before.description, before.tags,
            before.seller, before.merged_into, before.retired_at IS NULL)
        HAVING count(*) > 0;
    END IF;
    RETURN NULL;
END $$
"""
ON_THE_REST = """
CREATE FUNCTION search_after_the_rest() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    ids char(4)[];
BEGIN
    IF TG_OP IN ('INSERT', 'UPDATE') THEN
        SELECT array_agg(DISTINCT part_id4) INTO ids FROM after WHERE part_id4 IS NOT NULL;
    END IF;
    IF TG_OP IN ('DELETE', 'UPDATE') THEN
        SELECT array_agg(DISTINCT part_id4) || ids INTO ids FROM before WHERE part_id4 IS NOT NULL;
    END IF;
    IF ids IS NOT NULL THEN
        PERFORM search_refresh(ids);
    END IF;
    RETURN NULL;
END $$
"""
FUNCTIONS = (FOLD, DELETIONS, VALUES, WORDS, JOINED, PIECES, SLIPS, CONTENT, REFRESH, ON_PARTS, ON_THE_REST)
DROPPED = (
    "search_after_the_rest()", "search_after_parts()", "search_refresh(char[])", "search_content(char[])",
    "search_slips(text, text)", "search_pieces(text)", "search_joined(text)", "search_words(text)",
    "search_values(text)", "search_deletions(text, int)", "search_fold(text)",
)  # fmt: skip
TRIGGERS = {
    "INSERT": "NEW TABLE AS after",
    "UPDATE": "OLD TABLE AS before NEW TABLE AS after",
    "DELETE": "OLD TABLE AS before",
}
THE_REST = ("documents", "part_sellers", "project_requirements")


def _run(statement: str) -> None:
    op.execute(sa.text(statement.replace(":", r"\:")))


def upgrade() -> None:
    """Apply; the rows of 100,000 parts take about a minute."""
    _run(f"CREATE EXTENSION IF NOT EXISTS {EXTENSION}")
    _run(STEMS)
    op.create_table(
        "search_documents",
        sa.Column("id4", sa.CHAR(4), nullable=False),
        sa.Column("words", TSVECTOR(), nullable=False),
        sa.ForeignKeyConstraint(["id4"], ["parts.id4"], name=op.f("fk_search_documents_id4_parts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id4", name=op.f("pk_search_documents")),
    )
    op.create_table(
        "search_numbers",
        sa.Column("id4", sa.CHAR(4), nullable=False),
        sa.Column("key", sa.Text(collation="C"), nullable=False),
        sa.Column("fold", sa.Text(collation="C"), nullable=False),
        sa.ForeignKeyConstraint(["id4"], ["parts.id4"], name=op.f("fk_search_numbers_id4_parts"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id4", name=op.f("pk_search_numbers")),
    )
    op.create_table(
        "search_words",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("word", sa.Text(collation="C"), nullable=False),
        sa.Column("parts", sa.Integer(), nullable=False),
        sa.CheckConstraint("kind IN ('word', 'tag', 'maker')", name=op.f("ck_search_words_kind_known")),
        sa.PrimaryKeyConstraint("kind", "word", name=op.f("pk_search_words")),
    )
    for function in FUNCTIONS:
        _run(function)
    # The rows come before their indexes, which are made faster at once.
    op.execute("SELECT search_refresh(array_agg(id4)) FROM parts HAVING count(*) > 0")
    op.create_index(op.f("ix_search_numbers_key_id4"), "search_numbers", ["key", "id4"])
    op.create_index(op.f("ix_search_numbers_fold_id4"), "search_numbers", ["fold", "id4"])
    flat = {"postgresql_using": "gin", "postgresql_with": {"fastupdate": "off"}}
    op.create_index("ix_search_documents_words", "search_documents", ["words"], **flat)
    op.create_index("ix_search_numbers_slips", "search_numbers", [sa.text("search_deletions(fold, 2)")], **flat)
    op.create_index(
        "ix_search_numbers_infix", "search_numbers", ["key"], postgresql_ops={"key": "gin_trgm_ops"}, **flat
    )
    op.create_index("ix_search_words_slips", "search_words", [sa.text("search_deletions(word, 2)")], **flat)
    for table in ("parts", *THE_REST):
        function = "search_after_parts" if table == "parts" else "search_after_the_rest"
        for event, tables in TRIGGERS.items():
            # The row of a part that is deleted goes with it.
            if (table, event) != ("parts", "DELETE"):
                _run(
                    f"CREATE TRIGGER search_{event.lower()} AFTER {event} ON {table} REFERENCING {tables}"
                    f" FOR EACH STATEMENT EXECUTE FUNCTION {function}()"
                )


def downgrade() -> None:
    """Undo."""
    for table in ("parts", *THE_REST):
        for event in TRIGGERS:
            op.execute(f"DROP TRIGGER IF EXISTS search_{event.lower()} ON {table}")
    op.drop_table("search_words")
    op.drop_table("search_numbers")
    op.drop_table("search_documents")
    for function in DROPPED:
        op.execute(f"DROP FUNCTION {function}")
    op.execute("DROP TEXT SEARCH CONFIGURATION partflow")
    op.execute("DROP TEXT SEARCH DICTIONARY partflow_stem")
    op.execute(f"DROP EXTENSION {EXTENSION}")
