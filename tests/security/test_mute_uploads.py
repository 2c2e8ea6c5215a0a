"""Uploads made to take long to look at; the client waits for seconds, and a worker does the rest."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient

from settings import get_settings
from tasks import documents
from tasks.clients import pdf_reader
from tests.support.apps import app_on
from tests.support.files import pdf, picture
from tests.support.pdfs import slow
from tests.support.rows import new_part, upload

TEXTS = 900_000
"Texts on the page of a PDF of 8 kB: it takes five seconds to read, and less than the most memory."


@pytest.fixture
def client(database: str, configure: Callable[..., None]) -> FlaskClient:
    """Call an API that looks at uploads too shortly for any."""
    configure(API_LOOK_SECONDS=0.01)
    return app_on(get_settings()).test_client()


@pytest.mark.parametrize("content", [pdf("one", "two"), picture("JPEG")])
def test_a_file_that_takes_longer_is_looked_at_by_a_worker(client: FlaskClient, content: bytes) -> None:
    answer = upload(client, new_part(), content)
    document = answer.get_json()
    assert (answer.status_code, document["pages"]) == (201, None)

    documents.prepare_document(document["sha256"])

    seen = client.get(f"/documents/{document['id']}").get_json()
    assert seen["pages"] == (2 if document["kind"] == "pdf" else None)
    assert client.get(document["thumbnail"]).status_code == 200


def test_a_pdf_too_slow_for_the_worker_is_marked_as_unread(client: FlaskClient, configure: Callable[..., None]) -> None:
    document = upload(client, new_part(), slow(TEXTS)).get_json()
    configure(PDF_TIMEOUT_SECONDS=1)
    pdf_reader.cache_clear()
    documents.prepare_document(document["sha256"])
    pdf_reader.cache_clear()
    seen = client.get(f"/documents/{document['id']}").get_json()
    assert (seen["pages"], seen["properties"]["complete"]) == (None, False)
    assert client.get(document["thumbnail"]).get_json()["details"]["state"] == "none"


def test_first_bytes_are_checked_all_the_same(client: FlaskClient) -> None:
    assert upload(client, new_part(), b"<html>" + pdf()).status_code == 415
    assert upload(client, new_part(), pdf() + b"<script>").status_code == 415


def test_what_a_slow_pdf_would_do_is_not_left_open(database: str, configure: Callable[..., None]) -> None:
    configure(API_LOOK_SECONDS=0.01, PDF_REFUSE_ACTIVE="true")
    answer = upload(app_on(get_settings()).test_client(), new_part(), pdf())
    assert (answer.status_code, answer.get_json()["details"]["reason"]) == (413, "timeout")
    assert "PARTFLOW_API_LOOK_SECONDS" in answer.get_json()["error"]
