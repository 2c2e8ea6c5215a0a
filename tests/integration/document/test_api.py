import tracemalloc

import pytest
from flask.testing import FlaskClient

from models import Document
from models.session import session_scope
from schemas.document import DocumentKind
from tests.support.rows import JPEG, new_document, new_part, post_photos, store_of

PDF = b"%PDF-1.7\n" + bytes(range(256)) * 4


@pytest.fixture
def pdf(client: FlaskClient) -> str:
    """The address of a stored PDF's bytes."""
    return f"/documents/{new_document(store_of(client), PDF)}/content"


def etag(client: FlaskClient, address: str) -> str:
    return str(client.head(address).headers["ETag"])


def test_document_is_described(client: FlaskClient, pdf: str) -> None:
    document = client.get(pdf.removesuffix("/content")).get_json()
    assert (document["kind"], document["size"], document["content"]) == ("pdf", len(PDF), pdf)


@pytest.mark.parametrize("path", ["/documents/1", "/documents/1/content", "/documents/" + "9" * 18])
def test_unknown_document_is_not_found(client: FlaskClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_link_has_no_content(client: FlaskClient) -> None:
    part = new_part()
    with session_scope() as session:
        link = Document(part_id4=part, kind=DocumentKind.LINK, public_url="https://example.org/")
        session.add(link)
    assert client.get(f"/documents/{link.id}").get_json()["content"] is None
    assert client.get(f"/documents/{link.id}/content").status_code == 404


def test_whole_content_is_sent_safely(client: FlaskClient, pdf: str) -> None:
    answer = client.get(pdf)
    assert answer.data == PDF
    sent = answer.headers
    assert (sent["Content-Type"], sent["Content-Length"]) == ("application/pdf", str(len(PDF)))
    assert sent["Content-Disposition"] == "attachment; filename=datasheet.pdf"
    assert sent["Content-Security-Policy"] == "sandbox; default-src 'none'"
    assert sent["X-Content-Type-Options"] == "nosniff"
    assert sent["Cross-Origin-Resource-Policy"] == "same-origin"


def test_head_tells_without_sending(client: FlaskClient, pdf: str) -> None:
    whole, head = client.get(pdf), client.head(pdf, headers={"Range": "bytes=0-1"})
    assert (head.status_code, head.data) == (200, b"")
    assert dict(head.headers) == dict(whole.headers)


def test_picture_is_shown_not_downloaded(client: FlaskClient) -> None:
    (run,) = post_photos(client, (JPEG, "bag.jpg")).get_json()["runs"]
    image = client.get(f"/parts/{run['part']}").get_json()["image"]
    assert client.get(image).headers["Content-Disposition"] == "inline; filename=bag.jpg"


def test_page_that_got_in_is_never_run(client: FlaskClient) -> None:
    page = new_document(store_of(client), b"<script>alert(1)</script>", name="a.html", media_type="text/html")
    sent = client.get(f"/documents/{page}/content").headers
    assert sent["Content-Type"] == "application/octet-stream"
    assert sent["Content-Disposition"].startswith("attachment")


@pytest.mark.parametrize(
    ("header", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=1000-", 1000, len(PDF)),
        ("bytes=-3", len(PDF) - 3, len(PDF)),
        ("bytes=-99999", 0, len(PDF)),
        ("bytes=0-99999", 0, len(PDF)),
    ],
)
def test_range_is_sent_alone(client: FlaskClient, pdf: str, header: str, start: int, stop: int) -> None:
    answer = client.get(pdf, headers={"Range": header})
    assert (answer.status_code, answer.data) == (206, PDF[start:stop])
    assert answer.headers["Content-Range"] == f"bytes {start}-{stop - 1}/{len(PDF)}"
    assert answer.headers["Content-Length"] == str(stop - start)


@pytest.mark.parametrize("header", ["bytes=0-1,5-6", "bytes=9-5", "bytes=x", "bytes", "pages=1-2", ""])
def test_range_that_may_be_ignored_is_the_whole(client: FlaskClient, pdf: str, header: str) -> None:
    answer = client.get(pdf, headers={"Range": header})
    assert (answer.status_code, answer.data) == (200, PDF)


@pytest.mark.parametrize("header", ["bytes=5000-", "bytes=5000-6000"])
def test_range_past_the_end_is_416(client: FlaskClient, pdf: str, header: str) -> None:
    answer = client.get(pdf, headers={"Range": header})
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(PDF)}")
    assert answer.get_json()["details"] == {"size": len(PDF)}


def test_if_range_of_this_content_gives_the_range(client: FlaskClient, pdf: str) -> None:
    headers = {"Range": "bytes=0-1", "If-Range": etag(client, pdf)}
    assert client.get(pdf, headers=headers).status_code == 206


@pytest.mark.parametrize("condition", ['"other"', 'W/"{}"', "Mon, 23 Nov 2026 00:00:00 GMT"])
def test_if_range_of_anything_else_gives_the_whole(client: FlaskClient, pdf: str, condition: str) -> None:
    headers = {"Range": "bytes=0-1", "If-Range": condition.format(etag(client, pdf).strip('"'))}
    assert client.get(pdf, headers=headers).status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_known_content_is_304(client: FlaskClient, pdf: str, method: str) -> None:
    headers = {"If-None-Match": etag(client, pdf), "Range": "bytes=0-1"}
    answer = client.open(pdf, method=method, headers=headers)
    assert (answer.status_code, answer.data, answer.headers["ETag"]) == (304, b"", headers["If-None-Match"])
    # A browser keeps the headers of a 304 with the content that it has.
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_etag_is_the_content_s_sha256(client: FlaskClient, pdf: str) -> None:
    document = client.get(pdf.removesuffix("/content")).get_json()
    assert etag(client, pdf) == f'"{document["sha256"]}"'


def test_large_content_is_streamed(client: FlaskClient) -> None:
    document = new_document(store_of(client), bytes(40_000_000))
    tracemalloc.start()
    try:
        answer = client.get(f"/documents/{document}/content", buffered=False)
        size = sum(len(chunk) for chunk in answer.response)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    answer.close()
    assert size == 40_000_000
    assert peak < 8_000_000
