"""The audit of the chaos benchmark finds what it looks for."""

from collections.abc import Callable
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from benchmarks.chaos.audit import audit
from models.session import session_scope
from tests.support.rows import JPEG, new_box, new_part, post_photos, put_stock

Break = Callable[[str, UUID], object]


def sql(statement: str) -> Break:
    def carry_out(part: str, run_id: UUID) -> None:
        with session_scope() as session:
            session.execute(text(statement), {"part": part, "run": run_id, "new": uuid4()})

    return carry_out


def book(part: str, _run_id: UUID) -> None:
    put_stock(part, new_box(), 1, 3, uuid4())


def all_of(*breaks: Break) -> Break:
    def carry_out(part: str, run_id: UUID) -> None:
        for each in breaks:
            each(part, run_id)

    return carry_out


SAME_PART = sql(
    "INSERT INTO pipeline_runs (id, pipeline, input, part_id4, time_limit)"
    " SELECT :new, pipeline, input, part_id4, time_limit FROM pipeline_runs WHERE id = :run"
)
PROPOSED = sql(
    "INSERT INTO suggestions (part_id4, run_id, field, value, confidence, evidence)"
    """ VALUES (:part, :run, 'stock', jsonb_build_object('slot', '1-1', 'of', CAST(:new AS text)), 0, '[]')"""
)
OTHER_BLOB = "INSERT INTO blobs (sha256, bucket, s3_key, size, media_type) VALUES (repeat('0', 64), 'b', 'k', 1, 'm')"
OTHER_DOCUMENT = sql(
    f"WITH other AS ({OTHER_BLOB} RETURNING sha256) INSERT INTO documents (part_id4, kind, blob_sha256, is_datasheet)"
    " SELECT :part, 'image', sha256, true FROM other"
)


@pytest.mark.parametrize(
    ("name", "broken"),
    [
        ("runs lost", sql("DELETE FROM pipeline_runs")),
        ("runs nobody asked for", SAME_PART),
        ("duplicate parts", SAME_PART),
        ("duplicate documents", OTHER_DOCUMENT),
        ("duplicate datasheets of a part", all_of(OTHER_DOCUMENT, sql("UPDATE documents SET is_datasheet = true"))),
        ("duplicate suggestions", all_of(PROPOSED, PROPOSED)),
        ("duplicate kept slots", all_of(PROPOSED, PROPOSED)),
        ("duplicate history rows", all_of(book, book)),
        ("accepted bookings without history", all_of(PROPOSED, sql("UPDATE suggestions SET state = 'accepted'"))),
        ("parts without a run", lambda _part, _run_id: new_part()),
        ("parts whose history is not their stock", all_of(book, sql("UPDATE part_locations SET qty = 2"))),
    ],
)
def test_what_is_broken_is_found(name: str, broken: Break, client: FlaskClient, engine: Engine) -> None:
    (run,) = post_photos(client, (JPEG, "a.jpg")).get_json()["runs"]
    accepted = [UUID(run["id"])]
    with engine.connect() as connection:
        whole = audit(connection, accepted)
    broken(run["part"], accepted[0])
    with engine.connect() as connection:
        found = audit(connection, accepted)

    assert {each for each, count in whole.items() if count} == {"stuck runs", "stuck steps"}
    assert found[name] > 0
