"""The start of a sandboxed child: it loads the parser that its orders name, confines itself, and only then parses.

It is started as a file, without the site module and without an environment, so it imports the standard library only.
"""

import codecs
import json
import os
import resource
import select
import signal
import sys
from importlib import import_module
from typing import IO, Final, Protocol, TypedDict, cast

MEMORY_EXIT: Final = 3
UNCONFINED_EXIT: Final = 4
LENGTH_BYTES: Final = 8
"How long the number is that a message between parent and child begins with: the message's length, big-endian."
_OPEN_FILES: Final = 64
_ENCODINGS: Final = ("ascii", "latin-1", "cp1252", "utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "gbk")
"Those of text in PDFs, pictures and tables; Python loads each when it is first used, which would be too late."


class Parser(Protocol):
    """A module that parses in a child, in one thread."""

    def warm(self) -> None:
        """Load all that `main` could need, because nothing can be loaded once the child is confined."""

    def main(self, content: bytes, options: dict[str, int], /) -> bytes:
        """Parse."""


class Orders(TypedDict):
    """The parent's orders, as JSON on the command line."""

    parent: int
    paths: list[str]
    module: str
    options: dict[str, int]
    seconds: int
    memory_bytes: int
    output_bytes: int
    idle_seconds: int
    "how long a warm child waits for its next request; 0 for a child that answers one, which is all of its input"
    all_walls: bool
    "whether to refuse to parse when the system does not give all walls"


def _limit(orders: Orders) -> None:
    limits = {
        resource.RLIMIT_AS: orders["memory_bytes"],
        resource.RLIMIT_FSIZE: orders["output_bytes"],
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    if not orders["idle_seconds"]:
        # The alarm and the CPU limit hold even when the parent is gone and nobody waits for this process any more.
        signal.alarm(orders["seconds"] + 1)
        limits[resource.RLIMIT_CPU] = orders["seconds"] + 1
    for kind, value in limits.items():
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        # The signal of a hard limit on CPU time is SIGKILL, which does not say what for.
        resource.setrlimit(kind, (most - (kind == resource.RLIMIT_CPU), most))


def _confine(orders: Orders, answers: IO[bytes]) -> None:
    """Build the walls, and tell the parent which; after this, the parser may be taken over."""
    stand, missing = import_module("clients.files._jail").enter(orders["parent"])
    _send(answers, json.dumps({"stand": stand, "missing": missing}).encode())
    if missing and orders["all_walls"]:
        sys.stderr.write(f"this system gives the sandbox no {', '.join(missing)}")
        sys.stderr.flush()
        os._exit(UNCONFINED_EXIT)


def _send(answers: IO[bytes], message: bytes) -> None:
    answers.write(len(message).to_bytes(LENGTH_BYTES) + message)
    answers.flush()


def _answers() -> IO[bytes]:
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not be taken for an answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _answer(parser: Parser, orders: Orders) -> None:
    """Answer one request: all of the input."""
    answers = _answers()
    content = sys.stdin.buffer.read()
    _confine(orders, answers)
    _send(answers, parser.main(content, orders["options"]))


def _serve(parser: Parser, orders: Orders) -> None:
    """Answer requests, each with an alarm of its own, until none comes for a time or the parent hangs up."""
    answers = _answers()
    requests = sys.stdin.buffer
    _confine(orders, answers)
    while select.select([requests], [], [], orders["idle_seconds"])[0] and (length := requests.read(LENGTH_BYTES)):
        signal.alarm(orders["seconds"] + 1)
        answer = parser.main(requests.read(int.from_bytes(length)), orders["options"])
        signal.alarm(0)
        _send(answers, answer)


def _main() -> None:
    orders: Orders = json.loads(sys.argv[1])
    _limit(orders)
    sys.path[:] = orders["paths"]
    import_module("clients.files._jail").die_with(orders["parent"])
    try:
        parser = cast(Parser, import_module(orders["module"]))
        for encoding in _ENCODINGS:
            codecs.lookup(encoding)
        parser.warm()
        (_serve if orders["idle_seconds"] else _answer)(parser, orders)
    except MemoryError:
        os._exit(MEMORY_EXIT)


if __name__ == "__main__":
    _main()
