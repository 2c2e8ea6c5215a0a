"""A request that is sent again, many times at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask
from flask.testing import FlaskClient

CLIENTS = 8


def test_request_that_was_answered_is_answered_the_same_to_many_at_once(client: FlaskClient, app: Flask) -> None:
    def send(_: int) -> tuple[int, Any]:
        asked = {"json": {"manufacturer_code": "NE555P"}, "headers": {"Idempotency-Key": "one"}}
        answer = app.test_client().post("/pipelines/part-intake/runs", **asked)
        return answer.status_code, answer.get_json()

    first = send(0)
    with ThreadPoolExecutor(CLIENTS) as clients:
        again = list(clients.map(send, range(10 * CLIENTS)))

    assert first[0] == 202
    assert [answer for answer in again if answer != first] == []
