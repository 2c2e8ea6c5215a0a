"""Many clients book stock at once while their connections are killed: nothing is lost, invented or done twice."""

import random
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple
from uuid import uuid4

import pytest
from flask import Flask
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from benchmarks.stock_invariants import broken
from models.session import get_engine
from settings import get_settings
from tests.support.apps import app_on
from tests.support.rows import new_box, new_part

CLIENTS, PARTS, SLOTS, COMMANDS = 6, 3, 5, 50
MOST_TRIES = 1000
KILL_EVERY_SECONDS = 0.1

part = st.integers(0, PARTS - 1)
slot = st.integers(1, SLOTS)
quantity = st.integers(1, 9)
maybe_slot = st.none() | slot


class Command(NamedTuple):
    part: int
    kind: str
    fields: dict[str, Any]
    again: bool
    "whether the client sends it once more after its answer, as if that had been lost"


def command(kind: str, **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Command]:
    return st.builds(Command, part, st.just(kind), st.fixed_dictionaries(fields), st.booleans())


shares = st.lists(st.tuples(slot, quantity), min_size=1, max_size=3, unique_by=lambda each: each[0])
commands = st.one_of(
    command("receive", quantity=quantity, slot=maybe_slot, share=st.booleans()),
    command("use", quantity=quantity, slot=maybe_slot),
    command("move", from_slot=maybe_slot, to_slot=slot, quantity=st.none() | quantity, share=st.booleans()),
    command("split", from_slot=maybe_slot, into=shares, share=st.just(value=True)),
    command("count", slot=slot, counted=st.integers(0, 9), share=st.booleans()),
    command("undo", share=st.booleans()),
)
every_client_s = st.lists(st.lists(commands, min_size=COMMANDS, max_size=COMMANDS), min_size=CLIENTS, max_size=CLIENTS)

real_threads = settings(
    max_examples=4,
    deadline=None,
    database=None,
    # Threads interleave differently each time, so a failure cannot be made smaller by trying again.
    phases=[Phase.generate],
    # Each example has parts and a box of its own in the one database.
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


class Sent(NamedTuple):
    """A command as it was sent, and the final answer to it."""

    url: str
    body: dict[str, Any]
    status: int
    answer: Any


class Inventory:
    """Parts and a box, and clients that book on them."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.box_no = new_box(SLOTS)
        self.parts = [new_part() for _ in range(PARTS)]
        self.unavailable = 0

    def book(self, plan: list[Command]) -> list[Sent]:
        """Send one client's commands, each until it is answered for good."""
        sent = []
        for each in plan:
            url, body = f"/parts/{self.parts[each.part]}/stock/{each.kind}", self._body(each.fields)
            sent.append(self._send(url, body))
            if each.again and sent[-1].status == 200:
                assert self._send(url, body) == sent[-1]
        return sent

    def again(self, sent: list[Sent]) -> list[Sent]:
        """Send commands once more."""
        return [self._send(each.url, each.body) for each in sent]

    def _send(self, url: str, body: dict[str, Any]) -> Sent:
        for _ in range(MOST_TRIES):
            answer = self.app.test_client().post(url, json=body)
            if answer.status_code != 503:
                return Sent(url, body, answer.status_code, answer.get_json())
            self.unavailable += 1
        raise AssertionError(f"never answered: {url} {body}")

    def _body(self, fields: dict[str, Any]) -> dict[str, Any]:
        body: dict[str, Any] = {"command_id": str(uuid4())}
        for name, value in fields.items():
            if name.endswith("slot") and value is not None:
                body[name] = f"{self.box_no}-{value}"
            elif name == "into":
                body[name] = [{"slot": f"{self.box_no}-{loc_no}", "quantity": many} for loc_no, many in value]
            else:
                body[name] = value
        return body


@contextmanager
def killed_connections(engine: Engine, *, often: bool) -> Iterator[None]:
    """End connections of the application at random while the body runs."""
    ended = threading.Event()

    def kill() -> None:
        pids = text("SELECT pid FROM pg_stat_activity WHERE application_name = 'stock' AND state <> 'idle'")
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            while not ended.wait(KILL_EVERY_SECONDS):
                if busy := connection.scalars(pids).all():
                    connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": random.choice(busy)})

    killer = threading.Thread(target=kill)
    if often:
        killer.start()
    try:
        yield
    finally:
        ended.set()
        if often:
            killer.join()


@pytest.fixture
def app(database: str, configure: Callable[..., None]) -> Flask:
    """The API, whose connections can be told from others."""
    get_engine.cache_clear()
    configure(DATABASE_URL=f"{database}&application_name=stock", DATABASE_POOL_SIZE=CLIENTS)
    return app_on(get_settings())


def booked(engine: Engine, parts: list[str]) -> dict[str, dict[str, int]]:
    """Return what each command on the parts changed."""
    query = text("""
        SELECT stock_commands.id, box_no || '-' || loc_no, delta_qty
        FROM stock_commands LEFT JOIN history ON command_id = stock_commands.id
        WHERE stock_commands.part_id4 = ANY(:parts)
    """)
    commands: dict[str, dict[str, int]] = {}
    with engine.connect() as connection:
        for command_id, slot, delta in connection.execute(query, {"parts": parts}):
            commands.setdefault(str(command_id), {}).update({slot: delta} if slot else {})
    return commands


@pytest.mark.parametrize("killing", [False, True], ids=["calm", "killing"])
@given(plans=every_client_s)
@real_threads
def test_every_command_is_booked_exactly_once(
    app: Flask, engine: Engine, killing: bool, plans: list[list[Command]]
) -> None:
    inventory = Inventory(app)
    with killed_connections(engine, often=killing), ThreadPoolExecutor(CLIENTS) as pool:
        sent = [each for client_s in pool.map(inventory.book, plans) for each in client_s]
    done = [each for each in sent if each.status == 200]

    assert {each.status for each in sent} <= {200, 400, 409}
    assert (inventory.unavailable > 0) == killing
    with engine.connect() as connection:
        assert not any(broken(connection).values())
    answers = {answer["command_id"]: answer["changes"] for *_, answer in done}
    expected = {id_: {each["slot"]: each["delta_qty"] for each in changes} for id_, changes in answers.items()}
    assert booked(engine, inventory.parts) == expected
    assert inventory.again(done) == done
    assert booked(engine, inventory.parts) == expected
