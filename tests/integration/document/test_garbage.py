"""Bytes that nothing refers to go, and never one that somebody is about to use."""

import hashlib
import io
import random
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import UUID

import pytest
from flask import Flask, g
from flask.testing import FlaskClient
from sqlalchemy import func, select, update

from api.http.uploads import Upload, keep
from clients.object_store import Bucket, FolderStore, content_key
from engine.ledger.run import RunService
from models import Blob, Document, PipelineRun
from models.session import session_scope
from schemas.errors import NotFound
from schemas.intake import PhotoIntakeInput
from services.document import DocumentService
from settings import get_settings
from tasks import clients, documents, garbage
from tests.support.files import pdf, picture
from tests.support.rows import new_part, objects, upload

SECONDS = 6
GRACE_SECONDS = 0.3


def let_time_pass() -> None:
    with session_scope() as session:
        session.execute(update(Blob).values(touched_at=func.now() - func.make_interval(0, 0, 0, 30)))


def test_garbage_goes_when_its_time_has_come(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf()).get_json()
    client.delete(f"/documents/{document['id']}")
    assert garbage.collect_garbage() == 0
    let_time_pass()
    assert garbage.collect_garbage() == 1
    assert objects(client) == []
    assert upload(client, new_part(), pdf()).status_code == 201


def test_what_a_document_has_stays(client: FlaskClient) -> None:
    first, second = (upload(client, new_part(), pdf()).get_json() for _ in "12")
    client.delete(f"/documents/{first['id']}")
    let_time_pass()
    assert garbage.collect_garbage() == 0
    assert client.get(second["content"]).data == pdf()


def test_thumbnails_go_after_their_document(client: FlaskClient) -> None:
    document = upload(client, new_part(), picture(size=(1000, 500))).get_json()
    documents.prepare_document(document["sha256"])
    let_time_pass()
    assert garbage.collect_garbage() == 0
    client.delete(f"/documents/{document['id']}")
    assert [garbage.collect_garbage() for _ in range(3)] == [1, 2, 0]
    assert objects(client) == []


def test_run_keeps_its_photo_until_long_after_its_end(client: FlaskClient) -> None:
    document = upload(client, new_part(), picture()).get_json()
    with session_scope() as session:
        run = RunService.create(
            session,
            "photo_intake",
            PhotoIntakeInput(photo_sha256=document["sha256"], filename=None),
            subject=document["part"],
            steps=[("photo.prepare", 0)],
            deadline=60,
        )
    client.delete(f"/documents/{document['id']}")
    let_time_pass()
    assert garbage.collect_garbage() == 0
    _end(run.id, days=1)
    assert garbage.collect_garbage() == 0
    _end(run.id, days=30)
    assert garbage.collect_garbage() == 1


def _end(run_id: UUID, *, days: int) -> None:
    with session_scope() as session:
        ended = func.now() - func.make_interval(0, 0, 0, days)
        session.execute(update(PipelineRun).where(PipelineRun.id == run_id).values(finished_at=ended))


def test_object_without_a_row_is_young_garbage(client: FlaskClient) -> None:
    content, store = b"left behind", clients.object_store()
    key = content_key(hashlib.sha256(content).hexdigest())
    store.put(Bucket.DOCS, key, io.BytesIO(content), size=len(content), media_type="application/pdf")
    assert [garbage.collect_garbage() for _ in range(2)] == [0, 0]
    let_time_pass()
    assert garbage.collect_garbage() == 1
    assert objects(client) == []


def test_blob_in_use_is_not_seized(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf()).get_json()
    client.delete(f"/documents/{document['id']}")
    let_time_pass()
    with session_scope() as session:
        DocumentService.create(session, new_part(), document["sha256"], filename=None)
        assert garbage.collect_garbage() == 0


class SlowStore(FolderStore):
    """Takes its time between looking and doing, where races would show."""

    def put(self, bucket: Bucket, key: str, source: object, *, size: int, media_type: str) -> None:
        time.sleep(random.uniform(0, 0.02))
        super().put(bucket, key, source, size=size, media_type=media_type)  # type: ignore[arg-type]  # a file

    def delete(self, bucket: Bucket, key: str) -> None:
        time.sleep(random.uniform(0, 0.05))
        super().delete(bucket, key)


def test_uploads_racing_with_collection_never_lose_their_bytes(
    database: str, configure: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    configure(DATABASE_POOL_SIZE=10, RETENTION_GARBAGE_GRACE_HOURS=GRACE_SECONDS / 3600)
    store = SlowStore(get_settings().store.folder)
    monkeypatch.setattr(garbage, "object_store", lambda: store)
    parts = [new_part() for _ in range(4)]
    contents = [b"%d" % number * 1000 for number in range(3)]
    until = time.monotonic() + SECONDS

    def bring(part: str) -> int:
        times = 0
        while time.monotonic() < until:
            times += _bring_and_drop(part, random.choice(contents), store)
            time.sleep(random.uniform(0, 2.5 * GRACE_SECONDS))
        return times

    def collect() -> int:
        deleted = 0
        while time.monotonic() < until:
            deleted += garbage.collect_garbage()
        return deleted

    with ThreadPoolExecutor(8) as pool:
        brought = [pool.submit(bring, part) for part in parts]
        collected = [pool.submit(collect) for _ in range(2)]
    assert sum(each.result() for each in brought) > 20
    assert sum(each.result() for each in collected) > 0
    with session_scope() as session:
        kept = session.scalars(select(Document.blob_sha256)).all()
    assert all(store.size(Bucket.DOCS, content_key(sha256 or "")) for sha256 in kept)


def _bring_and_drop(part: str, content: bytes, store: FolderStore) -> int:
    sha256 = hashlib.sha256(content).hexdigest()
    with Flask("test").app_context():
        g.stored = []
        keep([Upload("a.pdf", io.BytesIO(content), sha256, len(content), "application/pdf")], store)
    try:
        with session_scope() as session:
            document, _ = DocumentService.create(session, part, sha256, filename=None)
    except NotFound:
        # On a machine that stood still for longer than the grace; nothing refers to what is gone.
        return 0
    for _ in range(3):
        assert store.size(Bucket.DOCS, content_key(sha256)) == len(content), "a document without its bytes"
        time.sleep(random.uniform(0, 0.05))
    if random.random() < 0.9:
        with session_scope() as session:
            DocumentService.delete(session, document.id)
    return 1
