"""Running a parser of hostile bytes in a child process with limits on memory, time and output.

SandboxError
├── TimedOut       used up its seconds, by the clock or of the CPU
├── OutOfMemory    wanted more memory than allowed
├── NotStarted     could not be started at all
├── Crashed        ended in any other way than with an answer
└── Garbage        answered in a shape that was not asked for
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
from contextlib import suppress
from pathlib import Path
from typing import IO, BinaryIO, Final, NamedTuple

from clients.files._child import MEMORY_EXIT, Orders
from settings.errors import PartflowError

_ROOT: Final = Path(__file__).resolve().parents[2]
_BOOT: Final = Path(__file__).with_name("_child.py")
_MEGABYTE: Final = 1 << 20
_COMPLAINT_BYTES: Final = 2000
_NOT_STARTED: Final = (126, 127)


class SandboxError(PartflowError):
    """The child gave no answer."""


class TimedOut(SandboxError):
    """Used up its seconds, by the clock or of the CPU."""


class OutOfMemory(SandboxError):
    """Wanted more memory than allowed."""


class Crashed(SandboxError):
    """Ended in any other way than with an answer."""


class NotStarted(SandboxError):
    """The child could not be started at all, which says nothing about the bytes."""


class Garbage(SandboxError):
    """Answered in a shape that was not asked for."""


class Limits(NamedTuple):
    """What one child may use up: `seconds` of the clock and of the CPU, and megabytes."""

    seconds: float
    memory_mb: int
    output_mb: int = 64


def run(module: str, content: bytes | BinaryIO, options: dict[str, int], *, limits: Limits) -> bytes:
    """Return `module.main(content, options)`, a function from bytes to bytes, as computed in a child process.

    What is read from a file is never held in memory here.

    The child sees no environment, is gone when this returns or raises, and dies with its parent.

    Raises:
        SandboxError: it gave no answer within its limits; the subclass says why.
    """
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer, tempfile.TemporaryFile() as complaint:
        shutil.copyfileobj(io.BytesIO(content) if isinstance(content, bytes) else content, given)
        given.seek(0)
        status = _status(_command(module, options, limits), limits.seconds, (given, answer, complaint))
        if status == 0:
            return _read(answer, limits.output_mb * _MEGABYTE)
        raise _reason(status, _read(complaint, _COMPLAINT_BYTES))


def _command(module: str, options: dict[str, int], limits: Limits) -> list[str]:
    paths = [str(_ROOT), *(path for path in sys.path if Path(path).is_absolute())]
    orders: Orders = {
        "parent": os.getpid(),
        "paths": paths,
        "module": module,
        "options": options,
        "seconds": math.ceil(limits.seconds),
        "memory_bytes": limits.memory_mb * _MEGABYTE,
        "output_bytes": limits.output_mb * _MEGABYTE,
    }
    return [sys.executable, "-I", "-S", str(_BOOT), json.dumps(orders)]


def _status(command: list[str], seconds: float, streams: tuple[IO[bytes], IO[bytes], IO[bytes]]) -> int:
    given, answer, complaint = streams
    with subprocess.Popen(
        command, stdin=given, stdout=answer, stderr=complaint, env={}, cwd="/", start_new_session=True
    ) as child:
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            raise TimedOut(f"no answer within {seconds:g} s") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child.pid, signal.SIGKILL)


def _reason(status: int, complaint: bytes) -> SandboxError:
    if -status in (signal.SIGXCPU, signal.SIGALRM):
        return TimedOut("used up its CPU time")
    if status == MEMORY_EXIT:
        return OutOfMemory("wanted more memory than allowed")
    if status in _NOT_STARTED:
        return NotStarted(f"the sandbox does not start (status {status})")
    last_line = complaint.decode(errors="replace").strip().rpartition("\n")[2]
    return Crashed(f"ended with status {status}: {last_line}")


def _read(file: IO[bytes], limit: int) -> bytes:
    file.seek(0)
    return file.read(limit)
