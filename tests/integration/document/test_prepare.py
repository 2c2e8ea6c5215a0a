"""Thumbnails and page text, made by a task after the upload."""

import io
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select, update

from models import Blob, DocumentPage, Thumbnail
from models.session import session_scope
from tasks import documents
from tests.support.files import pdf, picture
from tests.support.rows import new_document, new_part, store_of, upload


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Collect what is sent to the workers."""
    sha256s: list[str] = []

    def note(args: tuple[str], *_: object, **__: object) -> None:
        sha256s.extend(args)

    monkeypatch.setattr(documents.prepare_document, "apply_async", note)
    return sha256s


def size(content: bytes) -> tuple[int, int]:
    return Image.open(io.BytesIO(content)).size


@pytest.mark.parametrize(
    ("content", "wanted", "expected"),
    [
        (picture("JPEG", (1000, 500)), 100, (128, 64)),
        (picture("JPEG", (1000, 500)), 129, (512, 256)),
        (picture("PNG", (1000, 500)), 4000, (512, 256)),
        (picture("WEBP", (60, 40)), 128, (60, 40)),
        (pdf(), 512, (363, 512)),
    ],
)
def test_thumbnail_is_of_the_nearest_size(
    client: FlaskClient, content: bytes, wanted: int, expected: tuple[int, int]
) -> None:
    document = upload(client, new_part(), content).get_json()
    documents.prepare_document(document["sha256"])
    answer = client.get(document["thumbnail"], query_string={"size": wanted})
    assert (answer.status_code, answer.content_type, size(answer.data)) == (200, "image/jpeg", expected)
    assert "immutable" in answer.headers["Cache-Control"]
    again = client.get(
        document["thumbnail"], query_string={"size": wanted}, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_pages_can_be_searched(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf("first page", "precision timer")).get_json()
    documents.prepare_document(document["sha256"])
    with session_scope() as session:
        pages = session.scalars(select(DocumentPage.text).order_by(DocumentPage.page)).all()
    assert pages == ["first page", "precision timer"]


def test_preparing_twice_changes_nothing(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf()).get_json()
    for _ in range(2):
        documents.prepare_document(document["sha256"])
    documents.prepare_document("0" * 64)
    with session_scope() as session:
        assert session.scalar(select(func.count()).select_from(Thumbnail)) == 2


def test_thumbnail_that_is_not_made_yet_is_not_found(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf()).get_json()
    answer = client.get(document["thumbnail"])
    assert (answer.status_code, answer.get_json()["details"]["state"]) == (404, "pending")
    assert (answer.headers["Retry-After"], answer.headers["Cache-Control"]) == ("2", "private, no-cache")


def test_document_without_a_picture_says_so(client: FlaskClient) -> None:
    document = new_document(store_of(client), b"%PDF-1.7 that got in by another way")
    sha256 = client.get(f"/documents/{document}").get_json()["sha256"]
    documents.prepare_document(sha256)
    answer = client.get(f"/documents/{document}/thumbnail")
    assert (answer.status_code, answer.get_json()["details"]["state"]) == (404, "none")


@pytest.mark.parametrize("query", [{"size": 0}, {"size": 5000}, {"size": "x"}, {"colour": "red"}])
def test_wrong_thumbnail_size_is_refused(client: FlaskClient, query: dict[str, str]) -> None:
    assert client.get("/documents/1/thumbnail", query_string=query).status_code == 400


def test_no_thumbnail_of_nothing(client: FlaskClient) -> None:
    link = client.post(f"/parts/{new_part()}/documents", json={"url": "https://example.org/"}).get_json()
    assert client.get("/documents/99/thumbnail").status_code == 404
    assert client.get(f"/documents/{link['id']}/thumbnail").status_code == 404


def test_upload_is_sent_to_the_workers(client: FlaskClient, sent: list[str]) -> None:
    document = upload(client, new_part(), pdf()).get_json()
    assert sent == [document["sha256"]]


def test_refused_upload_sends_nothing(client: FlaskClient, sent: list[str]) -> None:
    assert upload(client, new_part(), picture(), is_datasheet="1").status_code == 409
    assert sent == []


def test_what_was_lost_is_sent_again(client: FlaskClient, sent: list[str], configure: Callable[..., None]) -> None:
    lost, done, young = (
        upload(client, new_part(), picture(colour=colour)).get_json()["sha256"] for colour in ("red", "green", "blue")
    )
    documents.prepare_document(done)
    with session_scope() as session:
        session.execute(
            update(Blob).where(Blob.sha256 != young).values(touched_at=func.now() - func.make_interval(0, 0, 0, 1))
        )
    sent.clear()
    documents.prepare_missing()
    assert sent == [lost]
