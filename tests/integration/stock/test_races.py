"""What two people do to the same slot or box at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from flask import Flask
from sqlalchemy import Engine, text

from settings import get_settings
from tests.support.apps import app_on
from tests.support.rows import new_box, new_part, put_stock

AT_ONCE = 6
ROUNDS = 5


@pytest.fixture
def app(database: str, configure: Callable[..., None]) -> Flask:
    configure(DATABASE_POOL_SIZE=AT_ONCE)
    return app_on(get_settings())


@pytest.fixture
def at_once(app: Flask) -> Callable[..., list[int]]:
    """Return a function that sends requests (method, path, body) at the same moment and returns their statuses."""

    def send(*requests: tuple[str, str, dict[str, object] | None]) -> list[int]:
        start = threading.Barrier(len(requests))

        def one(request: tuple[str, str, dict[str, object] | None]) -> int:
            method, path, body = request
            start.wait()
            return app.test_client().open(path, method=method, json=body).status_code

        with ThreadPoolExecutor(len(requests)) as pool:
            return list(pool.map(one, requests))

    return send


def receive(part: str, slot: str, command_id: object = None) -> tuple[str, str, dict[str, object]]:
    body = {"command_id": str(command_id or uuid4()), "quantity": 1, "slot": slot}
    return "POST", f"/parts/{part}/stock/receive", body


def total(engine: Engine) -> int:
    with engine.connect() as connection:
        return connection.scalar(text("SELECT sum(qty) FROM part_locations")) or 0


def test_one_of_many_parts_gets_the_free_slot(at_once: Callable[..., list[int]]) -> None:
    parts, box_no = [new_part() for _ in range(AT_ONCE)], new_box(ROUNDS)
    for loc_no in range(1, ROUNDS + 1):
        statuses = at_once(*(receive(part, f"{box_no}-{loc_no}") for part in parts))
        assert sorted(statuses) == [200] + [409] * (AT_ONCE - 1)


def test_command_sent_many_times_at_once_is_booked_once(at_once: Callable[..., list[int]], engine: Engine) -> None:
    part, box_no, command_id = new_part(), new_box(), uuid4()
    statuses = at_once(*(receive(part, f"{box_no}-1", command_id) for _ in range(AT_ONCE)))
    assert (statuses, total(engine)) == ([200] * AT_ONCE, 1)


def test_command_id_on_many_parts_at_once_is_booked_on_one(at_once: Callable[..., list[int]], engine: Engine) -> None:
    box_no, command_id = new_box(AT_ONCE), uuid4()
    statuses = at_once(*(receive(new_part(), f"{box_no}-{n + 1}", command_id) for n in range(AT_ONCE)))
    assert statuses.count(200) == total(engine) == 1
    assert set(statuses) <= {200, 409, 422}


@pytest.mark.parametrize("going", ["shrink", "delete"])
def test_slot_does_not_go_while_stock_comes(at_once: Callable[..., list[int]], engine: Engine, going: str) -> None:
    for _ in range(ROUNDS):
        box_no = new_box(2)
        path = f"/boxes/{box_no}"
        change = ("PATCH", path, {"capacity": 1}) if going == "shrink" else ("DELETE", path, None)
        gone, received = at_once(change, receive(new_part(), f"{box_no}-2"))
        assert (gone, received) in {(200, 404), (204, 404), (409, 200)}


def test_boxes_made_at_once_have_numbers_of_their_own(at_once: Callable[..., list[int]], engine: Engine) -> None:
    assert at_once(*(("POST", "/boxes", {"capacity": 3}) for _ in range(AT_ONCE))) == [201] * AT_ONCE
    with engine.connect() as connection:
        assert connection.scalar(text("SELECT count(DISTINCT box_no) FROM boxes")) == AT_ONCE


def test_box_grows_once_for_each_who_asks(at_once: Callable[..., list[int]], engine: Engine) -> None:
    box_no = new_box(1)
    statuses = at_once(*(("PATCH", f"/boxes/{box_no}", {"capacity": 3 + n}) for n in range(AT_ONCE)))
    with engine.connect() as connection:
        capacity, locations = connection.execute(
            text("SELECT capacity, (SELECT count(*) FROM locations) FROM boxes")
        ).one()
    assert (set(statuses), locations) == ({200}, capacity)


def test_last_pieces_are_used_once(at_once: Callable[..., list[int]], engine: Engine) -> None:
    part, box_no = new_part(), new_box()
    put_stock(part, box_no, 1, 10, uuid4())
    use = [("POST", f"/parts/{part}/stock/use", {"command_id": str(uuid4()), "quantity": 4}) for _ in range(AT_ONCE)]
    assert sorted(at_once(*use)) == [200] * 2 + [409] * (AT_ONCE - 2)
    assert total(engine) == 2
