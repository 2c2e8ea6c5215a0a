"""The part of a private Ceph behind its gateway: the programs it is made of, a monitor and a storage daemon."""

import os
import subprocess
import time
import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from embedded.errors import EmbeddedError, with_log

TEMPLATE = Path(__file__).with_name("ceph.conf")
START_SECONDS = 90.0
KEYS = {
    "mon.": {"mon": "allow *"},
    "client.admin": {"mon": "allow *", "osd": "allow *"},
    "osd.0": {"mon": "allow profile osd", "osd": "allow *"},
    "client.rgw.a": {"mon": "allow rw", "osd": "allow rwx"},
}


class Programs:
    """Ceph's programs, run in one folder and with an empty environment, so that nothing of an installed one is read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        environment = (f"PATH={os.defpath}", "LC_ALL=C.UTF-8", f"CEPH_CONF={folder / 'ceph.conf'}")
        self._words = ("setpriv", "--pdeathsig", "KILL", "env", "-i", *environment)

    def run(self, *command: str) -> str:
        """Run a command to its end and return what it said.

        Raises:
            EmbeddedError: it failed.
        """
        words = (*self._words, *command)
        try:
            ended = subprocess.run(
                words, check=True, capture_output=True, text=True, cwd=self.folder, timeout=START_SECONDS
            )
        except subprocess.CalledProcessError as error:
            raise EmbeddedError(f"Ceph's {command[0]} failed: {error.stderr.strip()}") from error
        except subprocess.TimeoutExpired as error:
            raise EmbeddedError(f"Ceph's {command[0]} does not end; is this machine very busy?") from error
        return ended.stdout

    def spawn(self, *command: str) -> subprocess.Popen[bytes]:
        """Start a program that dies with this thread and does not hear Ctrl-C."""
        with self._log(command[0]).open("ab") as output:
            return subprocess.Popen(
                (*self._words, *command),
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )

    def wait_until(self, ready: Callable[[], bool], program: str, process: subprocess.Popen[bytes]) -> None:
        """Wait until a program that was spawned is ready.

        Raises:
            EmbeddedError: it has ended, or takes too long.
        """
        began = time.monotonic()
        while not ready():
            if process.poll() is not None:
                raise with_log(f"{program} has ended.", self._log(program))
            if time.monotonic() - began > START_SECONDS:
                raise with_log(f"{program} is not ready after {START_SECONDS:.0f} s.", self._log(program))
            time.sleep(0.05)

    def _log(self, program: str) -> Path:
        return self.folder / f"{program}.out"


@contextmanager
def serve_cluster(programs: Programs, **ports: int) -> Iterator[None]:
    """Serve an empty cluster; `ports` are the ones that the configuration names.

    Raises:
        EmbeddedError: it does not start.
    """
    _configure(programs.folder, ports)
    _make_monitor(programs, ports["mon_port"])
    with killed_at_end(programs.spawn("ceph-mon", "-f", "-i", "a")):
        identity = str(uuid.uuid4())
        programs.run("ceph", "--connect-timeout", "30", "osd", "new", identity)
        programs.run("ceph-osd", "-i", "0", "--mkfs", "--osd-uuid", identity, "--no-mon-config")
        with killed_at_end(programs.spawn("ceph-osd", "-f", "-i", "0")) as storage:
            # A gateway that starts before there is storage looks for it again only seconds later.
            programs.wait_until(lambda: "1 up" in programs.run("ceph", "osd", "stat"), "ceph-osd", storage)
            yield


@contextmanager
def killed_at_end(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """Kill a process at the end of the block: with its data thrown away, it need not stop in good order."""
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def _configure(folder: Path, ports: Mapping[str, int]) -> None:
    text = TEMPLATE.read_text("utf-8").format(folder=folder, fsid=uuid.uuid4(), **ports)
    (folder / "ceph.conf").write_text(text, "utf-8")
    for name in ("mon", "osd", "rgw", "crash"):
        (folder / name).mkdir()


def _make_monitor(programs: Programs, port: int) -> None:
    programs.run("monmaptool", "--create", "--addv", "a", f"[v2:127.0.0.1:{port}]", "monmap")
    programs.run("ceph-authtool", "--create-keyring", "keyring")
    for name, capabilities in KEYS.items():
        granted = [word for who, what in capabilities.items() for word in ("--cap", who, what)]
        programs.run("ceph-authtool", "keyring", "--gen-key", "-n", name, *granted)
    programs.run("ceph-mon", "--mkfs", "-i", "a", "--monmap", "monmap", "--keyring", "keyring")
