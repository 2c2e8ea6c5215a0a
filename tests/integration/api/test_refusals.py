"""Refusals that several endpoints share, each asked for where no other test does."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.support.rows import new_box


@pytest.mark.parametrize(
    ("method", "path", "body", "status"),
    [
        ("GET", "/suggestions?part=1", None, 400),
        ("GET", "/suggestions?part=ZZZZ", None, 404),
        ("GET", "/pipelines/runs?part=ZZZZ", None, 404),
        ("GET", "/shopping?part=ZZZZ", None, 404),
        ("GET", "/tags/%20", None, 400),
        ("PATCH", "/tags/smd", {}, 400),
        ("POST", "/tags/smd/merge", {}, 400),
        ("PATCH", "/types/Relay", {}, 400),
        ("POST", "/pipelines/part-intake/runs", {"manufacturer_code": "NE555P", "part": "ZZZZ"}, 404),
    ],
)
def test_what_is_malformed_or_not_there_is_refused(
    client: FlaskClient, method: str, path: str, body: dict[str, Any] | None, status: int
) -> None:
    answer = client.open(path, method=method, json=body)

    assert (answer.status_code, bool(answer.get_json()["error"])) == (status, True)


@pytest.mark.parametrize(
    ("path", "field", "more"),
    [
        ("/projects", "name", {}),
        ("/shopping", "text", {"quantity": 1}),
        ("/pipelines/part-intake/runs", "manufacturer_code", {}),
    ],
)
def test_key_that_was_used_for_something_else_is_refused(
    client: FlaskClient, path: str, field: str, more: dict[str, Any]
) -> None:
    headers = {"Idempotency-Key": "mine"}
    first, second = (client.post(path, json={field: text, **more}, headers=headers) for text in ("NE555P", "LM358"))

    assert (first.status_code in (201, 202), second.status_code) == (True, 422)
    assert "Idempotency-Key" in second.get_json()["error"]


def test_slot_label_too_narrow_for_its_bars_is_refused(client: FlaskClient) -> None:
    slot = f"{new_box()}-1"
    shape = {"width": 10, "height": 5, "code": "code128"}
    for kind in ("pdf", "png"):
        answer = client.get(f"/slots/{slot}/label.{kind}", query_string=shape)
        assert (answer.status_code, answer.get_json()["details"]) == (422, {"field": "width"})
