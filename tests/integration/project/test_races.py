"""Requests that wait for each other over a project, its lines and what is on the shopping list for it."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from models.session import session_scope
from services.part_merge import PartMergeService
from tests.support.project_rows import lying, new_project
from tests.support.rows import new_box, new_part

Blocked = Callable[..., Future[int]]


@pytest.fixture
def blocked(client: FlaskClient, engine: Engine) -> Iterator[Blocked]:
    """Return a function that sends a request which has to wait for a lock, and returns its status to come."""

    def waiting() -> int:
        with engine.connect() as connection:
            return int(connection.scalar(text("SELECT count(*) FROM pg_locks WHERE NOT granted")) or 0)

    def send(method: str, path: str, **body: Any) -> Future[int]:
        before, deadline = waiting(), time.monotonic() + 10
        status = pool.submit(lambda: client.application.test_client().open(path, method=method, json=body).status_code)
        while waiting() == before:
            assert time.monotonic() < deadline, f"{method} {path} does not wait"
        return status

    with ThreadPoolExecutor(2) as pool:
        yield send


def lines_of(client: FlaskClient, project: int, *, order: bool = False) -> list[int]:
    """Put what a project lacks on the shopping list."""
    lines = [line["id"] for line in client.post(f"/projects/{project}/shortage", json={}).get_json()["lines"]]
    if order:
        assert client.post("/shopping/order", json={"lines": lines}).status_code == 200
    return lines


def test_project_goes_while_its_lines_are_ordered(client: FlaskClient, blocked: Blocked, engine: Engine) -> None:
    project = new_project(client, _Case=1, _Knob=1)
    lines = lines_of(client, project)
    # The first line comes to lie after the second.
    for verb in ("order", "withdraw"):
        client.post(f"/shopping/{verb}", json={"lines": lines[:1]})
    with engine.begin() as holder:
        holder.execute(text("SELECT 1 FROM shopping_list WHERE id = :line FOR UPDATE"), {"line": lines[0]})
        statuses = [blocked("POST", "/shopping/order", lines=lines), blocked("DELETE", f"/projects/{project}")]
    assert [status.result(10) for status in statuses] == [200, 204]


def test_what_came_is_booked_though_its_project_goes(client: FlaskClient, blocked: Blocked, engine: Engine) -> None:
    new_box()
    part, project = new_part(), new_project(client, _Case=1)
    (line,) = lines_of(client, project, order=True)
    with engine.begin() as holder:
        holder.execute(text("DELETE FROM projects"))
        status = blocked(
            "POST", f"/shopping/{line}/receive", command_id=str(uuid4()), quantity=1, part=part, slot="1-2"
        )
    assert (status.result(10), lying(client, part)) == (200, {"1-2": 1})


def test_line_that_goes_meanwhile_is_not_found(client: FlaskClient, blocked: Blocked, engine: Engine) -> None:
    project = new_project(client, _Case=1)
    (line,) = lines_of(client, project)
    with engine.begin() as holder:
        holder.execute(text("SELECT 1 FROM projects FOR UPDATE"))
        status = blocked("PATCH", f"/shopping/{line}", part=new_part())
        assert client.delete(f"/shopping/{line}").status_code == 204
    assert status.result(10) == 404


def test_line_that_a_merge_adds_up_is_not_removed(client: FlaskClient, blocked: Blocked) -> None:
    source, target = new_part(), new_part()
    project = new_project(client, **{source: 2, target: 3})
    line = client.get(f"/projects/{project}").get_json()["requirements"][0]["links"]["self"]
    with session_scope() as session:
        PartMergeService.merge(session, source, into=target, command_id=uuid4())
        status = blocked("DELETE", line)
    assert status.result(10) == 404
    assert [each["quantity"] for each in client.get(f"/projects/{project}").get_json()["requirements"]] == [5]
