"""Code that runs in processes of its own, each with the broker and database that a test gives it.

They are forked from one process, so that what takes seconds to import is imported once. As a program, that process:
it takes requests from its standard input, a line each, and answers with what the code has printed.
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
    """The process that the others are forked from, for as long as a `with` block lasts."""

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
        """Run code that has the steps of the tests by name, and return what it has printed."""
        assert self._parent.stdin
        assert self._parent.stdout
        print(json.dumps([environment, code]), file=self._parent.stdin, flush=True)
        printed, error = json.loads(self._parent.stdout.readline())
        assert not error, error
        return str(printed)

    def send(self, environment: Environment, name: str, count: int = 1, lane: str = "interactive") -> list[UUID]:
        """Start runs as another process does."""
        return [UUID(line) for line in self.run(environment, f"send({name!r}, {count}, lane=Lane({lane!r}))").split()]


def _serve() -> None:
    # Only here, so that a test that asks does not import what it has no use for.
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
    except BaseException:  # noqa: BLE001 - the test that asked for it is told
        return printed.getvalue(), traceback.format_exc()
    return printed.getvalue(), ""


if __name__ == "__main__":
    _serve()
