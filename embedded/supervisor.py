"""supervisord, which restarts what dies: its life as our child, and talking to it."""

import http.client
import os
import signal
import subprocess
import sys
import xmlrpc.client
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from embedded.configuration import configuration, socket_path
from embedded.errors import with_log
from embedded.guard import running
from embedded.layout import Layout, make_layout
from embedded.programs import Phase, Program

STOP_SECONDS = 90.0


@dataclass(frozen=True)
class ProcessHealth:
    """How one program is; `state` is supervisor's word (RUNNING, STARTING, BACKOFF, EXITED, FATAL, STOPPED ...)."""

    name: str
    state: str
    pid: int | None
    uptime_seconds: int
    exit_status: int | None

    @property
    def failed(self) -> bool:
        """Whether it has ended, rather than being started or stopped."""
        return self.state in {"BACKOFF", "EXITED", "FATAL", "UNKNOWN"}


class Supervisor:
    """A supervisord that lives no longer than this process, and its programs no longer than it."""

    def __init__(self, layout: Layout, programs: Sequence[Program]) -> None:
        self._layout = layout
        self._programs = programs
        self._process: subprocess.Popen[bytes] | None = None
        self._first_pids: dict[str, int] = {}

    def start(self, environment: Mapping[str, str], lock: int) -> None:
        """Start supervisord, and with it the database; `lock` is the file descriptor that it keeps open.

        It has a session of its own, so that Ctrl-C in the terminal reaches only this process.
        """
        config = self._layout.data / "supervisor.conf"
        config.write_text(configuration(self._layout, self._programs), "utf-8")
        words = ("-P", "-m", "embedded.supervisord", "-n", "-c", config.name)
        with (self._layout.log / "supervisor-start.log").open("wb") as output:
            self._process = subprocess.Popen(
                ("/usr/bin/env", "setpriv", "--pdeathsig", "TERM", sys.executable, *words),
                cwd=self._layout.data,
                env=dict(environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
                pass_fds=(lock,),
            )

    def start_stages(self, *stages: Phase) -> None:
        """Start all programs of the stages, without waiting for them."""
        for stage in stages:
            if all(program.stage != stage for program in self._programs):
                continue
            _call(self._layout, "startProcessGroup", stage.name.lower(), False)

    def restart(self, name: str) -> None:
        """Stop a program and start it again."""
        stage = next(program.stage for program in self._programs if program.name == name)
        full_name = f"{stage.name.lower()}:{name}"
        _call(self._layout, "stopProcess", full_name)
        _call(self._layout, "startProcess", full_name)

    def check(self) -> None:
        """Make sure, while starting, that no program has ended, not even to be started again.

        Raises:
            EmbeddedError: one has; the message ends with its log.
        """
        if self._process is None or self._process.poll() is not None:
            raise with_log("The supervisor has ended.", self._layout.log / "supervisor-start.log")
        for process in process_health(self._layout):
            restarted = process.pid and self._first_pids.setdefault(process.name, process.pid) != process.pid
            if process.failed or restarted:
                raise with_log(f"The program {process.name} does not start.", self._layout.log / f"{process.name}.log")

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until supervisord has ended, and tell whether it has."""
        if self._process is None:
            return True
        try:
            self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Stop all programs, the database last, and what they have left behind."""
        if self._process is None:
            return
        self._process.terminate()
        if not self.wait(STOP_SECONDS):
            self._process.kill()
            self._process.wait()
        _kill_session(self._process.pid)
        self._process = None


def health(data_dir: Path) -> list[ProcessHealth]:
    """Ask how the programs of the stack in this data folder are; there are none when it does not run."""
    return process_health(make_layout(data_dir)) if running(data_dir) else []


def process_health(layout: Layout) -> list[ProcessHealth]:
    """Ask the supervisor of this installation how its programs are; without one there are none."""
    try:
        answer = _call(layout, "getAllProcessInfo")
    except (OSError, http.client.HTTPException):
        return []
    return [_health(info) for info in cast(list[dict[str, str | int]], answer)]


def _health(info: Mapping[str, str | int]) -> ProcessHealth:
    pid = int(info["pid"])
    return ProcessHealth(
        name=str(info["name"]),
        state=str(info["statename"]),
        pid=pid or None,
        uptime_seconds=int(info["now"]) - int(info["start"]) if pid else 0,
        exit_status=None if pid or not info["stop"] else int(info["exitstatus"]),
    )


def _call(layout: Layout, method: str, *arguments: str | bool) -> object:
    # Where nothing is embedded, supervisor is not installed.
    from supervisor.xmlrpc import SupervisorTransport  # type: ignore[import-untyped]  # supervisor has no types

    transport = SupervisorTransport(serverurl=f"unix://{socket_path(layout)}")
    with xmlrpc.client.ServerProxy("http://supervisor", transport=transport) as server:
        return getattr(server.supervisor, method)(*arguments)


def _kill_session(session: int) -> None:
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if os.getsid(int(process.name)) == session:
                os.kill(int(process.name), signal.SIGKILL)
        except OSError:
            continue
