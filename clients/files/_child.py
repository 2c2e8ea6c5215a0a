"""The start of a sandboxed child: it limits itself, then calls the module that its orders name, once or often.

It is started as a file, without the site module and without an environment, so it imports the standard library only.
"""

import json
import os
import resource
import select
import signal
import sys
from collections.abc import Callable
from importlib import import_module
from typing import Final, TypedDict

MEMORY_EXIT: Final = 3
LENGTH_BYTES: Final = 8
"How long the number is that a warm child's requests and answers begin with: their length, big-endian."
_PR_SET_PDEATHSIG: Final = 1
_OPEN_FILES: Final = 64

type Main = Callable[[bytes, dict[str, int]], bytes]


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


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def _answer(main: Main, orders: Orders) -> None:
    """Answer one request: all of the input."""
    sys.stdout.buffer.write(main(sys.stdin.buffer.read(), orders["options"]))
    sys.stdout.flush()


def _serve(main: Main, orders: Orders) -> None:
    """Answer requests, each with an alarm of its own, until none comes for a time or the parent hangs up."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # What a library prints must not be taken for an answer.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    requests = sys.stdin.buffer
    while select.select([requests], [], [], orders["idle_seconds"])[0] and (length := requests.read(LENGTH_BYTES)):
        signal.alarm(orders["seconds"] + 1)
        answer = main(requests.read(int.from_bytes(length)), orders["options"])
        signal.alarm(0)
        answers.write(len(answer).to_bytes(LENGTH_BYTES) + answer)
        answers.flush()


def _main() -> None:
    orders: Orders = json.loads(sys.argv[1])
    _limit(orders)
    _die_with(orders["parent"])
    sys.path[:] = orders["paths"]
    try:
        main = import_module(orders["module"]).main
        (_serve if orders["idle_seconds"] else _answer)(main, orders)
    except MemoryError:
        os._exit(MEMORY_EXIT)


if __name__ == "__main__":
    _main()
