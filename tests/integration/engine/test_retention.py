"""What is deleted in time, and what is not."""

from flask.testing import FlaskClient
from sqlalchemy import func, select, text

from engine.ledger.retention import RunRetentionService
from models import Batch, Blob, Document, IdempotencyKey, PipelineRun, PipelineStep
from models.session import session_scope
from tasks import retention
from tests.support.rows import JPEG, post_photos


def age(days: int) -> None:
    with session_scope() as session:
        session.execute(
            text("UPDATE pipeline_runs SET finished_at = now() - make_interval(days => :days)"), {"days": days}
        )
        session.execute(
            text("UPDATE idempotency_keys SET created_at = now() - make_interval(days => :days)"), {"days": days}
        )


def counts(*tables: type) -> list[int]:
    with session_scope() as session:
        return [session.scalar(select(func.count()).select_from(table)) or 0 for table in tables]


def test_old_runs_go_and_documents_stay(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"))
    age(181)
    retention.forget.run()

    assert counts(PipelineRun, PipelineStep, Batch) == [0, 0, 0]
    assert counts(Document, Blob) == [2, 2]


def test_deleted_runs_are_counted(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"))
    age(181)
    with session_scope() as session:
        assert RunRetentionService.delete_old(session, days=180) == 2


def test_young_and_open_runs_stay(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"))
    age(179)
    post_photos(client, (JPEG + b"2", "b.jpg"))
    retention.forget.run()

    assert counts(PipelineRun) == [2]


def test_old_keys_are_forgotten(client: FlaskClient) -> None:
    post_photos(client, (JPEG, "a.jpg"), headers={"Idempotency-Key": "k"})
    age(29)
    retention.forget.run()
    assert counts(IdempotencyKey) == [1]
    age(31)
    retention.forget.run()
    assert counts(IdempotencyKey) == [0]
