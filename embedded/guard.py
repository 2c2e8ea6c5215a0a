"""The lock on a data folder, and the note in it that says who runs there and at which addresses."""

import fcntl
import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from embedded.errors import EmbeddedError

# A question by `running` holds the lock for a moment, too.
MOMENT_SECONDS = 0.5
STOPPING_SECONDS = 90.0


@dataclass(frozen=True)
class Address:
    """Where a running stack is."""

    api: str
    flower: str
    database_url: str
    pid: int


def running(data: Path) -> Address | None:
    """Find the stack that runs in the data folder, if any."""
    data = data.expanduser()
    try:
        with (data / "lock").open("rb") as lock:
            if _take(lock.fileno()):
                return None
    except OSError:
        return None
    return _read(data)


def note_address(data: Path, address: Address) -> None:
    """Leave a note for `running`."""
    note = data / "stack.json.new"
    note.touch(mode=0o600)
    note.write_text(json.dumps(asdict(address), indent=1), "utf-8")
    note.replace(data / "stack.json")


@contextmanager
def hold(data: Path, on_progress: Callable[[str], None]) -> Iterator[int]:
    """Hold the data folder's lock; yields its file descriptor, which the supervisor inherits.

    The lock lasts until both this process and the supervisor are gone, so a start right after a crash waits for the
    crashed one's programs to stop.

    Raises:
        EmbeddedError: another stack runs in this data folder.
    """
    lock = os.open(data / "lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        _wait(lock, data, on_progress)
        (data / "stack.json").unlink(missing_ok=True)
        try:
            yield lock
        finally:
            (data / "stack.json").unlink(missing_ok=True)
    finally:
        os.close(lock)


def _wait(lock: int, data: Path, on_progress: Callable[[str], None]) -> None:
    began = time.monotonic()
    told = False
    while not _take(lock):
        waited = time.monotonic() - began
        address = _read(data)
        if waited > MOMENT_SECONDS and address and alive(address.pid):
            raise EmbeddedError(
                f"Partflow is running already in {data}: {address.api} (process {address.pid}); "
                "use that one, stop it, or choose another folder with --data-dir."
            )
        if waited > STOPPING_SECONDS:
            raise EmbeddedError(f"Another start or an earlier one still holds {data}; wait, or use --data-dir.")
        if waited > MOMENT_SECONDS and not told:
            told = True
            on_progress("waiting for an earlier start in this data folder to finish stopping")
        time.sleep(0.05)


def alive(pid: int) -> bool:
    """Tell whether a process runs; a zombie, which may never be reaped in a container, does not."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace").rpartition(")")[2].split()
    except OSError:
        return False
    return fields[0] not in "ZX"


def _take(lock: int) -> bool:
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _read(data: Path) -> Address | None:
    try:
        return Address(**json.loads((data / "stack.json").read_text("utf-8")))
    except (OSError, ValueError, TypeError):
        return None
