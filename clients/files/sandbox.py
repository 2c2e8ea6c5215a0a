"""Running a parser of hostile bytes in a child process with limits on memory, time and output.

SandboxError
├── TimedOut       the child used up its seconds, by the clock or of the CPU
├── OutOfMemory    the child needed more memory than allowed
├── NotStarted     the child could not be started
├── Crashed        the child ended without an answer
└── Garbage        the child's answer is malformed
"""

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

from clients.files._child import MEMORY_EXIT, Orders
from settings.errors import PartflowError

_ROOT: Final = Path(__file__).resolve().parents[2]
_BOOT: Final = Path(__file__).with_name("_child.py")
MEGABYTE: Final = 1 << 20
_COMPLAINT_BYTES: Final = 2000
_NOT_STARTED: Final = (126, 127)


class SandboxError(PartflowError):
    """The child gave no answer."""


class TimedOut(SandboxError):
    """The child used up its seconds, by the clock or of the CPU."""


class OutOfMemory(SandboxError):
    """The child needed more memory than allowed."""


class Crashed(SandboxError):
    """The child ended without an answer."""


class NotStarted(SandboxError):
    """The child could not be started, so the file is not to blame."""


class Garbage(SandboxError):
    """The child's answer is malformed."""


class Limits(NamedTuple):
    """The limits of one child: `seconds` of the clock and of the CPU, and megabytes."""

    seconds: float
    memory_mb: int
    output_mb: int = 64


def run(module: str, content: bytes | BinaryIO, options: dict[str, int], *, limits: Limits) -> bytes:
    """Return `module.main(content, options)`, a function from bytes to bytes, computed in a child process.

    The content of a file is never held in this process's memory.

    The child sees no environment, is gone when this returns or raises, and dies with its parent.

    Raises:
        SandboxError: the child gave no answer within its limits; the subclass tells the reason.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint:
        shutil.copyfileobj(io.BytesIO(content) if isinstance(content, bytes) else content, given)
        given.seek(0)
        with start(command(module, options, limits), (given, answer, complaint), {}) as child:
            status = _wait(child, limits.seconds)
        if status == 0:
            answer.seek(0)
            return answer.read(limits.output_mb * MEGABYTE)
        raise reason(status, complaint)


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


def reason(status: int, complaint: IO[bytes]) -> SandboxError:
    """Return why a child gave no answer, by its exit status and the last line of its complaints."""
    if -status in (signal.SIGXCPU, signal.SIGALRM):
        return TimedOut("used up its CPU time")
    if status == MEMORY_EXIT:
        return OutOfMemory("wanted more memory than allowed")
    if status in _NOT_STARTED:
        return NotStarted(f"the sandbox does not start (status {status})")
    complaint.seek(max(0, complaint.seek(0, os.SEEK_END) - _COMPLAINT_BYTES))
    last_line = complaint.read().decode(errors="replace").strip().rpartition("\n")[2]
    return Crashed(f"ended with status {status}" + (f": {last_line}" if last_line else ""))
