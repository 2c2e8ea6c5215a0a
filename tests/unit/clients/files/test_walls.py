"""What happens where the system gives less."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from clients.files import sandbox, walls
from clients.files._jail import Layer
from clients.files.pdf_reader import PdfReader
from clients.files.sandbox import Limits
from clients.files.sandbox_errors import Garbage, Unconfined
from clients.files.walls import parse_walls
from clients.files.warm_sandbox import WarmSandbox
from schemas.errors import Transient
from settings.groups import PdfSettings
from tests.unit.clients.files.test_sandbox import PLAYGROUND

LIMITS = Limits(seconds=20, memory_mb=256, output_mb=1)
WITHOUT_LANDLOCK = """
import runpy, sys
sys.path.insert(0, {root!r})
from clients.files import _jail
_jail._landlock = list
runpy.run_path({child!r}, run_name="__main__")
"""
LANDLOCK = (Layer.LANDLOCK_FILES, Layer.LANDLOCK_TCP, Layer.LANDLOCK_SCOPE)


@pytest.fixture
def without_landlock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Start children as on a system that has no Landlock."""
    root = str(Path(__file__).resolve().parents[4])
    boot = tmp_path / "boot.py"
    boot.write_text(WITHOUT_LANDLOCK.format(root=root, child=str(sandbox._BOOT)))
    monkeypatch.setattr(sandbox, "_BOOT", boot)


@pytest.fixture(autouse=True)
def nothing_is_noted_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walls, "_first_gap", threading.Lock())


@pytest.mark.usefixtures("without_landlock")
def test_missing_walls_are_named() -> None:
    found = sandbox.look(PLAYGROUND, LIMITS)

    assert found.missing[:3] == LANDLOCK
    assert not set(found.stand) & set(found.missing)


@pytest.mark.usefixtures("without_landlock")
def test_missing_walls_are_logged_once_and_parsing_goes_on() -> None:
    with capture_logs() as logged:
        assert [sandbox.run(PLAYGROUND, b"echo", {}, limits=LIMITS) for _ in range(2)] == [b"echo", b"echo"]

    (line,) = logged
    assert set(LANDLOCK) <= set(line["missing"])


@pytest.mark.usefixtures("without_landlock")
def test_where_all_walls_are_required_nothing_is_parsed(configure: Callable[..., None]) -> None:
    configure(SANDBOX_REQUIRE="all")

    with pytest.raises(Unconfined, match=r"no landlock_files, .*PARTFLOW_SANDBOX_REQUIRE"):
        sandbox.run(PLAYGROUND, b"echo", {}, limits=LIMITS)
    with (
        WarmSandbox(PLAYGROUND, limits=LIMITS, max_requests=9, idle_seconds=60) as child,
        pytest.raises(Unconfined, match="no landlock_files"),
    ):
        child.ask(b"echo")
    with pytest.raises(Transient, match=r"sandbox_unavailable: .*landlock_files"):
        PdfReader(PdfSettings()).read(b"%PDF-1.7")


def test_where_all_walls_stand_they_may_be_required(configure: Callable[..., None]) -> None:
    if missing := sandbox.look(PLAYGROUND, LIMITS).missing:
        pytest.skip(f"this system gives no {', '.join(missing)}")
    configure(SANDBOX_REQUIRE="all")

    assert sandbox.run(PLAYGROUND, b"echo", {}, limits=LIMITS) == b"echo"


@pytest.mark.parametrize("said", [b"{", b"[]", b'{"stand": ["moat"]}', b'{"stand": [], "more": 1}'])
def test_what_a_child_says_is_hostile(said: bytes) -> None:
    with pytest.raises(Garbage):
        parse_walls(said)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")
def test_children_of_root_are_users_of_their_own() -> None:
    def user(child: WarmSandbox) -> int:
        return Path(f"/proc/{int(child.ask(b'pid'))}").stat().st_uid

    with (
        WarmSandbox(PLAYGROUND, limits=LIMITS, max_requests=9, idle_seconds=60) as one,
        WarmSandbox(PLAYGROUND, limits=LIMITS, max_requests=9, idle_seconds=60) as other,
    ):
        assert user(one) != user(other)
        assert min(user(one), user(other)) >= 0x7FC0_0000


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can change users")
@pytest.mark.parametrize("withheld", ["-setuid", "-setgid", "-kill"])
def test_root_that_may_not_change_users_or_kill_them_stays_itself(withheld: str) -> None:
    code = f"from clients.files.sandbox import *; print(*look({PLAYGROUND!r}, Limits(20, 256)).missing)"
    words = ["setpriv", f"--bounding-set={withheld}", sys.executable, "-c", code]
    ended = subprocess.run(
        words, cwd=Path(__file__).resolve().parents[4], stdout=subprocess.PIPE, check=True, text=True
    )

    assert "account" in ended.stdout.split()


def test_layers_are_told_in_full() -> None:
    found = sandbox.look(PLAYGROUND, LIMITS)
    asked = {layer for layer in Layer if layer is not Layer.ACCOUNT or os.geteuid() == 0}

    assert {*found.stand, *found.missing} == asked
