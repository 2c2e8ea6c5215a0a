import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from clients.files import sandbox
from clients.files.sandbox import Limits
from tests.support.processes import children_of, is_running, wait_for

PLAYGROUND = "tests.unit.clients.files.sandbox_playground"
LIMITS = Limits(seconds=20, memory_mb=256, output_mb=1)


def play(game: bytes, limits: Limits = LIMITS) -> bytes:
    return sandbox.run(PLAYGROUND, game, {"double": 2}, limits=limits)


@pytest.mark.parametrize(
    ("game", "answer"),
    [
        (b"echo", b"echoecho"),
        (b"environment", b"[]"),
        (b"folder", b"/"),
    ],
)
def test_child_answers_alone(game: bytes, answer: bytes, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PARTFLOW_API_TOKEN", "a-secret-of-some-length")
    assert play(game) == answer


@pytest.mark.parametrize(
    ("game", "error", "limits"),
    [
        (b"sleep", sandbox.TimedOut, Limits(1, 256)),
        (b"spin", sandbox.TimedOut, Limits(1, 256)),
        (b"hoard", sandbox.OutOfMemory, LIMITS),
        (b"segfault", sandbox.Crashed, LIMITS),
        (b"raise", sandbox.Crashed, LIMITS),
        (b"flood", sandbox.Crashed, LIMITS),
    ],
)
def test_excess_is_a_typed_error(game: bytes, error: type[sandbox.SandboxError], limits: Limits) -> None:
    with pytest.raises(error):
        play(game, limits)


def test_child_is_not_put_before_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[int] = []
    monkeypatch.setattr(os, "getpriority", lambda _which, _who: 10)
    monkeypatch.setattr(os, "setpriority", lambda _which, _who, nice: asked.append(nice))

    play(b"echo")
    play(b"echo", Limits(20, 256, nice=15))

    assert asked == [10, 15]


def test_used_up_cpu_time_is_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sandbox, "_wait", lambda child, _seconds: child.wait(60))

    with pytest.raises(sandbox.TimedOut):
        play(b"spin", Limits(1, 256))


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux signals the death of a parent")
def test_child_dies_with_its_parent() -> None:
    call = f"sandbox.run({PLAYGROUND!r}, b'sleep', {{}}, limits=sandbox.Limits(60, 256))"
    code = f"from clients.files import sandbox; {call}"
    root = Path(__file__).resolve().parents[4]
    with subprocess.Popen([sys.executable, "-c", code], cwd=root) as parent:
        child = wait_for(lambda: children_of(parent.pid))
        parent.kill()
    wait_for(lambda: not is_running(child[0]))


def test_threads_may_share_it() -> None:
    answers: list[bytes] = []
    threads = [threading.Thread(target=lambda: answers.append(play(b"echo"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [b"echoecho"] * 3
