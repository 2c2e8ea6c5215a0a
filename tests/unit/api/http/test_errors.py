from typing import NoReturn

import pytest
from sqlalchemy.exc import DataError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from api.http.statuses import STATUS
from api.http.transaction import PartflowFlask
from clients.object_store import StoreMissing
from schemas import errors
from schemas.problem import ErrorCode


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.InvalidInput("x"), 400),
        (errors.NotFound("part", "ABCD"), 404),
        (errors.Conflict("x"), 409),
        (errors.TooLarge("x"), 413),
        (errors.UnsupportedMedia("x"), 415),
        (errors.Unprocessable("x"), 422),
        (errors.Transient("unreachable", "x"), 503),
        (errors.Permanent("store_refused", "x"), 503),
        (StoreMissing("store_missing", "x"), 404),
        (IntegrityError("INSERT", {}, Exception("duplicate key")), 409),
        (DataError("INSERT", {}, Exception("NUL")), 400),
        (OperationalError("SELECT", {}, Exception("secret host")), 503),
        (PoolTimeout(), 503),
        (ValueError("secret"), 500),
    ],
)
def test_every_error_is_a_problem(app: PartflowFlask, error: Exception, status: int) -> None:
    def fail() -> NoReturn:
        raise error

    app.add_url_rule("/fail", view_func=fail)
    answer = app.test_client().get("/fail")
    assert (answer.status_code, set(answer.get_json())) == (status, {"error", "details", "code"})
    assert STATUS[ErrorCode(answer.get_json()["code"])] == status
    assert "secret" not in answer.text
    assert "Traceback" not in answer.text


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("PUT", "/types", 405),
        ("GET", "/boxes/" + "9" * 5000, 404),
        ("GET", "/boxes//1", 404),
        ("POST", "/parts//ABCD/stock/use", 404),
        ("GET", "/pipelines/runs/no-uuid", 404),
        ("GET", "/docs/../app.py", 404),
    ],
)
def test_wrong_address_or_method_is_a_problem(app: PartflowFlask, method: str, path: str, status: int) -> None:
    answer = app.test_client().open(path, method=method)
    assert (answer.status_code, answer.content_type) == (status, "application/json")


def test_wrong_method_says_what_is_possible(app: PartflowFlask) -> None:
    answer = app.test_client().put("/types")
    assert "POST" in answer.headers["Allow"]
    assert "POST" in answer.get_json()["error"]


def test_details_reach_the_client(app: PartflowFlask) -> None:
    def fail() -> NoReturn:
        raise errors.Conflict("it has ended", state="failed")

    app.add_url_rule("/fail", view_func=fail)
    assert app.test_client().get("/fail").get_json() == {
        "error": "it has ended",
        "details": {"state": "failed"},
        "code": "conflict",
    }


def test_every_code_has_a_status_of_its_own() -> None:
    assert set(STATUS) == set(ErrorCode)
    assert len(set(STATUS.values())) == len(ErrorCode)
