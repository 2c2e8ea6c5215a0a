"""A parser that is taken over gets nothing: whatever it tries fails in each kind of child, and succeeds outside."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from clients.files import sandbox
from clients.files._jail import Layer
from clients.files.sandbox import Limits
from clients.files.walls import Walls
from clients.files.warm_sandbox import WarmSandbox
from clients.parsers import PARSERS
from tests.security.attacks import Targets

ROOT = Path(__file__).resolve().parents[2]
LIMITS = Limits(seconds=120, memory_mb=1536)
KEPT = {"print on photos", "KiCad libraries"}
"Their children are kept between files."
ALL = [layer for layer in Layer if layer is not Layer.ACCOUNT or os.geteuid() == 0]
MAY_FAIL_ANYWHERE = {
    "open_by_32_bit_call",  # few kernels have these calls
    "handle_page_faults",  # some kernels lack it
    "load_a_program_into_the_kernel",  # some kernels lack it
    "watch_performance",  # containers refuse it
    "make_a_ring",  # likewise
    "read_keys_of_the_kernel",  # likewise
    "open_by_handle",  # some file systems have no handles
}
NEEDS_ROOT = {
    "read_passwords",
    "make_a_network_namespace",
    "trace_the_worker",
    "read_memory_of_the_worker",
    "read_memory_through_proc",
    "take_an_open_file_of_the_worker",
    "mount",
    "be_root",
}


@pytest.fixture(scope="module")
def targets(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Targets]:
    """Stand up what an attacker is after: servers, files, and a process with secrets."""
    folder = tmp_path_factory.mktemp("targets")
    (folder / "0.msg").touch()
    victim = "import ctypes, sys; print(ctypes.addressof(ctypes.create_string_buffer(8)), flush=True); sys.stdin.read()"
    with (
        closing(socket.create_server(("127.0.0.1", 0))) as api,
        socket.socket(socket.AF_UNIX) as database,
        socket.socket(socket.AF_UNIX) as abstract,
        subprocess.Popen(
            [sys.executable, "-c", victim], env={"SECRET": "1"}, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as process,
    ):
        database.bind(str(folder / ".s.PGSQL.5432"))
        abstract.bind(f"\0partflow-{os.getpid()}")
        database.listen()
        abstract.listen()
        assert process.stdout
        yield {
            "port": api.getsockname()[1],
            "socket": str(folder / ".s.PGSQL.5432"),
            "abstract": f"partflow-{os.getpid()}",
            "victim": process.pid,
            "address": int(process.stdout.readline()),
            "queue": str(folder),
            "source": str(ROOT / "clients" / "files" / "_child.py"),
        }
        process.kill()


@pytest.fixture
def walls(monkeypatch: pytest.MonkeyPatch) -> list[Walls]:
    """Return the walls of each child that this test starts."""
    told: list[Walls] = []
    monkeypatch.setattr(Walls, "note", lambda wall: told.append(wall))
    return told


def taken_over(parser: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make a module that loads what a parser does, and then attacks."""
    name = f"taken_over_{parser.replace('.', '_')}"
    (folder / f"{name}.py").write_text(
        f"import {parser} as parser\nfrom tests.security.attacks import main as main\nwarm = parser.warm\n"
    )
    monkeypatch.syspath_prepend(folder)
    return name


def attack(module: str, targets: Targets, *, kept: bool = False) -> set[str]:
    """Return what got out."""
    content = json.dumps(targets).encode()
    if kept:
        with WarmSandbox(module, limits=LIMITS, max_requests=1, idle_seconds=60) as child:
            answer = child.ask(content)
    else:
        answer = sandbox.run(module, content, {}, limits=LIMITS)
    found = json.loads(answer)
    assert len(found["tried"]) >= 50
    return set(found["through"])


def test_every_attempt_succeeds_without_walls(targets: Targets) -> None:
    code = "import sys; from tests.security.attacks import main; print(main(sys.stdin.buffer.read(), {}).decode())"
    with open(os.devnull, "rb") as left_open:  # noqa: PTH123  # a number is wanted
        ended = subprocess.run(
            [sys.executable, "-c", code],
            cwd=ROOT,
            input=json.dumps(targets).encode(),
            stdout=subprocess.PIPE,
            check=True,
            pass_fds=[left_open.fileno()],
        )
    found = json.loads(ended.stdout)
    may_fail = MAY_FAIL_ANYWHERE | (NEEDS_ROOT if os.geteuid() else set())
    if not os.access(str(targets["source"]), os.W_OK):
        may_fail |= {"change_our_source"}

    assert set(found["tried"]) - set(found["through"]) <= may_fail


@pytest.mark.parametrize("kind", PARSERS)
def test_nothing_gets_out_of_a_child(
    kind: str, targets: Targets, walls: list[Walls], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = taken_over(PARSERS[kind], tmp_path, monkeypatch)

    through = attack(module, targets, kept=kind in KEPT)

    if walls[0].missing:
        pytest.skip(f"this system gives no {', '.join(walls[0].missing)}")
    assert sorted(walls[0].stand) == sorted(ALL)
    assert through == set()


BOOT = """
import runpy, sys
sys.path.insert(0, {root!r})
from clients.files import _jail
_jail.{wall} = list
runpy.run_path({child!r}, run_name="__main__")
"""
WITHOUT_THE_LIST_OF_CALLS = {
    *("reach_the_api", "reach_an_abstract_socket", "listen"),
    *("read_passwords", "read_any_file", "read_keys_of_the_worker", "read_its_own_map", "open_by_another_call"),
    *("put_a_message_into_the_queue", "change_our_source", "list_a_folder", "leave_a_folder"),
    *("run_a_shell", "fork", "leave_a_daemon", "fork_by_clone", "fork_by_clone3"),
    *("signal_the_worker", "signal_the_parent", "trace_the_worker", "read_memory_of_the_worker"),
    *("have_more_memory", "raise_its_memory", "be_root"),
}
"What the other walls keep in by themselves."


def without(wall: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Let children be started without a wall, and return the module of one that is taken over."""
    boot = folder / "boot.py"
    boot.write_text(BOOT.format(root=str(ROOT), wall=wall, child=str(sandbox._BOOT)))
    monkeypatch.setattr(sandbox, "_BOOT", boot)
    return taken_over(PARSERS["tables"], folder, monkeypatch)


@pytest.mark.parametrize("wall", ["_account", "_limits", "_not_dumpable", "_landlock"])
def test_nothing_gets_out_where_one_wall_is_missing(
    wall: str, targets: Targets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert attack(without(wall, tmp_path, monkeypatch), targets) == set()


def test_the_other_walls_hold_without_the_list_of_calls(
    targets: Targets, walls: list[Walls], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    through = attack(without("_seccomp", tmp_path, monkeypatch), targets)

    if {*walls[0].missing} != {Layer.SECCOMP}:
        pytest.skip(f"this system gives no {', '.join(walls[0].missing)}")
    assert through & WITHOUT_THE_LIST_OF_CALLS == set()
    assert "make_a_file_of_memory" in through


def test_every_child_is_attacked() -> None:
    children = {".".join(path.relative_to(ROOT).with_suffix("").parts) for path in ROOT.glob("clients/**/_*_child.py")}

    assert children == set(PARSERS.values())
