"""The queues on RabbitMQ, as an operator declares, sees and clears them."""

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import pytest
from click.testing import CliRunner, Result
from kombu import Connection, Producer, Queue

from cli.client import ServerError
from cli.queues import queues
from embedded import RabbitMQ
from engine.dead_letters import settle
from engine.ledger.run import RunService
from engine.queues import connect
from engine.worker.topology import DEAD_EXCHANGE, DEAD_QUEUE, EXCHANGE, declare, work_queues
from models.session import session_scope
from schemas.ledger import RunState, StepState
from schemas.queue import QUEUE_NAMES
from schemas.queue import Queue as WorkQueue
from settings import get_settings
from tasks import celery_app
from tests.support.elsewhere import Elsewhere, Environment
from tests.support.workers import eventually, step, worker


@pytest.fixture
def broker(rabbitmq: RabbitMQ, database: str, configure: Callable[..., None]) -> Iterator[Environment]:
    """Use a real RabbitMQ, with everything declared and empty; other tests find the queues as they were."""
    configure(BROKER_URL=rabbitmq.url)
    settings = get_settings().broker
    with connect(settings) as connection:
        declare(connection, settings, recreate=True)
        for name in (*QUEUE_NAMES, DEAD_QUEUE):
            Queue(name)(connection.default_channel).purge()
    yield {"PARTFLOW_BROKER_URL": rabbitmq.url, "PARTFLOW_DATABASE_URL": database}
    with connect(settings) as connection:
        declare(connection, settings, recreate=True)


def partflow(*words: str) -> Result:
    return CliRunner().invoke(queues, words, catch_exceptions=False)


def shown(*words: str) -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(partflow(*words, "--json").stdout)
    return found


def of(name: str) -> dict[str, object]:
    return next(each for each in shown("show") if each["name"] == name)


def put_to_death(elsewhere: Elsewhere, environment: Environment, count: int = 1) -> list[UUID]:
    """Send runs, and let the broker give their messages up."""
    run_ids = elsewhere.send(environment, "test.harmless", count)
    with Connection(environment["PARTFLOW_BROKER_URL"]) as connection:
        inventory = Queue("inventory")(connection.default_channel)
        for _ in run_ids:
            message = inventory.get()
            assert message
            message.reject()
    eventually(lambda: of(DEAD_QUEUE)["messages"] == count, Path(os.devnull))
    return run_ids


def test_depths_and_ages_are_shown(broker: Environment, elsewhere: Elsewhere) -> None:
    elsewhere.send(broker, "test.harmless", 3)
    elsewhere.send(broker, "test.harmless", 2, "bulk")

    eventually(lambda: of("inventory")["messages"] == 3 and of("inventory.bulk")["messages"] == 2, Path(os.devnull))
    assert of("vision")["messages"] == of("vision")["consumers"] == 0


def test_declaring_twice_changes_nothing(broker: Environment) -> None:
    assert partflow("declare").exit_code == 0
    assert partflow("declare").output == ""


def test_other_arguments_are_named_with_the_way_out(broker: Environment, configure: Callable[..., None]) -> None:
    configure(BROKER_DELIVERY_LIMIT=7)
    refused = partflow("declare")

    assert refused.exit_code == 1
    assert "x-delivery-limit" in refused.output
    assert "--recreate" in refused.output
    assert partflow("declare", "--recreate").exit_code == 0
    assert partflow("declare").exit_code == 0


def test_delayed_message_arrives_though_no_worker_was_ever_there(broker: Environment, elsewhere: Elsewhere) -> None:
    elsewhere.run(broker, "send_later()")

    eventually(lambda: of("inventory")["messages"] == 1, Path(os.devnull))


def test_dead_letter_is_listed_and_stays(broker: Environment, elsewhere: Elsewhere) -> None:
    (run_id,) = put_to_death(elsewhere, broker)

    for _ in range(25):
        (letter,) = shown("dead")
    assert (letter["run_id"], letter["task"], letter["reason"]) == (str(run_id), "test.harmless", "rejected")
    assert (letter["queue"], letter["count"]) == ("inventory", 1)
    assert letter["at"]


def test_run_of_a_dead_letter_ends(broker: Environment, elsewhere: Elsewhere) -> None:
    (run_id,) = put_to_death(elsewhere, broker)
    settle.run()
    settle.run()

    with session_scope() as session:
        run = RunService.get(session, run_id)
    assert (run.state, run.steps[0].state, run.steps[0].reason) == (RunState.FAILED, StepState.FAILED, "worker_lost")


def test_redriven_run_goes_on(broker: Environment, elsewhere: Elsewhere) -> None:
    (run_id,) = put_to_death(elsewhere, broker)
    settle.run()

    assert partflow("redrive").output == "1 sent again\n"
    assert shown("dead") == []
    assert step(run_id).state == StepState.PENDING


def test_every_letter_is_seen_however_many_there_are(broker: Environment) -> None:
    with Connection(broker["PARTFLOW_BROKER_URL"]) as connection, Producer(connection) as producer:
        for number in range(1_200):
            producer.publish(b"", exchange=DEAD_EXCHANGE.name, routing_key="", headers={"id": str(number)})
    eventually(lambda: of(DEAD_QUEUE)["messages"] == 1_200, Path(os.devnull))

    assert [letter["id"] for letter in shown("dead")] == [str(number) for number in range(1_200)]
    assert partflow("drop", "--all").output == "1200 dropped\n"


@pytest.mark.parametrize(("queue", "letters"), [("maintenance", 0), ("documents", 1)])
def test_message_that_expires_is_a_dead_letter_no_longer_than_until_settling(
    broker: Environment, queue: str, letters: int
) -> None:
    with Connection(broker["PARTFLOW_BROKER_URL"]) as connection, Producer(connection) as producer:
        producer.publish(b"", exchange=EXCHANGE.name, routing_key=queue, expiration=0.01)
    eventually(lambda: of(queue)["messages"] == 0, Path(os.devnull))
    eventually(lambda: of(DEAD_QUEUE)["messages"] == letters, Path(os.devnull))
    settle.run()

    assert shown("dead") == []


def test_only_the_chosen_are_dropped(broker: Environment, elsewhere: Elsewhere) -> None:
    put_to_death(elsewhere, broker, 3)
    first = str(shown("dead")[0]["id"])

    assert partflow("drop").exit_code != 0
    assert partflow("drop", first).output == "1 dropped\n"
    assert partflow("drop", "--queue", "vision").output == "0 dropped\n"
    assert len(shown("dead")) == 2
    assert partflow("drop", "--all").output == "2 dropped\n"


def test_redriving_all_leaves_out_what_came_from_no_queue(broker: Environment, elsewhere: Elsewhere) -> None:
    put_to_death(elsewhere, broker)
    with Connection(broker["PARTFLOW_BROKER_URL"]) as connection, Producer(connection) as producer:
        for routing_key, exchange in (("inventory", EXCHANGE.name), ("", DEAD_EXCHANGE.name)):
            producer.publish(b"", exchange=exchange, routing_key=routing_key)
        empty = Queue("inventory")(connection.default_channel).get()
        assert empty
        empty.reject()
    eventually(lambda: of(DEAD_QUEUE)["messages"] == 3, Path(os.devnull))

    assert partflow("redrive").output == "2 sent again\n"
    assert [letter["queue"] for letter in shown("dead")] == [""]
    assert of("inventory")["messages"] == 1


@pytest.mark.parametrize("deaths", ["abc", [5], {}, {"count": "many"}, [{"count": "many", "time": 5, "queue": [1]}]])
def test_letter_with_a_death_that_rabbitmq_did_not_write_is_listed_and_dropped(
    broker: Environment, deaths: object
) -> None:
    with Connection(broker["PARTFLOW_BROKER_URL"]) as connection, Producer(connection) as producer:
        producer.publish(b"", exchange=DEAD_EXCHANGE.name, routing_key="", headers={"x-death": deaths})
    eventually(lambda: of(DEAD_QUEUE)["messages"] == 1, Path(os.devnull))

    settle.run()
    assert [(letter["count"], letter["at"]) for letter in shown("dead")] == [(1, None)]
    assert partflow("redrive").output == "0 sent again\n"
    assert partflow("drop", "--all").output == "1 dropped\n"


def test_message_that_cannot_be_read_becomes_a_dead_letter(broker: Environment, tmp_path: Path) -> None:
    with Connection(broker["PARTFLOW_BROKER_URL"]) as connection, Producer(connection) as producer:
        producer.publish(b"\xff", exchange=EXCHANGE.name, routing_key="inventory", content_type="application/json")
    log = tmp_path / "worker"
    with worker(log, broker, WorkQueue.INVENTORY):
        eventually(lambda: of(DEAD_QUEUE)["messages"] == 1, log)

    assert [letter["reason"] for letter in shown("dead")] == ["rejected"]


@pytest.mark.parametrize(
    ("setting", "value", "sentence"),
    [
        ("BROKER_URL", "amqp://somebody:else@{host}//", "RabbitMQ refuses: .*ACCESS_REFUSED"),
        ("BROKER_URL", "amqp://127.0.0.1:1//", "RabbitMQ cannot be reached"),
        ("DATABASE_URL", "postgresql+psycopg://127.0.0.1:1/none", "the database cannot be reached"),
    ],
)
def test_what_cannot_be_asked_is_named(
    broker: Environment, configure: Callable[..., None], setting: str, value: str, sentence: str
) -> None:
    host = broker["PARTFLOW_BROKER_URL"].rpartition("@")[2].rstrip("/")
    configure(**{setting: value.format(host=host)})
    with pytest.raises(ServerError, match=sentence):
        partflow("show")


def test_no_task_may_take_as_long_as_a_worker_may_keep_its_message() -> None:
    ours = [task for name, task in celery_app.tasks.items() if not name.startswith(("celery.", "test."))]
    longest = max(task.time_limit or celery_app.conf.task_time_limit for task in ours)
    (timeout,) = {(queue.queue_arguments or {})["x-consumer-timeout"] for queue in work_queues(get_settings().broker)}

    # One that waits behind another in the same worker, too; and RabbitMQ 3 has half an hour of its own.
    assert 2 * longest < timeout / 1000
    assert longest < 1800


def test_message_that_kills_whole_workers_becomes_a_dead_letter(
    broker: Environment, elsewhere: Elsewhere, configure: Callable[..., None], tmp_path: Path
) -> None:
    limits = {"BROKER_DELIVERY_LIMIT": 2, "ENGINE_MAX_ATTEMPTS": 1}
    configure(**limits)
    partflow("declare", "--recreate")
    environment = {**broker, **{f"PARTFLOW_{name}": str(value) for name, value in limits.items()}}
    elsewhere.run(environment, "crash.delay()")
    for life in range(4):
        log = tmp_path / f"worker-{life}"
        with worker(log, environment, WorkQueue.INVENTORY) as process:
            eventually(lambda: process.poll() is not None or of(DEAD_QUEUE)["messages"], log)
        if of(DEAD_QUEUE)["messages"]:
            break

    (letter,) = shown("dead")
    assert (letter["task"], letter["reason"]) == ("test.crash", "delivery_limit")


INTAKE = """
from engine.dispatch import publish
from engine.enqueue import start
from engine.pipeline import find_pipeline
from models.session import session_scope
from pipelines import part_intake
from schemas.intake import PartIntakeRequest

with session_scope() as session:
    run = start(session, find_pipeline("part_intake"), PartIntakeRequest(manufacturer_code="LM358"))
publish([run])
print(run.id)
"""


def test_run_that_finds_no_exchange_declares_it_and_is_sent(broker: Environment, elsewhere: Elsewhere) -> None:
    with Connection(broker["PARTFLOW_BROKER_URL"]) as connection:
        EXCHANGE(connection.default_channel).delete()
    run_id = UUID(elsewhere.run(broker, INTAKE).split()[-1])

    with session_scope() as session:
        run = RunService.get(session, run_id)
    assert (run.waiting_for, bool(run.sent_at)) == (None, True)
    eventually(lambda: [each["messages"] for each in shown("show") if each["messages"]] == [1], Path(os.devnull))
