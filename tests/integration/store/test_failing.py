"""What a caller and a run see when the object store is down or breaks off: a gap or a refusal, never a lie."""

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import urlsplit

import pytest
import waitress  # type: ignore[import-untyped]  # waitress ships no types
from flask.testing import FlaskClient
from sqlalchemy import func, select

from api.http.transaction import PartflowFlask
from clients.object_store import Bucket, make_store
from embedded import Ceph
from engine.ledger.ledger import Claim
from models import Blob, Document, Part, PipelineRun
from models.session import session_scope
from schemas.datasheet import DatasheetLead
from schemas.errors import Permanent, Transient
from schemas.step import ChosenDatasheet
from services.datasheet import DatasheetCandidateService
from settings import get_settings
from tasks.fetch import FetchCandidate
from tasks.inventory import CHOOSE_DATASHEET
from tests.support.apps import app_on
from tests.support.faulty_proxy import FaultyProxy, faulty_proxy
from tests.support.rows import JPEG, new_document, new_run, post_photos
from tests.support.s3 import as_environment, ceph_settings

CONTENT = bytes(range(256)) * 20_000


@pytest.fixture
def proxy(ceph: Ceph) -> Iterator[FaultyProxy]:
    with faulty_proxy(("127.0.0.1", urlsplit(ceph.endpoint_url).port or 0)) as proxy:
        yield proxy


@pytest.fixture
def app(ceph: Ceph, proxy: FaultyProxy, database: str, configure: Callable[..., None]) -> PartflowFlask:
    configure(**as_environment(ceph_settings(ceph, endpoint_url=proxy.url, max_attempts=1)))
    make_store(get_settings().store).ready()
    return app_on(get_settings())


@pytest.fixture
def address(app: PartflowFlask) -> Iterator[str]:
    """Serve the API as it is served in earnest."""
    server = waitress.create_server(app, host="127.0.0.1", port=0)
    thread = threading.Thread(target=server.run)
    thread.start()
    yield f"127.0.0.1:{server.effective_port}"
    server.close()
    thread.join()


def count(table: type) -> int:
    with session_scope() as session:
        return session.scalar(select(func.count()).select_from(table)) or 0


def test_photo_is_refused_with_nothing_half_done_and_taken_later(client: FlaskClient, proxy: FaultyProxy) -> None:
    proxy.cut_answer_after = 0
    answer = post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"), headers={"Idempotency-Key": '"one"'})
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert "object store" in answer.get_json()["error"]
    # Of the bytes there are rows, which come before objects; nothing refers to them, so they are collected in time.
    assert [count(table) for table in (Document, Part, PipelineRun)] == [0, 0, 0]
    proxy.cut_answer_after = None
    again = post_photos(client, (JPEG, "a.jpg"), (JPEG + b"2", "b.jpg"), headers={"Idempotency-Key": '"one"'})

    assert (again.status_code, count(Blob)) == (202, 2)


def test_content_that_cannot_be_read_is_503(app: PartflowFlask, client: FlaskClient, proxy: FaultyProxy) -> None:
    document = new_document(app.store, CONTENT)
    proxy.cut_answer_after = 0

    assert client.get(f"/documents/{document}/content").status_code == 503


def test_readiness_names_the_store(client: FlaskClient, proxy: FaultyProxy) -> None:
    proxy.cut_answer_after = 0
    answer = client.get("/health/ready").get_json()

    checks = ("database", "migrations", "broker", "storage")
    assert [name for name in checks if not answer[name]["ok"]] == ["storage"]
    assert answer["storage"]["detail"] == "cannot be used: store_unavailable"


@pytest.mark.parametrize("headers", [{}, {"Range": "bytes=1-5000000"}], ids=["whole", "range"])
def test_answer_that_breaks_off_never_looks_complete(
    app: PartflowFlask, address: str, proxy: FaultyProxy, headers: dict[str, str]
) -> None:
    path = f"/documents/{new_document(app.store, CONTENT)}/content"
    proxy.cut_answer_after = 2_000_000
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        connection.request("GET", path, headers=headers)
        answer = connection.getresponse()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


def test_object_with_other_bytes_of_the_same_size_is_not_served(app: PartflowFlask, address: str) -> None:
    path = f"/documents/{new_document(app.store, CONTENT)}/content"
    settings = get_settings().store
    # What the store does not offer is done behind its back.
    store: Any = app.store
    (key,) = store.keys(Bucket.DOCS)
    store._s3.put_object(Bucket=settings.docs_bucket, Key=key, Body=bytes(len(CONTENT)))
    with closing(http.client.HTTPConnection(address, timeout=30)) as connection:
        connection.request("GET", path)
        answer = connection.getresponse()
        with pytest.raises(http.client.IncompleteRead):
            answer.read()


@pytest.mark.parametrize("error", [Transient("store_unavailable", "down"), Permanent("store_refused", "no bucket")])
def test_store_that_fails_is_no_verdict_on_a_datasheet(error: Transient | Permanent) -> None:
    assert FetchCandidate().fallback(None, error) is None


def test_choice_without_verdicts_does_not_say_all_were_refused(database: str) -> None:
    run = new_run()
    with session_scope() as session:
        leads = [DatasheetLead(url=f"https://example.org/{slot}.pdf", source="user") for slot in range(2)]
        DatasheetCandidateService.replace(session, run, leads)
        claim = cast(Claim, SimpleNamespace(run_id=run))
        gap = CHOOSE_DATASHEET.record(session, claim, ChosenDatasheet())

    assert gap
    assert gap.reason == "not_judged"
