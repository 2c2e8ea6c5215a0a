"""A sandboxed child that is kept between requests, for a parser that takes seconds to load.

The pools of `multiprocessing`, `concurrent.futures` and pebble do not fit: Celery's workers may not start processes of
theirs, and they unpickle what a child answers, so that a child that was taken over would take over its parent.
"""

import socket
import subprocess
import tempfile
import time
import weakref
from collections.abc import Mapping
from threading import Lock
from typing import IO, Final, Self

from clients.files._child import LENGTH_BYTES
from clients.files.sandbox import MEGABYTE, Limits, command, kill, start
from clients.files.sandbox_errors import Crashed, Garbage, TimedOut, reason
from clients.files.walls import MOST_BYTES, parse_walls

_RETIRED: Final = 0
"The exit status of a child that ended because no request came."


class WarmSandbox:
    """Asks one child, and another after `max_requests`, after `idle_seconds` without any, or when it gave no answer.

    The limits are on each request; the first one's time includes what the module has to load. The child dies with its
    parent, or with the thread that started it.
    """

    def __init__(
        self,
        module: str,
        *,
        limits: Limits,
        max_requests: int,
        idle_seconds: float,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._module = module
        self._environment = environment or {}
        self._limits = limits
        self._max_requests = max_requests
        self._idle_seconds = idle_seconds
        self._lock = Lock()
        self._child: _Child | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def ask(self, content: bytes) -> bytes:
        """Return `module.main(content, {})`, one request at a time.

        Raises:
            SandboxError: the child gave no answer within its limits and is gone; the subclass says why.
        """
        with self._lock:
            try:
                return self._ask(content)
            except BaseException:
                # Also when this process has to stop: the answer would be taken for that to the next request.
                self.close()
                raise

    def close(self) -> None:
        """End the child, if there is one; the next request starts another."""
        if self._child:
            self._child.end()
        self._child = None

    def _ask(self, content: bytes) -> bytes:
        # One that has waited long enough may end in the moment in which it is asked.
        for _ in range(2):
            answer = self._warm().ask(content, self._limits)
            if answer is not None:
                return answer
            self.close()
        raise Crashed("ended without an answer")

    def _warm(self) -> "_Child":
        if self._child is None or self._child.asked >= self._max_requests or self._child.has_ended():
            self.close()
            words = command(self._module, {}, self._limits, idle_seconds=self._idle_seconds)
            self._child = _Child(words, self._environment)
        return self._child


class _Child:
    """One process, and the socket that is its input and its output."""

    def __init__(self, words: list[str], environment: Mapping[str, str]) -> None:
        self.asked = 0
        self._complaint = tempfile.TemporaryFile()  # noqa: SIM115  # it is closed when the child ends
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = start(words, (theirs.fileno(), theirs.fileno(), self._complaint), environment)
        self.end = weakref.finalize(self, _end, self._process, self._socket, self._complaint)

    def has_ended(self) -> bool:
        return self._process.poll() is not None

    def ask(self, content: bytes, limits: Limits) -> bytes | None:
        """Return the answer, or None when the child had ended by itself before it saw the request."""
        self.asked += 1
        deadline = time.monotonic() + limits.seconds
        try:
            answer = self._exchange(content, deadline, limits.output_mb * MEGABYTE)
            status = None if answer is not None else self._process.wait(_left(deadline))
        except (TimeoutError, subprocess.TimeoutExpired):
            raise TimedOut(f"no answer within {limits.seconds:g} s") from None
        if status in (None, _RETIRED):
            return answer
        raise reason(status, self._complaint)

    def _exchange(self, content: bytes, deadline: float, most: int) -> bytes | None:
        """Return the answer, or None when the child hangs up."""
        try:
            self._socket.settimeout(_left(deadline))
            self._socket.sendall(len(content).to_bytes(LENGTH_BYTES) + content)
            if self.asked == 1:
                parse_walls(self._message(MOST_BYTES, deadline)).note()
            return self._message(most, deadline)
        except (ConnectionError, EOFError):
            return None

    def _message(self, most: int, deadline: float) -> bytes:
        length = int.from_bytes(self._receive(LENGTH_BYTES, deadline))
        if length > most:
            raise Garbage(f"an answer of {length} bytes; at most {most} were expected")
        return self._receive(length, deadline)

    def _receive(self, size: int, deadline: float) -> bytes:
        received = bytearray()
        while len(received) < size:
            self._socket.settimeout(_left(deadline))
            some = self._socket.recv(size - len(received))
            if not some:
                raise EOFError
            received += some
        return bytes(received)


def _left(deadline: float) -> float:
    # A socket's timeout of zero would mean not to wait, which is another error.
    return max(0.001, deadline - time.monotonic())


def _end(process: subprocess.Popen[bytes], ours: socket.socket, complaint: IO[bytes]) -> None:
    kill(process)
    process.wait()
    ours.close()
    complaint.close()
