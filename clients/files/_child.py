"""The first thing a sandboxed child runs: it limits itself, then calls the module it was ordered to.

It is started as a file, without the site module and without an environment, so it imports the standard library only.
"""

import json
import os
import resource
import signal
import sys
from importlib import import_module
from typing import Final, TypedDict

MEMORY_EXIT: Final = 3
_PR_SET_PDEATHSIG: Final = 1
_OPEN_FILES: Final = 64


class Orders(TypedDict):
    """What the parent wants, as JSON on the command line."""

    parent: int
    paths: list[str]
    module: str
    options: dict[str, int]
    seconds: int
    memory_bytes: int
    output_bytes: int


def _limit(orders: Orders) -> None:
    # The alarm and the CPU limit hold even when the parent is gone and nobody waits for this process any more.
    signal.alarm(orders["seconds"] + 1)
    limits = {
        resource.RLIMIT_CPU: orders["seconds"],
        resource.RLIMIT_AS: orders["memory_bytes"],
        resource.RLIMIT_FSIZE: orders["output_bytes"],
        resource.RLIMIT_NOFILE: _OPEN_FILES,
        resource.RLIMIT_CORE: 0,
    }
    for kind, value in limits.items():
        _, hard = resource.getrlimit(kind)
        most = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(kind, (most, most))


def _die_with(parent: int) -> None:
    if sys.platform == "linux":
        import ctypes

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def _main() -> None:
    orders: Orders = json.loads(sys.argv[1])
    _limit(orders)
    _die_with(orders["parent"])
    sys.path[:] = orders["paths"]
    try:
        answer = import_module(orders["module"]).main(sys.stdin.buffer.read(), orders["options"])
        sys.stdout.buffer.write(answer)
        sys.stdout.flush()
    except MemoryError:
        os._exit(MEMORY_EXIT)


if __name__ == "__main__":
    _main()
