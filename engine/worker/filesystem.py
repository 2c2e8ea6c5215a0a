"""Celery's broker in a folder, made safe for readers and writers at the same moment."""

import fcntl
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Empty
from tempfile import NamedTemporaryFile
from time import monotonic
from typing import Any

import structlog
from kombu.transport import filesystem
from kombu.utils.json import dumps, loads

_LONGEST_WAIT = 0.3
"Seconds."

_log = structlog.get_logger()


def dead_folder(broker: Path) -> Path:
    """Return where the messages are kept that no worker can read or carry out."""
    return broker / "dead"


class Channel(filesystem.Channel):
    """A message appears whole or not at all, and one that cannot be read does not stop the worker."""

    def _put(self, queue: str, payload: dict[str, Any], **_: Any) -> None:  # type: ignore[override]  # kombu's stubs disagree
        """Write beside the queue, then rename into it; the stock transport lets others read a half-written file."""
        folder = Path(self.data_folder_out)
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile("w", dir=folder, suffix=".new", delete=False) as file:
            file.write(dumps(payload))
        Path(file.name).replace(folder / f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg")

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        """Take the next message; what is none becomes a dead letter, and the one after it is taken."""
        for path in sorted(Path(self.data_folder_in).glob(f"*.{queue}.msg")):
            taken = Path(self.processed_folder) / path.name
            try:
                path.rename(taken)
            except FileNotFoundError:
                continue  # Another worker was quicker.
            payload = self._read(taken.read_bytes())
            if payload is not None:
                taken.unlink()
                return payload
            _log.error("message cannot be read", queue=queue, file=path.name)
            taken.rename(self._dead_folder() / path.name)
        raise Empty

    def _read(self, content: bytes) -> Any:
        """Return a message as kombu takes it; None when it is none."""
        try:
            payload = loads(content.decode())
            message = self.Message(payload, channel=self)
            whole = isinstance(message.delivery_tag, str) and isinstance(message.headers, dict)
        except Exception:  # noqa: BLE001 - anybody who can write into the folder may have written anything
            return None
        return payload if whole and isinstance(message.delivery_info, dict) else None

    def basic_reject(self, delivery_tag: str, requeue: bool = False) -> None:
        """Give a message back, or make a dead letter of it; the stock transport drops it then."""
        message = self.qos.get(delivery_tag)
        if not requeue:
            (self._dead_folder() / f"{uuid.uuid4()}.msg").write_text(dumps(message.serializable()))
        super().basic_reject(delivery_tag, requeue=requeue)

    def _dead_folder(self) -> Path:
        folder = dead_folder(Path(self.data_folder_in).parent)
        folder.mkdir(parents=True, exist_ok=True)
        return folder

    def _queue_bind(self, exchange: str, routing_key: str, pattern: str, queue: str) -> None:  # type: ignore[override]  # likewise
        """Bind while nobody else reads or binds; the stock transport makes an exchange's file before it locks it."""
        with self._tables(fcntl.LOCK_EX):
            super()._queue_bind(exchange, routing_key, pattern, queue)

    def get_table(self, exchange: str) -> list[Any]:
        """Return the bindings of an exchange."""
        with self._tables(fcntl.LOCK_SH):
            table: list[Any] = super().get_table(exchange)
        return table

    @contextmanager
    def _tables(self, flags: int) -> Iterator[None]:
        """Hold the lock of all tables of bindings, alone or with other readers."""
        self.control_folder.mkdir(parents=True, exist_ok=True)
        # Closing the file gives the lock back.
        with (self.control_folder / "tables.lock").open("a") as guard:
            fcntl.flock(guard, flags)
            yield


class Transport(filesystem.Transport):
    """The transport of `filesystem://`."""

    Channel = Channel

    def drain_events(self, connection: Any, timeout: float | None = None, **kwargs: Any) -> None:
        """Wait for a message, and never so long that the worker is late to see that it has to stop."""
        super().drain_events(connection, timeout=min(timeout or _LONGEST_WAIT, _LONGEST_WAIT), **kwargs)
