"""A reorganisation: half of a plan by two people, a receipt in between, the rest planned again, and all taken back."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest
from sqlalchemy import Connection, Engine, text

from benchmarks.inventory_rows import fill_boxes
from benchmarks.served import serve
from benchmarks.stock_invariants import broken
from models.session import session_scope
from schemas.queue import Queue
from tests.support.workers import worker

MOST = 40
PATIENCE_SECONDS = 240.0

Placements = dict[tuple[str, int, int], int]


@pytest.fixture
def http(database: str, tmp_path: Path) -> Iterator[httpx2.Client]:
    """Serve 300 parts in 8 boxes, with a worker for what takes longer than a request."""
    with session_scope() as session:
        fill_boxes(session, parts=300, boxes=8, capacity=45, types=6)
    environment = {
        "PARTFLOW_DATABASE_URL": database,
        "PARTFLOW_BROKER_URL": "filesystem://",
        "PARTFLOW_BROKER_FOLDER": str(tmp_path / "broker"),
        "PARTFLOW_STORE_FOLDER": str(tmp_path / "objects"),
    }
    with (
        serve(tmp_path, DATABASE_URL=database) as served,
        worker(tmp_path / "worker.log", environment, Queue.INGEST, Queue.INVENTORY, app="tasks"),
        httpx2.Client(base_url=served.address, timeout=60, trust_env=False) as http,
    ):
        yield http


def placements(connection: Connection) -> Placements:
    rows = connection.execute(text("SELECT part_id4, box_no, loc_no, qty FROM part_locations"))
    return {(part, box_no, loc_no): qty for part, box_no, loc_no, qty in rows}


def made(http: httpx2.Client, answer: httpx2.Response) -> dict[str, Any]:
    """Wait until a plan is made, and return it."""
    assert answer.status_code == 202, answer.text
    began = time.monotonic()
    while (plan := http.get(answer.headers["Location"]).json())["state"] == "planning":
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.1)
    assert plan["state"] == "ready", plan
    return dict(plan)


def run_all(http: httpx2.Client, plan: dict[str, Any], verb: str) -> None:
    answer = http.post(plan["links"][verb], json={"command_id": str(uuid4()), "all": True})
    run = answer.headers["Location"]
    began = time.monotonic()
    while (state := http.get(run).json()["state"]) in ("pending", "running"):
        assert time.monotonic() - began < PATIENCE_SECONDS
        time.sleep(0.1)
    assert state == "succeeded"


def tick(http: httpx2.Client, plan: dict[str, Any], numbers: list[int]) -> None:
    """Go through a list as a person does: each move is booked as soon as it is done, whoever did it first."""
    for number in numbers:
        answer = http.post(plan["links"]["apply"], json={"command_id": str(uuid4()), "moves": [number]})
        assert answer.status_code == 200, answer.text


def receive(http: httpx2.Client, part: str, quantity: int, slot: str | None = None) -> str:
    body = {"command_id": str(uuid4()), "quantity": quantity, "slot": slot}
    answer = http.post(f"/parts/{part}/stock/receive", json=body)
    assert answer.status_code == 200, answer.text
    return str(answer.json()["changes"][0]["slot"])


def free_slot(http: httpx2.Client, plan: dict[str, Any]) -> str:
    """Return a slot that is free, and that the plan does not need."""
    needed = {move[end] for move in plan["moves"] for end in ("from_slot", "to_slot")}
    return next(
        str(location["slot"])
        for box in http.get("/boxes").json()["boxes"]
        for location in http.get(box["links"]["self"]).json()["locations"]
        if not location["parts"] and location["slot"] not in needed
    )


def test_layout_is_what_it_was_less_the_receipt(http: httpx2.Client, engine: Engine) -> None:
    with engine.connect() as connection:
        before = placements(connection)
    plan = made(http, http.post("/reorg/plans", json={"objective": "types", "max_moves": MOST}))
    assert 2 <= plan["counts"]["proposed"] <= MOST
    half = [move["number"] for move in plan["moves"]][: len(plan["moves"]) // 2]

    with ThreadPoolExecutor(2) as people:
        list(people.map(lambda _: tick(http, plan, half), range(2)))
    applied = http.get(plan["links"]["self"]).json()["counts"]["applied"]
    assert len(half) <= applied < len(plan["moves"])
    new = http.post("/parts", json={"manufacturer_code": "NEW1"}).json()["id4"]
    slot = receive(http, new, 7, free_slot(http, plan))
    moved = plan["moves"][0]["part"]
    receive(http, moved, 1000)
    rest = made(http, http.post(plan["links"]["replan"]))
    assert rest["counts"]["proposed"] <= MOST - applied
    run_all(http, rest, "apply")
    with engine.connect() as connection:
        assert placements(connection) != before
    run_all(http, rest, "undo")
    run_all(http, plan, "undo")

    with engine.connect() as connection:
        after = placements(connection)
        assert broken(connection) == dict.fromkeys(broken(connection), 0)
        moves = connection.scalar(text("SELECT count(*) FROM stock_commands WHERE kind IN ('move', 'turn')"))
    assert after.pop((new, *map(int, slot.split("-")))) == 7
    (place,) = [key for key in before if key[0] == moved]
    after[place] -= 1000
    assert after == before
    assert moves == 2 * (applied + rest["counts"]["proposed"])
