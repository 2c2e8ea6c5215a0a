"""The broker in a folder, with garbage in it and without the folder."""

import fcntl
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from kombu import Connection
from kombu.simple import SimpleQueue

from engine.worker.filesystem import Channel


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("queue", "control", "processed"):
        (tmp_path / name).mkdir()
    return tmp_path


@pytest.fixture
def queue(folder: Path) -> Iterator[SimpleQueue]:
    options = {
        "data_folder_in": str(folder / "queue"),
        "data_folder_out": str(folder / "queue"),
        "control_folder": str(folder / "control"),
        "processed_folder": str(folder / "processed"),
        "polling_interval": 0.01,
    }
    with Connection(
        "filesystem://x//", transport="engine.worker.filesystem:Transport", transport_options=options
    ) as connection:
        # A name of its own, because kombu remembers bindings as long as the process lives.
        queue = connection.SimpleQueue(folder.name)
        yield queue
        queue.close()


def test_message_comes_through(queue: SimpleQueue) -> None:
    queue.put({"run": 1})

    assert queue.get(timeout=60).payload == {"run": 1}


def test_nothing_but_whole_messages_is_in_the_folder(queue: SimpleQueue, folder: Path) -> None:
    queue.put({"run": 1})

    assert [path.suffix for path in (folder / "queue").iterdir()] == [".msg"]


@pytest.mark.parametrize("garbage", [b"", b"{", b"\xff\xfe"])
def test_garbage_stops_nobody(queue: SimpleQueue, folder: Path, garbage: bytes) -> None:
    (folder / "queue" / f"0_first.{folder.name}.msg").write_bytes(garbage)
    queue.put({"run": 1})

    assert queue.get(timeout=60).payload == {"run": 1}


def test_folder_that_is_gone_is_made_again(queue: SimpleQueue, folder: Path) -> None:
    shutil.rmtree(folder / "queue")
    with pytest.raises(queue.Empty):
        queue.get(timeout=0.05)
    queue.put({"run": 1})

    assert queue.get(timeout=60).payload == {"run": 1}


def test_bindings_that_another_process_makes_are_waited_for(queue: SimpleQueue, folder: Path) -> None:
    assert isinstance(queue.channel, Channel)
    bindings = folder / "control" / "new.exchange"
    with (folder / "control" / "tables.lock").open("a") as guard, ThreadPoolExecutor(1) as reader:
        fcntl.flock(guard, fcntl.LOCK_EX)
        bindings.touch()
        reading = reader.submit(queue.channel.get_table, "new")
        with pytest.raises(TimeoutError):
            reading.result(timeout=0.1)
        bindings.write_text('[["", "", "a queue"]]')
        fcntl.flock(guard, fcntl.LOCK_UN)

        assert reading.result(timeout=60) == [("", "", "a queue")]
