"""Two real beats, of which the leading one is killed."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from subprocess import Popen
from typing import NamedTuple

from engine.ledger.beat import BeatService
from models import Beat
from models.session import session_scope
from tests.support.workers import beat, eventually


class TwoBeats(NamedTuple):
    """Two beats with the log of both, and where the broker's messages are."""

    processes: Mapping[str, Popen[bytes]]
    log: Path
    messages: Path

    def leader(self) -> str | None:
        """Return the process id of the one that leads, if one of them does."""
        return next((pid for each in beats() if each.leads and (pid := _pid(each)) in self.processes), None)

    def sent(self) -> int:
        """Return how many messages wait on the broker."""
        return sum(1 for _ in self.messages.glob("*.maintenance.msg"))

    def kill_leader(self) -> float:
        """Kill the one that leads, and return the seconds until the other one leads and sends something."""
        killed = self.leader()
        assert killed
        self.processes[killed].kill()
        began = time.monotonic()
        eventually(lambda: self.leader() not in (None, killed), self.log)
        before = self.sent()
        eventually(lambda: self.sent() > before, self.log)
        return time.monotonic() - began


def beats() -> list[Beat]:
    """Return the beats that the database knows."""
    with session_scope() as session:
        return list(BeatService.list(session))


@contextmanager
def two_beats(folder: Path, environment: Mapping[str, str]) -> Iterator[TwoBeats]:
    """Run two beats, one of which leads when the block begins, on the broker in a folder named broker."""
    log = folder / "beats"
    with beat(log, environment) as first, beat(log, environment) as second:
        running = TwoBeats({str(each.pid): each for each in (first, second)}, log, folder / "broker" / "queue")
        eventually(lambda: running.processes.keys() <= {_pid(each) for each in beats()} and running.leader(), log)
        yield running


def _pid(beat: Beat) -> str:
    return beat.name.rpartition("/")[2]
