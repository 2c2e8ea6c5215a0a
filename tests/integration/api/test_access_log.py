import json
from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text
from structlog.contextvars import merge_contextvars
from structlog.testing import capture_logs
from structlog.typing import EventDict

from api.http.transaction import PartflowFlask
from settings import get_settings
from tests.support.apps import app_on
from tests.support.carrying import carry_out
from tests.support.serving import Answer, ask, free_port, head, served

Lines = list[EventDict]


@pytest.fixture
def app(database: str, configure: Callable[..., None]) -> Iterator[PartflowFlask]:
    app = app_on(get_settings())
    with free_port() as port:
        configure(API_PORT=port)
        app.use(get_settings())
        yield app


def exchange(app: PartflowFlask, *requests: bytes) -> tuple[Answer, Lines]:
    """Send requests, and return the last answer and all that was logged until the server had stopped."""
    with capture_logs(processors=[merge_contextvars]) as lines, served(app) as server:
        answer = [ask(server, request) for request in requests][-1]
    return answer, lines


def answered(answer: Answer, lines: Lines) -> EventDict:
    """Return the one line of an answer; whoever else finds the port may ask as well."""
    asked = answer.headers["X-Request-Id"]
    (line,) = [line for line in lines if line["event"] == "answered" and line["request"] == asked]
    return line


def intake(**headers: object) -> bytes:
    body = json.dumps({"manufacturer_code": "LM358"}).encode()
    length = {"Content_Type": "application/json", "Content_Length": len(body)}
    return head("POST", "/pipelines/part-intake/runs", **length, **headers) + body


def test_answer_has_one_line_with_the_template_of_its_path(app: PartflowFlask) -> None:
    answer, lines = exchange(app, head("GET", "/boxes/7?secret=words"))
    line = answered(answer, lines)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/boxes/<int:box_no>", 404)
    assert (line["bytes"], line["seconds"] >= 0) == (len(answer.body), True)
    assert "secret" not in str(lines)


def test_id_that_the_client_gives_is_taken_and_given_back(app: PartflowFlask) -> None:
    answer, lines = exchange(app, head("GET", "/types", X_Request_ID="order-66"))
    assert (answer.headers["X-Request-Id"], answered(answer, lines)["path"]) == ("order-66", "/types")


@pytest.mark.parametrize("given", ["two words", "x" * 129, "a=b", ""])
def test_what_is_not_an_id_is_replaced(app: PartflowFlask, given: str) -> None:
    asked = head("GET", "/types", X_Request_ID=given)
    first, second = (answer.headers["X-Request-Id"] for answer, _ in (exchange(app, asked), exchange(app, asked)))
    assert (len(first), first != second) == (32, True)


def test_refusal_before_the_body_has_its_line_and_id(app: PartflowFlask) -> None:
    answer, lines = exchange(
        app, head("POST", "/boxes", Origin="http://elsewhere", Content_Length=9, X_Request_ID="order-67")
    )
    assert (answer.status, answer.headers["X-Request-Id"]) == (403, "order-67")
    assert answered(answer, lines)["status"] == 403


@pytest.mark.parametrize("fault", [b"Content-Length: many", b"Content-Length : 5"])
def test_what_is_not_http_has_its_line(app: PartflowFlask, fault: bytes) -> None:
    answer, lines = exchange(app, b"GET / HTTP/1.1\r\n" + fault + b"\r\n\r\n")
    assert answered(answer, lines)["status"] == answer.status == 400


def test_probe_is_not_told_at_level_info(app: PartflowFlask) -> None:
    answer, lines = exchange(app, head("GET", "/health"))
    assert answered(answer, lines)["log_level"] == "debug"


def test_run_carries_the_request_that_started_it_through_its_steps(app: PartflowFlask, engine: Engine) -> None:
    answer, _ = exchange(app, intake(X_Request_ID="order-68"))
    (run,) = json.loads(answer.body)["runs"]
    with engine.connect() as connection:
        kept = connection.scalar(text("SELECT request_id FROM pipeline_runs"))
    with capture_logs(processors=[merge_contextvars]) as lines:
        carry_out(run["id"])
    ended = [line for line in lines if line["event"] == "step ended"]
    shown, _ = exchange(app, head("GET", f"/pipelines/runs/{run['id']}"))

    assert kept == json.loads(shown.body)["request_id"] == "order-68"
    assert len(ended) > 3
    for field, value in (("request", "order-68"), ("run", run["id"]), ("part", run["part"])):
        assert {line[field] for line in ended} == {value}
    assert all({"step", "index", "task", "state", "seconds"} <= line.keys() for line in ended)
