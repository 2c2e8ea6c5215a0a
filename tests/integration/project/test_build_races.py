"""Builds, receipts and merges at the same moment as stock commands: nothing is lost, and nobody waits in a circle."""

import random
import threading
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Engine, text

from benchmarks.stock_invariants import broken
from settings import get_settings
from tests.support.apps import app_on
from tests.support.project_rows import coverage, lying, new_project, stocked
from tests.support.rows import new_box, new_part

CLIENTS = 6
ROUNDS = 30


class Request(NamedTuple):
    method: str
    path: str
    body: dict[str, Any] | None


def post(path: str, **body: Any) -> Request:
    return Request("POST", path, body)


def command(path: str, **body: Any) -> Request:
    return post(path, command_id=str(uuid4()), **body)


@pytest.fixture
def app(database: str, configure: Callable[..., None]) -> Flask:
    configure(DATABASE_POOL_SIZE=CLIENTS + 1)
    return app_on(get_settings())


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[Any]]:
    """Return a function that lets clients send their requests, all starting at the same moment."""

    def run(*clients: list[Request]) -> list[Any]:
        start = threading.Barrier(len(clients))

        def one(requests: list[Request]) -> list[Any]:
            start.wait()
            return [app.test_client().open(each.path, method=each.method, json=each.body) for each in requests]

        with ThreadPoolExecutor(len(clients)) as pool:
            return [answer for answers in pool.map(one, clients) for answer in answers]

    return run


def unbroken(engine: Engine, *, merging: bool = False) -> bool:
    with engine.connect() as connection:
        rules = broken(connection)
    # What a command answered before a merge is not the total of both parts.
    return not rules["slots whose history is not what lies there"] if merging else not any(rules.values())


def in_all(engine: Engine, part: str) -> int:
    with engine.connect() as connection:
        total = text("SELECT coalesce(sum(qty), 0) FROM part_locations WHERE part_id4 = :part")
        return int(connection.scalar(total, {"part": part}) or 0)


def test_build_sent_many_times_at_once_is_done_once(
    client: FlaskClient, at_once: Callable[..., list[Any]], engine: Engine
) -> None:
    new_box()
    part = stocked(100)
    again = command(f"/projects/{new_project(client, 'Amplifier', 1, **{part: 3})}/builds", builds=2)
    answers = at_once(*([again] for _ in range(CLIENTS)))
    assert [answer.status_code for answer in answers] == [200] * CLIENTS
    assert all(answer.get_json() == answers[0].get_json() for answer in answers)
    assert (in_all(engine, part), unbroken(engine)) == (94, True)


def test_last_pieces_are_built_in_once(client: FlaskClient, at_once: Callable[..., list[Any]], engine: Engine) -> None:
    new_box()
    part = stocked(7, 4)
    project = new_project(client, "Amplifier", 1, **{part: 5})
    answers = at_once(*([command(f"/projects/{project}/builds")] for _ in range(CLIENTS)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, *[409] * (CLIENTS - 2)]
    assert (in_all(engine, part), unbroken(engine)) == (1, True)


def plan(chance: random.Random, parts: list[str], projects: list[int], lines: list[int]) -> Request:
    """Return what a client may do next."""
    part, project, slot = chance.choice(parts), chance.choice(projects), f"1-{chance.randint(1, 5)}"
    return chance.choice(
        [
            command(f"/projects/{project}/builds", builds=chance.randint(1, 3), use_reserved=True),
            command(f"/projects/{project}/builds", take=[{"part": part, "slot": slot, "quantity": 2}]),
            command(f"/parts/{part}/stock/receive", quantity=5, slot=slot, share=True),
            command(f"/parts/{part}/stock/receive", quantity=5),
            command(f"/parts/{part}/stock/use", quantity=2, slot=slot),
            command(f"/parts/{part}/stock/move", from_slot=slot, to_slot="1-6", share=True),
            command(f"/parts/{part}/stock/undo", share=True),
            command(f"/shopping/{chance.choice(lines)}/receive", quantity=1, share=True),
            post(f"/projects/{project}/shortage", builds=20),
            post("/shopping", part=part, quantity=3, project=project),
            Request("PATCH", f"/shopping/{chance.choice(lines)}", {"quantity": 1000, "part": part}),
            Request("PATCH", f"/projects/{project}", {"builds": chance.randint(0, 5)}),
        ]
    )


@pytest.mark.parametrize("merging", [False, True])
def test_builds_and_stock_commands_lose_nothing(
    client: FlaskClient, at_once: Callable[..., list[Any]], engine: Engine, merging: bool
) -> None:
    new_box(6)
    parts = [stocked(30, 20, 10) if n == 0 else stocked(*[0] * n, 30, 20) for n in range(4)]
    projects = [new_project(client, str(n), 1, **dict.fromkeys(parts[n:], 2)) for n in range(3)]
    lines = [
        client.post("/shopping", json={"part": part, "quantity": 1000, "project": projects[0]}).get_json()["id"]
        for part in parts
    ]
    client.post("/shopping/order", json={"lines": lines})
    chance = random.Random(7)
    work = [[plan(chance, parts, projects, lines) for _ in range(ROUNDS)] for _ in range(CLIENTS)]
    if merging:
        work[0].insert(ROUNDS // 3, command(f"/parts/{parts[3]}/merge", into=parts[0]))
        work[1].insert(ROUNDS // 2, command(f"/parts/{parts[0]}/merge", into=parts[1]))
    answers = at_once(*work)
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) <= {200, 201, 409}
    assert statuses[200] > ROUNDS
    assert any(answer.status_code == 200 and answer.get_json().get("parts") for answer in answers)
    assert unbroken(engine, merging=merging)


def test_receipt_sent_many_times_at_once_makes_one_part(
    client: FlaskClient, at_once: Callable[..., list[Any]], engine: Engine
) -> None:
    new_box()
    project = new_project(client, "Amplifier", 1, _Case=4)
    (line,) = client.post(f"/projects/{project}/shortage", json={}).get_json()["lines"]
    client.post("/shopping/order", json={"lines": [line["id"]]})
    again = command(f"/shopping/{line['id']}/receive", quantity=4, new_part={})
    answers = at_once(*([again] for _ in range(CLIENTS)))
    assert [answer.status_code for answer in answers] == [200] * CLIENTS
    (part,) = client.get("/parts").get_json()["parts"]
    assert lying(client, part["id4"]) == {"1-1": 4}
    assert unbroken(engine)


def test_shortage_asked_for_many_times_at_once_is_bought_once(
    client: FlaskClient, at_once: Callable[..., list[Any]]
) -> None:
    part = new_part()
    project = new_project(client, "Amplifier", 1, **{part: 4}, _Case=1)
    at_once(*([post(f"/projects/{project}/shortage")] for _ in range(CLIENTS)))
    assert [each["coming"] for each in coverage(client, project)] == [4, 1]
