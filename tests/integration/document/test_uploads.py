import hashlib
import io
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient

from models.session import session_scope
from schemas.document import DocumentKind
from services.document import DocumentService
from settings import get_settings
from tests.support.apps import app_on
from tests.support.files import archive, archive_within, pdf, picture
from tests.support.rows import new_part, objects, upload
from tests.support.waiting import wait_for_waiters

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
HTML = b"<!-- %PDF-1.7 --><html><script>alert(1)</script></html>"


@pytest.mark.parametrize(
    ("content", "kind", "media_type", "pages"),
    [
        (pdf(), "pdf", "application/pdf", 1),
        (pdf("one", "two"), "pdf", "application/pdf", 2),
        (picture("JPEG"), "image", "image/jpeg", None),
        (picture("PNG"), "image", "image/png", None),
        (picture("WEBP"), "image", "image/webp", None),
    ],
)
def test_file_is_what_its_content_says(
    client: FlaskClient, content: bytes, kind: str, media_type: str, pages: int | None
) -> None:
    answer = upload(client, new_part(), content, "readme.txt", title="A title")
    document = answer.get_json()
    assert (answer.status_code, answer.headers["Location"]) == (201, f"/documents/{document['id']}")
    assert (document["kind"], document["media_type"], document["pages"]) == (kind, media_type, pages)
    assert (document["title"], document["original_filename"]) == ("A title", "readme.txt")
    assert client.get(document["content"]).data == content


def test_same_bytes_are_stored_once_for_all_parts(client: FlaskClient) -> None:
    first, second = (upload(client, new_part(), pdf()).get_json() for _ in range(2))
    assert first["id"] != second["id"]
    assert first["sha256"] == second["sha256"] == hashlib.sha256(pdf()).hexdigest()
    assert len(objects(client)) == 1


def test_same_file_again_is_the_same_document(client: FlaskClient) -> None:
    part = new_part()
    first, again = upload(client, part, pdf()), upload(client, part, pdf(), title="Now with a title")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() | {"title": "Now with a title"} == again.get_json()


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (SVG, "SVG"),
        (b"\n" + SVG, "SVG"),
        (HTML, "HTML"),
        (b"GIF89a" + archive(), "GIF"),
        (archive() + pdf(), "ZIP"),
        (b"plain text", "does not begin"),
        (b"\0" + pdf(), "does not begin"),
        (pdf() + archive(), "ZIP archive as well"),
        (archive_within(pdf()), "ZIP archive as well"),
        (pdf(*"abcdef") + b"<script>alert(1)</script>", "other data follows"),
        (b"%PDF-1.7\n<html><script>1</script>" + pdf(), "HTML page at once"),
        (pdf()[:-200], "ends before"),
        (b"%PDF-1.7 and no more", "ends before"),
        (picture("JPEG") + archive(), "ZIP archive as well"),
        (picture("PNG") + b"<script>alert(1)</script>", "script"),
        (picture("JPEG")[:300], "picture"),
        (b"\xff\xd8\xff%PDF-1.4" + pdf(), "PDF at once"),
    ],
)
def test_other_and_double_files_are_refused(client: FlaskClient, content: bytes, why: str) -> None:
    answer = upload(client, new_part(), content, "good.pdf")
    assert (answer.status_code, answer.get_json()["details"]["filename"]) == (415, "good.pdf")
    assert why in answer.get_json()["error"]
    assert objects(client) == []


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "send one file"),
        ({"file": (io.BytesIO(b""), "empty.pdf")}, "empty.pdf is empty"),
        ({"title": "x" * 201, "file": (io.BytesIO(b"x"), "a")}, "title"),
        ({"colour": "red", "file": (io.BytesIO(b"x"), "a")}, "colour"),
        ({"is_datasheet": "perhaps", "file": (io.BytesIO(b"x"), "a")}, "is_datasheet"),
    ],
)
def test_wrong_form_is_refused(client: FlaskClient, fields: dict[str, Any], sentence: str) -> None:
    answer = client.post(f"/parts/{new_part()}/documents", data=fields, content_type="multipart/form-data")
    assert answer.status_code == 400
    assert sentence in answer.get_json()["error"]


def test_unknown_part_is_not_found_and_keeps_nothing(client: FlaskClient) -> None:
    assert upload(client, "ZZZZ", pdf()).status_code == 404
    assert client.post("/parts/ZZZZ/documents", json={"url": "https://example.org/"}).status_code == 404
    assert objects(client) == []


@pytest.mark.parametrize(
    ("setting", "content", "named"),
    [
        ("PDF_MAX_PAGES", pdf("one", "two"), "PARTFLOW_PDF_MAX_PAGES"),
        ("IMAGE_MAX_MEGAPIXELS", picture(size=(1200, 900)), "PARTFLOW_IMAGE_MAX_MEGAPIXELS"),
    ],
)
def test_over_a_limit_names_its_setting(
    database: str, configure: Any, setting: str, content: bytes, named: str
) -> None:
    configure(**{setting: 1})
    answer = upload(app_on(get_settings()).test_client(), new_part(), content)
    assert answer.status_code == 413
    assert named in answer.get_json()["error"]


def test_link_is_kept_once(client: FlaskClient) -> None:
    part = new_part()
    first, again = (
        client.post(f"/parts/{part}/documents", json={"url": "https://example.org/x", "title": "Shop"}) for _ in "12"
    )
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.get_json() == again.get_json()
    assert (first.get_json()["kind"], first.get_json()["public_url"]) == ("link", "https://example.org/x")
    assert (first.get_json()["title"], first.get_json()["thumbnail"]) == ("Shop", None)


@pytest.mark.parametrize("by", ["document", "sha256"])
def test_document_is_given_to_another_part(client: FlaskClient, by: str) -> None:
    original = upload(client, new_part(), pdf(), "ne555.pdf").get_json()
    other = new_part()
    key = original["id" if by == "document" else "sha256"]
    answer = client.post(f"/parts/{other}/documents", json={by: key, "is_datasheet": True})
    given = answer.get_json()
    assert (answer.status_code, given["part"], given["sha256"]) == (201, other, original["sha256"])
    assert (given["original_filename"], given["is_datasheet"]) == ("ne555.pdf", True)


def test_link_is_given_to_another_part(client: FlaskClient) -> None:
    link = client.post(f"/parts/{new_part()}/documents", json={"url": "https://example.org/x"}).get_json()
    given = client.post(f"/parts/{new_part()}/documents", json={"document": link["id"]}).get_json()
    assert (given["kind"], given["public_url"]) == ("link", link["public_url"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"title": "nothing"}, 400),
        ({"url": "https://example.org/", "document": 1}, 400),
        ({"url": "javascript:alert(1)"}, 400),
        ({"url": "data:text/html,x"}, 400),
        ({"url": "https://example.org/" + "x" * 2000}, 400),
        ({"sha256": "F" * 64}, 400),
        ({"document": 0}, 400),
        ({"document": 99}, 404),
        ({"sha256": "f" * 64}, 404),
        ({"url": "https://example.org/", "is_datasheet": True}, 409),
        ({"url": "https://example.org/", "is_main_image": True}, 409),
    ],
)
def test_wrong_reference_is_refused(client: FlaskClient, body: dict[str, Any], status: int) -> None:
    part = new_part()
    assert client.post(f"/parts/{part}/documents", json=body).status_code == status
    assert client.get(f"/parts/{part}/documents").get_json()["documents"] == []


def test_body_that_is_neither_is_refused(client: FlaskClient) -> None:
    answer = client.post(f"/parts/{new_part()}/documents", data=pdf(), content_type="application/pdf")
    assert answer.status_code == 415


def test_title_is_changed_and_taken_away(client: FlaskClient) -> None:
    address = upload(client, new_part(), pdf()).headers["Location"]
    assert client.patch(address, json={"title": " Timer "}).get_json()["title"] == "Timer"
    assert client.patch(address, json={"title": None}).get_json()["title"] is None


def test_one_image_is_the_main_one(client: FlaskClient) -> None:
    part = new_part()
    first, second = (
        upload(client, part, picture(colour=colour), is_main_image="true").get_json() for colour in ("red", "blue")
    )
    shown = client.get(f"/parts/{part}").get_json()
    assert shown["image"] == second["content"]
    assert [each["is_main_image"] for each in shown["documents"]] == [False, True]
    assert client.patch(f"/documents/{first['id']}", json={"is_main_image": False}).status_code == 200
    assert client.get(f"/parts/{part}").get_json()["image"] == second["content"]


def test_one_pdf_is_the_datasheet_and_a_person_chose_it(client: FlaskClient) -> None:
    part = new_part()
    first, second = (upload(client, part, pdf(text), is_datasheet="1").get_json()["id"] for text in ("a", "b"))
    client.patch(f"/documents/{first}", json={"is_datasheet": True})
    with session_scope() as session:
        sheet = hashlib.sha256(pdf("b")).hexdigest()
        DocumentService.attach(session, part, DocumentKind.PDF, sha256=sheet, is_datasheet=True)
        chosen = DocumentService.find_datasheet(session, part)
        assert chosen is not None
        assert chosen.id == first
    marks = {
        each["id"]: (each["is_datasheet"], each["datasheet_by"])
        for each in client.get(f"/parts/{part}").get_json()["documents"]
    }
    assert marks == {first: (True, "person"), second: (False, "person")}


def test_machine_does_not_mark_again_what_a_person_unmarked(client: FlaskClient) -> None:
    document = upload(client, new_part(), pdf(), is_datasheet="1").get_json()
    client.patch(f"/documents/{document['id']}", json={"is_datasheet": False})
    with session_scope() as session:
        DocumentService.attach(
            session, document["part"], DocumentKind.PDF, sha256=document["sha256"], is_datasheet=True
        )
        assert DocumentService.find_datasheet(session, document["part"]) is None


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 400),
        ({"title": ""}, 400),
        ({"title": "a\0b"}, 400),
        ({"kind": "image"}, 400),
        ({"is_main_image": True}, 409),
    ],
)
def test_wrong_change_is_refused(client: FlaskClient, body: dict[str, Any], status: int) -> None:
    address = upload(client, new_part(), pdf()).headers["Location"]
    assert client.patch(address, json=body).status_code == status


def test_deleted_document_is_gone_and_others_keep_theirs(client: FlaskClient) -> None:
    part = new_part()
    image = upload(client, part, picture(), is_main_image="1").get_json()
    other = client.post(f"/parts/{new_part()}/documents", json={"document": image["id"]}).get_json()
    assert client.delete(f"/documents/{image['id']}").status_code == 204
    shown = client.get(f"/parts/{part}").get_json()
    assert (shown["image"], shown["documents"]) == (None, [])
    assert client.get(image["content"]).status_code == 404
    assert client.get(other["content"]).data == picture()


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_unknown_document_is_not_changed(client: FlaskClient, method: str) -> None:
    assert client.open("/documents/7", method=method, json={"title": "x"}).status_code == 404


@pytest.mark.parametrize(
    ("method", "body"),
    [("PATCH", {"title": "x"}), ("PATCH", {"is_main_image": True}), ("DELETE", None)],
)
def test_document_that_goes_meanwhile_is_not_found(
    client: FlaskClient, method: str, body: dict[str, Any] | None
) -> None:
    address = upload(client, new_part(), picture()).headers["Location"]

    def change() -> int:
        with client.application.test_client() as caller:
            return caller.open(address, method=method, json=body).status_code

    with ThreadPoolExecutor(1) as pool:
        with session_scope() as session:
            DocumentService.delete(session, int(address.rpartition("/")[2]))
            changing = pool.submit(change)
            wait_for_waiters()
        assert changing.result(20) == 404


def test_document_of_a_part_that_was_merged_meanwhile_goes_to_the_other(client: FlaskClient) -> None:
    gone, part = new_part(), new_part()
    stored = upload(client, new_part(), pdf()).get_json()["sha256"]
    client.post(f"/parts/{gone}/merge", json={"into": part, "command_id": str(uuid4())})
    with session_scope() as session:
        DocumentService.create(session, gone, stored, filename="late.pdf")
        DocumentService.create_link(session, gone, "https://example.org/late")
    shown = client.get(f"/parts/{part}").get_json()["documents"]
    assert [(each["part"], each["kind"]) for each in shown] == [(part, "pdf"), (part, "link")]
