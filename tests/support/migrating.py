"""A database that is migrated step by step, filled as an inventory in use is."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic import command
from sqlalchemy import Engine, create_engine, inspect, text

from cli.migrate import config

BEFORE_DEBTS = "d070b7545feb"
"The last revision whose tables left to the DTOs what can be in them."

_FILLED = """
INSERT INTO types (name) VALUES ('Resistor'), ('Timer');
INSERT INTO blobs (sha256, bucket, s3_key, size, media_type) VALUES
    (repeat('a', 64), 'docs', 'aa', 10, 'application/pdf'), (repeat('b', 64), 'images', 'bb', 10, 'image/jpeg');
INSERT INTO parts (id4, manufacturer_code, manufacturer, type_id, description, tags, seller, seller_link) VALUES
    ('AAAA', 'NE555P', 'Texas Instruments', 2, 'a timer', '{timer,dip-8}', 'LCSC', 'https://lcsc.com/1'),
    ('BBBB', 'RC0402FR-074K7L', NULL, 1, NULL, '{}', NULL, NULL);
INSERT INTO documents
    (part_id4, kind, title, blob_sha256, original_filename, public_url, is_datasheet, datasheet_by) VALUES
    ('AAAA', 'pdf', 'datasheet', repeat('a', 64), 'ne555.pdf', 'https://ti.com/ne555.pdf', true, 'machine'),
    ('AAAA', 'link', NULL, NULL, NULL, 'https://ti.com', false, NULL);
INSERT INTO document_pages (blob_sha256, page, text) VALUES (repeat('a', 64), 1, 'precision timer');
INSERT INTO thumbnails (blob_sha256, side, image_sha256) VALUES (repeat('a', 64), 128, repeat('b', 64));
INSERT INTO boxes (description, capacity) VALUES ('timers', 2), ('', 2);
INSERT INTO box_types (box_id, type_id) VALUES (1, 2);
INSERT INTO locations (box_id, box_no, loc_no) VALUES (1, 1, 1), (1, 1, 2), (2, 2, 1), (2, 2, 2);
INSERT INTO stock_commands (id, part_id4, kind, payload, result) VALUES
    ('00000000-0000-0000-0000-00000000000a', 'AAAA', 'receive', '{}', '{}'),
    ('00000000-0000-0000-0000-00000000000b', 'BBBB', 'receive', '{}', '{}'),
    ('00000000-0000-0000-0000-00000000000c', 'AAAA', 'build', '{}', '{}'),
    ('00000000-0000-0000-0000-00000000000d', 'BBBB', 'build', '{}', '{}');
INSERT INTO history (command_id, part_id4, delta_qty, reason, box_no, loc_no)
    SELECT id, part_id4, CASE kind WHEN 'build' THEN -1 ELSE 5 END, kind, 1, CASE part_id4 WHEN 'AAAA' THEN 1 ELSE 2 END
    FROM stock_commands;
INSERT INTO part_locations (part_id4, box_no, loc_no, qty) VALUES ('AAAA', 1, 1, 4), ('BBBB', 1, 2, 4);
INSERT INTO projects (name, description, builds) VALUES ('Blinker', 'blinks', 1);
INSERT INTO project_requirements (project_id, part_id4, placeholder, quantity, designators, note) VALUES
    (1, 'AAAA', NULL, 1, 'U1', 'in a socket'), (1, NULL, 'red LED', 2, NULL, NULL);
INSERT INTO project_builds (id, project_id, payload, result) VALUES
    ('00000000-0000-0000-0000-0000000000b1', 1, '{}', '{"builds": 1, "parts": [
        {"part": "AAAA", "stock_command": "00000000-0000-0000-0000-00000000000c"},
        {"part": "BBBB", "stock_command": "00000000-0000-0000-0000-00000000000d"},
        {"part": "CCCC", "stock_command": "00000000-0000-0000-0000-0000000000ff"}]}');
INSERT INTO shopping_list (part_id4, text, quantity, received, seller, seller_link, note, state) VALUES
    ('BBBB', NULL, 5, 5, 'LCSC', 'https://lcsc.com/2', 'on reels', 'received'),
    (NULL, 'red LED', 2, 0, NULL, NULL, NULL, 'wanted');
INSERT INTO shopping_receipts (id, line_id, payload, result) VALUES
    ('00000000-0000-0000-0000-0000000000e1', 1, '{}', '{"stock_command": "00000000-0000-0000-0000-00000000000b"}'),
    ('00000000-0000-0000-0000-0000000000e2', 1, '{}', '{"stock_command": "00000000-0000-0000-0000-0000000000ff"}');
INSERT INTO pipeline_runs (id, pipeline, input, part_id4, time_limit)
    VALUES ('00000000-0000-0000-0000-0000000000d1', 'photo_intake', '{}', 'AAAA', '1 hour');
INSERT INTO pipeline_steps (run_id, name, position) SELECT id, 'run.finish', 0 FROM pipeline_runs;
INSERT INTO datasheet_candidates (run_id, slot, url, source, verdict, blob_sha256, confidence, chosen)
    SELECT id, 0, 'https://ti.com/ne555.pdf', 'user', 'ok', repeat('a', 64), 0.9, true FROM pipeline_runs
    UNION ALL SELECT id, 1, 'https://ti.com/gone.pdf', 'user', 'ok', repeat('f', 64), 0.5, false FROM pipeline_runs
    UNION ALL SELECT id, 2, 'https://ti.com', 'user', NULL, NULL, NULL, false FROM pipeline_runs;
INSERT INTO suggestions (part_id4, field, value, confidence, evidence) VALUES
    ('AAAA', 'part_number', '{"manufacturer_code": "NE555P", "manufacturer": null, "description": "a timer"}', 1, '[]'),
    ('AAAA', 'tags', '["timer"]', 1, '[]'),
    ('AAAA', 'type', '"Timer"', 1, '[]'),
    ('AAAA', 'stock', '{"quantity": 10, "slot": "2-1", "supplier_code": "C1", "lot": null}', 1, '[]');
INSERT INTO ai_calls
    (job, model, prompt_version, cache_key, answer, input_tokens, output_tokens, cost_usd, cached, seconds)
    VALUES ('identify', 'm', 'v1', 'k', '{}', 10, 5, 0.01, false, 1);
INSERT INTO catalogue_parts
    (source, manufacturer_code, manufacturer, description, keywords, type_name, datasheet_url)
    VALUES ('kicad', 'NE555P', 'TI', 'a timer', 'timer', 'Timer', 'https://ti.com/ne555.pdf');
INSERT INTO tag_synonyms (synonym, tag) VALUES ('timers', 'timer');
INSERT INTO part_imports (id, filename, sha256, options, total) VALUES
    ('00000000-0000-0000-0000-0000000000c1', 'parts.csv', repeat('a', 64), '{}', 2);
INSERT INTO idempotency_keys (route, key, fingerprint, response) VALUES ('/parts', 'k', 'f', '{}');
"""


class Migrating:
    """Moves the database between revisions, and changes and reads it past the models, which know only the newest."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._alembic = config(url)
        self._engine = create_engine(url)

    def fill(self) -> None:
        """Fill the tables, as they were before the debts were paid."""
        self.upgrade(BEFORE_DEBTS)
        with self._engine.begin() as connection:
            connection.exec_driver_sql(_FILLED)

    def upgrade(self, revision: str) -> None:
        """Upgrade to a revision."""
        command.upgrade(self._alembic, revision)

    def downgrade(self, revision: str) -> None:
        """Downgrade to a revision."""
        command.downgrade(self._alembic, revision)

    def run(self, statement: str, **values: object) -> int:
        """Carry out a statement, commit it, and return how many rows it was about."""
        with self._engine.begin() as connection:
            return connection.execute(text(statement), values).rowcount

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Return the rows of a query."""
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(query))]

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of all tables but Alembic's."""
        tables = set(inspect(self._engine).get_table_names()) - {"alembic_version"}
        return {table: self.rows(f"SELECT * FROM {table} ORDER BY {table}::text") for table in tables}

    def dispose(self) -> None:
        """Close all connections."""
        self._engine.dispose()


@contextmanager
def database_of_its_own(server: Engine, name: str, *, template: str = "template1") -> Iterator[Migrating]:
    """Yield a database on a server, made as a copy of another, and drop it."""
    with server.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(f"CREATE DATABASE {name} TEMPLATE {template}"))
        migrating = Migrating(server.url.set(database=name).render_as_string(hide_password=False))
        try:
            yield migrating
        finally:
            migrating.dispose()
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
