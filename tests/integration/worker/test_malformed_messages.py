"""Whatever lies in a queue, workers go on with what comes after it, on both brokers."""

import json
import random
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from kombu import Connection, Producer, Queue

from engine.queues import connect, show_queues
from engine.worker.topology import DEAD_QUEUE, EXCHANGE, declare
from schemas.ledger import DONE
from schemas.queue import QUEUE_NAMES
from schemas.queue import Queue as WorkQueue
from settings import get_settings
from tests.support.elsewhere import Elsewhere, Environment
from tests.support.workers import eventually, step, worker

ODD: tuple[Any, ...] = (None, "", "abc", 5, -1, [], [5], {}, {"a": 1}, True)
HEADERS = ("task", "id", "root_id", "group", "retries", "timelimit", "eta", "expires", "lang", "argsrepr", "origin")
BODIES = (
    *(b"", b"{", b"\xff\xfe", b"null", b"5", b"[]", b"{}", b"[[],{}]", b"[[1,2,3,4,5],{},{}]", b'[["x"],{"y":1},{}]'),
    *(b"[[],[],[]]", b"[null,null,null]", b'[[],{},{"callbacks":5,"chord":[],"chain":"x"}]', b'{"task":[],"id":{}}'),
    *(b'{"task":"test.harmless"}', b'{"task":"test.harmless","id":5,"args":7,"kwargs":[]}'),
)
Send = Callable[[bytes, Any], object]


def envelopes(seed: int) -> Iterator[tuple[bytes, Any]]:
    """Yield bodies and headers: a sound message with one thing wrong, and with several."""
    chance = random.Random(seed)
    for _ in range(2):
        for name in HEADERS:
            yield sound(), headers(**{name: chance.choice(ODD)})
            yield sound(), {key: value for key, value in headers().items() if key != name}
    for body in BODIES:
        yield body, headers()
        yield body, {}
    for _ in range(40):
        odd = {name: chance.choice(ODD) for name in chance.sample(HEADERS, 3)}
        yield chance.choice((*BODIES, sound())), headers(**odd)


def sound() -> bytes:
    return json.dumps([[str(uuid4()), 0, 1], {}, {"callbacks": None, "errbacks": None, "chain": None}]).encode()


def headers(**changed: Any) -> dict[str, Any]:
    one = str(uuid4())
    usual = {"lang": "py", "task": "test.harmless", "id": one, "root_id": one, "parent_id": None, "group": None}
    timing = {"retries": 0, "timelimit": [None, None], "eta": None, "expires": None}
    return {**usual, **timing, "argsrepr": "", "kwargsrepr": "", "origin": "a stranger", **changed}


@pytest.fixture(params=["filesystem", "rabbitmq"])
def broker(
    request: pytest.FixtureRequest, database: str, configure: Callable[..., None], tmp_path: Path
) -> Iterator[Environment]:
    folder = tmp_path / "broker"
    if request.param == "filesystem":
        configure(BROKER_URL="filesystem://", BROKER_FOLDER=folder)
        yield {"PARTFLOW_DATABASE_URL": database, "PARTFLOW_BROKER_FOLDER": str(folder)}
        return
    url = request.getfixturevalue("rabbitmq").url
    configure(BROKER_URL=url)
    clear()
    yield {"PARTFLOW_DATABASE_URL": database, "PARTFLOW_BROKER_URL": url}
    clear()


def clear() -> None:
    with connect(get_settings().broker) as connection:
        declare(connection, get_settings().broker, recreate=True)
        for name in (*QUEUE_NAMES, DEAD_QUEUE):
            Queue(name)(connection.default_channel).purge()


@pytest.fixture
def send(broker: Environment) -> Iterator[Send]:
    """Return a function that puts a message into the queue of the inventory, past Celery."""
    if "PARTFLOW_BROKER_URL" in broker:
        with Connection(broker["PARTFLOW_BROKER_URL"]) as connection, Producer(connection) as producer:
            target: dict[str, Any] = {
                "exchange": EXCHANGE.name,
                "routing_key": "inventory",
                "content_type": "application/json",
            }
            yield lambda body, given: producer.publish(body, headers=given, content_encoding="utf-8", **target)
        return
    queue = Path(broker["PARTFLOW_BROKER_FOLDER"]) / "queue"
    queue.mkdir(parents=True, exist_ok=True)

    def put(body: bytes, given: Any) -> None:
        properties = {"delivery_tag": str(uuid4()), "delivery_info": {"exchange": "", "routing_key": "inventory"}}
        kind = {"content-type": "application/json", "content-encoding": "utf-8"}
        message = {"body": body.decode("latin-1"), "headers": given, "properties": properties, **kind}
        (queue / f"0_{uuid4()}.inventory.msg").write_text(json.dumps(message))

    yield put


def test_malformed_messages_stop_nobody(broker: Environment, send: Send, elsewhere: Elsewhere, tmp_path: Path) -> None:
    for body, given in envelopes(seed=14):
        send(body, given)
    log = tmp_path / "worker"
    valid = elsewhere.send(broker, "test.harmless", 3)
    with worker(log, broker, WorkQueue.INVENTORY) as process:
        eventually(lambda: all(step(run_id).state in DONE for run_id in valid), log)
        alive = process.poll() is None
    said = log.read_bytes()

    assert alive
    assert said.count(b" ready.") == 1
    assert b"Unrecoverable" not in said
    assert dead_letters() > 50


def dead_letters() -> int:
    (dead,) = [each for each in show_queues(get_settings().broker, None) if each.name == DEAD_QUEUE]
    return dead.messages or 0
