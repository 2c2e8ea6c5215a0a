"""supervisord's configuration file, written from the list of programs."""

import os
import re
import shlex
from collections.abc import Sequence
from pathlib import Path

from embedded.errors import EmbeddedError
from embedded.layout import CHECKOUT, Layout
from embedded.programs import Phase, Program

COMMENT = re.compile(r"(\s)([#;])")
UNWRITABLE = re.compile("[\0\r\n\ud800-\udfff]")
PROGRAM = """
[program:{program.name}]
command={command}
autostart={autostart}
autorestart=true
startsecs=2
startretries=1000
stopsignal={stop_signal}
stopwaitsecs={stop_seconds}
killasgroup={kill_group}
redirect_stderr=true
stdout_logfile=log/{program.name}.log
stdout_logfile_maxbytes=5MB
stdout_logfile_backups=2
"""
GROUP = """
[group:{name}]
programs={programs}
priority={priority}
"""
SUPERVISORD = """
[supervisord]
nodaemon=true
silent=true
nocleanup=true
logfile=log/supervisor.log
logfile_maxbytes=5MB
logfile_backups=2
pidfile=supervisor.pid
childlogdir=log
{user}
[unix_http_server]
file={socket}
chmod=0700

[rpcinterface:supervisor]
supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
"""


def configuration(layout: Layout, programs: Sequence[Program]) -> str:
    """Write the configuration; its relative paths start at the data folder, where supervisord is run.

    Raises:
        EmbeddedError: a command has a word that supervisor would read differently.
    """
    # Without it supervisord warns of being root.
    user = "user=root\n" if os.geteuid() == 0 else ""
    parts = [SUPERVISORD.format(user=user, socket=socket_path(layout))]
    for stage in Phase:
        members = [program for program in programs if program.stage == stage]
        names = ",".join(program.name for program in members)
        parts += [_program(program) for program in members]
        parts += [GROUP.format(name=stage.name.lower(), programs=names, priority=stage.value)] if members else []
    return "".join(parts)


def _program(program: Program) -> str:
    database = program.stage == Phase.DATABASE
    without = (word for name in program.unread for word in ("-u", name))
    given = (f"{name}={value}" for name, value in program.instead.items())
    bound = () if database else ("setpriv", "--pdeathsig", "KILL", "env", "-C", str(CHECKOUT), *without, *given)
    return PROGRAM.format(
        program=program,
        command=" ".join(_word(word) for word in (*bound, *program.command)),
        autostart=str(database).lower(),
        stop_signal="INT" if database else "TERM",
        stop_seconds=60 if database else 10,
        kill_group=str(not database).lower(),
    )


def _word(word: str) -> str:
    """Quote a word for supervisor: it splits like a shell, expands %, and cuts what follows white space and ; or #."""
    if UNWRITABLE.search(word):
        raise EmbeddedError(
            f"{word!r} cannot be passed to a program: supervisor's configuration file cannot hold a line break or "
            "bytes that are not UTF-8. Rename the folder, or choose another data folder with --data-dir."
        )
    return COMMENT.sub(r"""\1'"\2"'""", shlex.quote(word).replace("%", "%%"))


def socket_path(layout: Layout) -> Path:
    """Name the socket that supervisord answers at."""
    return layout.run / "supervisor.sock"
