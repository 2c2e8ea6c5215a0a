"""The lock on a data folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from embedded import Address, EmbeddedError, running
from embedded.guard import alive, hold, note_address

ADDRESS = Address("http://127.0.0.1:1", "http://127.0.0.1:2", "postgresql+psycopg://", os.getpid())


def _silent(message: str) -> None:
    del message


def test_second_start_names_the_first(tmp_path: Path) -> None:
    with hold(tmp_path, _silent):
        note_address(tmp_path, ADDRESS)
        with (
            pytest.raises(EmbeddedError, match=rf"running already.*{ADDRESS.api}.*{ADDRESS.pid}"),
            hold(tmp_path, _silent),
        ):
            pass


def test_running_stack_is_found(tmp_path: Path) -> None:
    with hold(tmp_path, _silent):
        note_address(tmp_path, ADDRESS)
        assert running(tmp_path) == ADDRESS


def test_stopped_stack_is_not_found(tmp_path: Path) -> None:
    with hold(tmp_path, _silent):
        note_address(tmp_path, ADDRESS)
    assert running(tmp_path) is None


def test_note_of_a_crashed_stack_is_not_believed(tmp_path: Path) -> None:
    (tmp_path / "lock").touch()
    note_address(tmp_path, ADDRESS)
    assert running(tmp_path) is None


def test_start_waits_for_a_crashed_one_to_stop(tmp_path: Path) -> None:
    told: list[str] = []
    script = "import fcntl, sys; f = open(sys.argv[1], 'w'); fcntl.flock(f, 2); print(flush=True); sys.stdin.read()"
    words = (sys.executable, "-c", script, str(tmp_path / "lock"))
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as leftover:
        assert leftover.stdin
        assert leftover.stdout
        leftover.stdout.readline()
        release = leftover.stdin.close

        def tell(message: str) -> None:
            told.append(message)
            release()

        with hold(tmp_path, tell):
            assert leftover.wait(30) == 0
    assert "waiting" in told[0]


def test_zombie_is_not_alive() -> None:
    with subprocess.Popen(["/bin/true"]) as process:
        os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
        assert not alive(process.pid)


def test_this_process_is_alive() -> None:
    assert alive(os.getpid())
