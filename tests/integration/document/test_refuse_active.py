"""Active content of PDFs that a person hands in."""

from collections.abc import Callable

from flask.testing import FlaskClient

from settings import get_settings
from tests.support import pdfs
from tests.support.apps import app_on
from tests.support.rows import new_part, upload

LAUNCHING = pdfs.with_root(OpenAction=pdfs.action("Launch"))


def test_active_content_is_taken_unless_a_setting_refuses_it(client: FlaskClient) -> None:
    assert upload(client, new_part(), LAUNCHING).status_code == 201


def test_setting_refuses_an_upload_and_says_why(database: str, configure: Callable[..., None]) -> None:
    configure(PDF_REFUSE_ACTIVE="true")
    client = app_on(get_settings()).test_client()
    answer = upload(client, new_part(), LAUNCHING)
    body = answer.get_json()
    assert (answer.status_code, body["details"]["reason"]) == (415, "active_content")
    assert "active content (launch), which PARTFLOW_PDF_REFUSE_ACTIVE does not allow" in body["error"]
    assert upload(client, new_part(), pdfs.chaptered()).status_code == 201
