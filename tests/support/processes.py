"""Looking at processes, and waiting for what they do."""

import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

_PAUSE_SECONDS = 0.02


def wait_for[T](seen: Callable[[], T], seconds: float = 120) -> T:
    """Return the first thing that is seen."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := seen():
            return value
        time.sleep(_PAUSE_SECONDS)
    return pytest.fail(f"waited {seconds:g} s in vain")


def children_of(pid: int) -> list[int]:
    """Return the processes that the first thread of a process started and that are still there."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def descendants_of(pid: int) -> Iterator[int]:
    """Yield the children of a process, and theirs."""
    for child in children_of(pid):
        yield child
        yield from descendants_of(child)


def is_running(pid: int) -> bool:
    """Tell whether a process has not ended."""
    try:
        os.kill(pid, 0)
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except (ProcessLookupError, FileNotFoundError):
        return False
