"""The private RabbitMQ: as an ordinary process, that loses nothing when it dies and leaves nothing behind."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from kombu import Connection

from embedded import NotInstalled, RabbitMQ, private_rabbitmq
from embedded.guard import alive
from embedded.layout import CHECKOUT

OTHER_PROCESS = """
from embedded import private_rabbitmq
with private_rabbitmq() as node:
    print(node.url, flush=True)
    input()
"""


def put(url: str, queue: str, message: str) -> None:
    with Connection(url, transport_options={"confirm_publish": True}) as connection:
        connection.SimpleQueue(queue, queue_args={"x-queue-type": "quorum"}).put(message)


def get(url: str, queue: str) -> object:
    with Connection(url) as connection:
        simple = connection.SimpleQueue(queue, queue_args={"x-queue-type": "quorum"})
        message = simple.get(timeout=10)
        message.ack()
        return message.payload


@pytest.mark.parametrize("end", ["stop", "kill"])
def test_confirmed_message_outlives_the_node(rabbitmq: RabbitMQ, end: str) -> None:
    put(rabbitmq.url, end, "kept")
    time.sleep(1.5)  # RabbitMQ writes down that there is a queue that late.
    getattr(rabbitmq, end)()
    rabbitmq.start()

    assert get(rabbitmq.url, end) == "kept"


def test_second_node_dies_with_its_process_and_leaves_the_first(rabbitmq: RabbitMQ) -> None:
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT)}
    words = (sys.executable, "-c", OTHER_PROCESS)
    with subprocess.Popen(words, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stdout.readline().strip() not in {rabbitmq.url, ""}
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        process.send_signal(signal.SIGKILL)
    deadline = time.monotonic() + 10
    while any(alive(int(child)) for child in children):
        assert time.monotonic() < deadline
        time.sleep(0.05)

    assert len(children) == 2
    put(rabbitmq.url, "first", "there")
    assert get(rabbitmq.url, "first") == "there"


def test_missing_rabbitmq_is_named_with_the_way_out(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("embedded.rabbitmq.PROGRAMS", tmp_path)

    with pytest.raises(NotInstalled, match="apt install rabbitmq-server"), private_rabbitmq():
        pass
