import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from types import FrameType

import pytest

from clients.files import sandbox
from clients.files.sandbox import Limits
from clients.files.warm_sandbox import WarmSandbox
from tests.support.processes import children_of, is_running, wait_for
from tests.unit.clients.files.test_sandbox import PLAYGROUND

LIMITS = Limits(seconds=20, memory_mb=256, output_mb=1)
LATE = LIMITS._replace(seconds=0.5)
Warm = Callable[..., WarmSandbox]


@pytest.fixture
def warm() -> Iterator[Warm]:
    opened: list[WarmSandbox] = []

    def start(limits: Limits = LIMITS, *, max_requests: int = 100, idle_seconds: float = 60) -> WarmSandbox:
        opened.append(WarmSandbox(PLAYGROUND, limits=limits, max_requests=max_requests, idle_seconds=idle_seconds))
        return opened[-1]

    yield start
    for each in opened:
        each.close()


def test_one_process_answers_many(warm: Warm) -> None:
    child = warm()

    assert child.ask(b"pid") == child.ask(b"pid")
    assert child.ask(b"echo") == b"echo"
    assert child.ask(b"") == b""


def test_child_is_replaced_after_its_requests(warm: Warm) -> None:
    child = warm(max_requests=2)

    pids = [int(child.ask(b"pid")) for _ in range(4)]

    assert pids[0] == pids[1] != pids[2] == pids[3]
    assert not is_running(pids[0])


def test_idle_child_ends_and_the_next_request_starts_another(warm: Warm) -> None:
    child = warm(idle_seconds=1)
    pid = int(child.ask(b"pid"))
    wait_for(lambda: not is_running(pid))

    assert int(child.ask(b"pid")) != pid


def test_child_that_ends_as_it_is_asked_is_replaced(warm: Warm, monkeypatch: pytest.MonkeyPatch) -> None:
    child = warm(idle_seconds=1)
    pid = int(child.ask(b"pid"))
    wait_for(lambda: not is_running(pid))
    # It looked alive a moment ago.
    monkeypatch.setattr("clients.files.warm_sandbox._Child.has_ended", lambda _: False)

    assert int(child.ask(b"pid")) != pid


@pytest.mark.parametrize(
    ("game", "error"),
    [
        (b"hoard", sandbox.OutOfMemory),
        (b"segfault", sandbox.Crashed),
        (b"raise", sandbox.Crashed),
        (b"leave", sandbox.Crashed),
        (b"flood", sandbox.Garbage),
    ],
)
def test_excess_costs_one_request(warm: Warm, game: bytes, error: type[sandbox.SandboxError]) -> None:
    child = warm()
    pid = int(child.ask(b"pid"))

    with pytest.raises(error):
        child.ask(game)

    assert not is_running(pid)
    assert int(child.ask(b"pid")) != pid


@pytest.mark.parametrize("game", [b"sleep", b"spin"])
def test_late_child_is_killed(warm: Warm, game: bytes) -> None:
    child = warm()
    pid = int(child.ask(b"pid"))

    child._limits = LATE
    with pytest.raises(sandbox.TimedOut):
        child.ask(game)

    assert not is_running(pid)


def test_request_larger_than_any_pipe_is_answered(warm: Warm) -> None:
    assert warm().ask(bytes(400_000)) == bytes(400_000)


def test_request_that_is_never_taken_times_out(warm: Warm) -> None:
    child = warm()
    os.kill(int(child.ask(b"pid")), signal.SIGSTOP)

    child._limits = LATE
    with pytest.raises(sandbox.TimedOut):
        child.ask(bytes(4_000_000))


def test_killed_child_costs_the_request_it_was_at(warm: Warm) -> None:
    child = warm()
    pid = int(child.ask(b"pid"))
    threading.Timer(0.3, partial(os.kill, pid, signal.SIGKILL)).start()

    with pytest.raises(sandbox.Crashed, match="status -9"):
        child.ask(b"sleep")
    assert int(child.ask(b"pid")) != pid


def test_interrupted_parent_never_takes_the_old_answer(warm: Warm) -> None:
    class Interrupted(Exception):
        pass

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise Interrupted

    child = warm()
    child.ask(b"pid")
    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, 0.3)
    try:
        with pytest.raises(Interrupted):
            child.ask(b"sleep")
    finally:
        signal.signal(signal.SIGALRM, before)
    assert child.ask(b"echo") == b"echo"


def test_what_a_library_prints_is_not_an_answer(warm: Warm) -> None:
    assert warm().ask(b"print") == b"print"


def test_threads_may_share_it(warm: Warm) -> None:
    child = warm()
    # It would die with the thread that starts it.
    child.ask(b"pid")
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(child.ask(b"echo"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert answers == [b"echo"] * 3


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the death of a parent")
@pytest.mark.parametrize("game", [b"sleep", b"pid"], ids=["at work", "waiting"])
def test_child_dies_with_its_parent(game: bytes) -> None:
    code = f"""if True:
        import time
        from clients.files.sandbox import Limits
        from clients.files.warm_sandbox import WarmSandbox
        child = WarmSandbox({PLAYGROUND!r}, limits=Limits(60, 256), max_requests=9, idle_seconds=60)
        child.ask({game!r})
        time.sleep(60)"""
    root = Path(__file__).resolve().parents[4]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root) as parent:
        (child,) = wait_for(lambda: children_of(parent.pid))
        parent.kill()
    wait_for(lambda: not is_running(child))


def test_nothing_is_left_of_one_that_is_forgotten() -> None:
    child = WarmSandbox(PLAYGROUND, limits=LIMITS, max_requests=9, idle_seconds=60)
    pid = int(child.ask(b"pid"))

    del child

    assert not is_running(pid)
