"""Processes that run code for a test, each with its own settings for broker and database.

They are forked from one process that has imported everything, because the imports take seconds. Run as a program, this
module is that process: it reads one request per line and answers with the output of the code.
"""

import io
import json
import os
import subprocess
import sys
import traceback
from contextlib import redirect_stdout
from typing import Self
from uuid import UUID

from embedded.layout import CHECKOUT

Environment = dict[str, str]


class Elsewhere:
    """The process that the others are forked from; it ends with its `with` block."""

    def __enter__(self) -> Self:
        self._parent = subprocess.Popen(
            ("setpriv", "--pdeathsig", "KILL", sys.executable, "-m", __name__),
            env={**os.environ, "PYTHONPATH": str(CHECKOUT)},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._parent.communicate()

    def run(self, environment: Environment, code: str) -> str:
        """Run code in a new process and return its output; the names of odd_steps.py are defined in it."""
        assert self._parent.stdin
        assert self._parent.stdout
        print(json.dumps([environment, code]), file=self._parent.stdin, flush=True)
        printed, error = json.loads(self._parent.stdout.readline())
        assert not error, error
        return str(printed)

    def send(self, environment: Environment, name: str, count: int = 1, lane: str = "interactive") -> list[UUID]:
        """Start runs in a new process and return their ids."""
        return [UUID(line) for line in self.run(environment, f"send({name!r}, {count}, lane=Lane({lane!r}))").split()]


def _serve() -> None:
    # Imported here, because the test process has no use for these steps.
    from tests.support import newer_steps, odd_steps

    names = vars(odd_steps) | {"newer": newer_steps.newer}
    for line in sys.stdin:
        environment, code = json.loads(line)
        read, write = os.pipe()
        if os.fork() == 0:
            with os.fdopen(write, "w") as answer:
                json.dump(_run(environment, code, names), answer)
            os._exit(0)
        os.close(write)
        with os.fdopen(read) as answered:
            print(answered.read(), flush=True)
        os.wait()


def _run(environment: Environment, code: str, names: dict[str, object]) -> tuple[str, str]:
    os.environ.update(environment)
    printed = io.StringIO()
    try:
        with redirect_stdout(printed):
            exec(code, names)
    except BaseException:  # noqa: BLE001 - the test gets the traceback
        return printed.getvalue(), traceback.format_exc()
    return printed.getvalue(), ""


if __name__ == "__main__":
    _serve()
