"""Running a parser of hostile bytes in a child process with walls, and limits on memory, time and output."""

import io
import json
import math
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, Final, NamedTuple

from clients.files._child import LENGTH_BYTES, Orders
from clients.files.sandbox_errors import Crashed, Garbage, NotStarted, OutOfMemory, SandboxError, TimedOut, reason
from clients.files.walls import MOST_BYTES, Walls, parse_walls
from observability.traces import span
from settings import get_settings

_ROOT: Final = Path(__file__).resolve().parents[2]
_BOOT: Final = Path(__file__).with_name("_child.py")
MEGABYTE: Final = 1 << 20

__all__ = ["Crashed", "Garbage", "Limits", "NotStarted", "OutOfMemory", "SandboxError", "TimedOut", "look", "run"]


class Limits(NamedTuple):
    """The limits of one child: `seconds` of the clock and of the CPU, and megabytes; `nice` lets others go first."""

    seconds: float
    memory_mb: int
    output_mb: int = 64
    nice: int = 0


def run(module: str, content: bytes | BinaryIO, options: dict[str, int], *, limits: Limits) -> bytes:
    """Return `module.main(content, options)`, a function from bytes to bytes, computed in a child process.

    The content of a file is never held in this process's memory.

    The child sees no environment, is gone when this returns or raises, and dies with its parent.

    Raises:
        SandboxError: the child gave no answer within its limits; the subclass tells the reason.
    """
    walls, answer = _run(module, content, options, limits)
    walls.note()
    if isinstance(answer, SandboxError):
        raise answer
    return answer


def look(module: str, limits: Limits) -> Walls:
    """Return the walls around children of a module.

    Raises:
        SandboxError: there is no such child.
    """
    walls, answer = _run(module, b"", {}, limits)
    if isinstance(answer, SandboxError) and not walls.stand:
        raise answer
    return walls


def _run(
    module: str, content: bytes | BinaryIO, options: dict[str, int], limits: Limits
) -> tuple[Walls, bytes | SandboxError]:
    with (
        span(module),
        tempfile.TemporaryFile() as given,
        tempfile.TemporaryFile() as answer,
        tempfile.TemporaryFile() as complaint,
    ):
        shutil.copyfileobj(io.BytesIO(content) if isinstance(content, bytes) else content, given)
        given.seek(0)
        try:
            with start(command(module, options, limits), (given, answer, complaint), {}) as child:
                # An ordinary account may not put its child before itself.
                os.setpriority(os.PRIO_PROCESS, child.pid, max(limits.nice, os.getpriority(os.PRIO_PROCESS, 0)))
                status = _wait(child, limits.seconds)
        except SandboxError as error:
            return Walls(), error
        answer.seek(0)
        walls = parse_walls(_message(answer, MOST_BYTES))
        if status == 0:
            return walls, _message(answer, limits.output_mb * MEGABYTE)
        return walls, reason(status, complaint)


def _message(answer: IO[bytes], most: int) -> bytes:
    length = int.from_bytes(answer.read(LENGTH_BYTES))
    return answer.read(min(length, most))


def command(module: str, options: dict[str, int], limits: Limits, *, idle_seconds: float = 0) -> list[str]:
    """Return the command line of a child, which answers once or, with `idle_seconds`, until it had to wait so long."""
    paths = [str(_ROOT), *(path for path in sys.path if Path(path).is_absolute())]
    orders: Orders = {
        "parent": os.getpid(),
        "paths": paths,
        "module": module,
        "options": options,
        "seconds": math.ceil(limits.seconds),
        "memory_bytes": limits.memory_mb * MEGABYTE,
        "output_bytes": limits.output_mb * MEGABYTE,
        "idle_seconds": math.ceil(idle_seconds),
        "all_walls": get_settings().sandbox.require == "all",
    }
    return [sys.executable, "-I", "-S", str(_BOOT), json.dumps(orders)]


def start(
    words: list[str],
    streams: tuple[IO[bytes] | int, IO[bytes] | int, IO[bytes]],
    environment: Mapping[str, str],
) -> subprocess.Popen[bytes]:
    """Start a child that sees no other environment; it dies with the thread that started it.

    Raises:
        NotStarted: the system starts no further process.
    """
    given, answer, complaint = streams
    try:
        return subprocess.Popen(
            words, stdin=given, stdout=answer, stderr=complaint, env=environment, cwd="/", start_new_session=True
        )
    except OSError as error:
        raise NotStarted(f"the sandbox does not start: {error}") from error


def kill(child: subprocess.Popen[bytes]) -> None:
    """Kill a child and all that it started."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(child.pid, signal.SIGKILL)


def _wait(child: subprocess.Popen[bytes], seconds: float) -> int:
    try:
        return child.wait(seconds)
    except subprocess.TimeoutExpired:
        raise TimedOut(f"no answer within {seconds:g} s") from None
    finally:
        kill(child)
