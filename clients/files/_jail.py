"""The walls around a parser: what a child gives up, for good, before it looks at the first byte of a file.

Each layer holds without the others. One that the system does not give is left out, and the child says so. The standard
library only, because nothing else is there when a child starts.
"""

import ctypes
import os
import platform
import resource
import signal
import struct
import sys
from enum import StrEnum
from pathlib import Path
from typing import Final

from clients.files import _system_calls as system_calls


class Layer(StrEnum):
    """A wall, in the order in which they are built."""

    ACCOUNT = "account"
    "The child runs as a user that owns nothing. Only root can change users, so other users do not have this layer."
    LIMITS = "limits"
    "Its memory is fixed, and it starts neither threads nor processes any more."
    NOT_DUMPABLE = "not_dumpable"
    "Processes of the same user can neither trace it nor look into its memory, and it leaves no core."
    NO_NEW_PRIVILEGES = "no_new_privs"
    "No program makes it another user."
    LANDLOCK_FILES = "landlock_files"
    "It opens, makes and deletes no file, and traces no process (Linux 5.13)."
    LANDLOCK_TCP = "landlock_tcp"
    "It neither binds nor connects a TCP socket (Linux 6.7)."
    LANDLOCK_SCOPE = "landlock_scope"
    "It signals no other process, and connects to no abstract socket (Linux 6.12)."
    SECCOMP = "seccomp"
    "It makes only the system calls of a list."


_SET_PDEATHSIG: Final = 1
_SET_DUMPABLE: Final = 4
_SET_NO_NEW_PRIVS: Final = 38

_OWN_ACCOUNTS: Final = 0x7FC0_0000
"Nothing gives out users from here on; with the process's number, children at the same time are different users."
_OWN_ACCOUNTS_IN_CONTAINER: Final = 65_000
"Where only 65536 users are mapped: neither Debian nor systemd gives these to anyone for good."
_SET_UID_AND_KILL: Final = 0b1110_0000
"The capabilities to change groups and users, and to kill another user's process."

_FILES_SINCE: Final = ((1, 0x1FFF), (2, 0x3FFF), (3, 0x7FFF), (5, 0xFFFF))
"The rights to files that Landlock knows, by its version."
_TCP_SINCE, _TCP = 4, 0b11
_SCOPE_SINCE, _SCOPE = 6, 0b11
_WHOLE_PROCESS_SINCE, _WHOLE_PROCESS = 8, 0b1000

_SECCOMP: Final = {"x86_64": 317, "aarch64": 277}
_LANDLOCK_CREATE_RULESET: Final = 444
_LANDLOCK_RESTRICT_SELF: Final = 446


def die_with(parent: int) -> None:
    """Die when the parent does, or now if it has."""
    if sys.platform == "linux":
        _prctl(_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit("the parent is gone")


def enter(parent: int) -> tuple[list[Layer], list[Layer]]:
    """Build all walls, and return those that stand and those that the system does not give."""
    stand = _account()
    # The kernel forgets with the user what was to happen when the parent dies.
    die_with(parent)
    expected = [layer for layer in Layer if layer is not Layer.ACCOUNT or os.geteuid() == 0]
    stand += _limits()
    if sys.platform == "linux":
        stand += _not_dumpable() + _no_new_privileges() + _landlock() + _seccomp()
    return stand, [layer for layer in expected if layer not in stand]


def _account() -> list[Layer]:
    if sys.platform != "linux" or os.geteuid() != 0 or not _may_change_users():
        return []
    for user in (_OWN_ACCOUNTS + os.getpid(), _OWN_ACCOUNTS_IN_CONTAINER + os.getpid() % 500):
        try:
            os.setgroups([])
            os.setresgid(user, user, user)
            os.setresuid(user, user, user)
        except OSError:
            continue
        return [Layer.ACCOUNT]
    return []


def _may_change_users() -> bool:
    """Tell whether root has the rights, which a container may withhold, and its parent that to kill the child."""
    status = Path("/proc/self/status").read_text("ascii", "replace")
    held = int(status.partition("CapEff:")[2].split()[0], 16)
    return held & _SET_UID_AND_KILL == _SET_UID_AND_KILL


def _not_dumpable() -> list[Layer]:
    return [Layer.NOT_DUMPABLE] if _prctl(_SET_DUMPABLE, 0) == 0 else []


def _limits() -> list[Layer]:
    for kind in (resource.RLIMIT_CORE, resource.RLIMIT_NPROC):
        resource.setrlimit(kind, (0, 0))
    fixed = resource.getrlimit(resource.RLIMIT_AS)[1] != resource.RLIM_INFINITY
    return [Layer.LIMITS] if fixed else []


def _no_new_privileges() -> list[Layer]:
    return [Layer.NO_NEW_PRIVILEGES] if _prctl(_SET_NO_NEW_PRIVS, 1) == 0 else []


def _landlock() -> list[Layer]:
    """Take all rights that Landlock knows, with no rule that would give any back.

    Before its version 8 this is for the thread that asks for it, so there must be no other.
    """
    version = _call(_LANDLOCK_CREATE_RULESET, None, 0, 1)
    if version < 1:
        return []
    files = max(rights for since, rights in _FILES_SINCE if since <= version)
    taken = {Layer.LANDLOCK_FILES: files}
    if version >= _TCP_SINCE:
        taken[Layer.LANDLOCK_TCP] = _TCP
    if version >= _SCOPE_SINCE:
        taken[Layer.LANDLOCK_SCOPE] = _SCOPE
    rights = struct.pack(f"={len(taken)}Q", *taken.values())
    rules = _call(_LANDLOCK_CREATE_RULESET, rights, len(rights), 0)
    if rules < 0:
        return []
    whole = _WHOLE_PROCESS if version >= _WHOLE_PROCESS_SINCE else 0
    holds_for_all = whole or len([*Path("/proc/self/task").iterdir()]) == 1
    failed = _call(_LANDLOCK_RESTRICT_SELF, rules, whole)
    os.close(rules)
    return list(taken) if holds_for_all and not failed else []


def _seccomp() -> list[Layer]:
    """Let the kernel refuse all system calls that are not on the list, to all threads."""
    program = system_calls.program(platform.machine())
    if program is None:
        return []
    held = ctypes.create_string_buffer(program, len(program))
    described = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(held))
    set_filter, all_threads = 1, 1
    failed = _call(_SECCOMP[platform.machine()], set_filter, all_threads, described)
    return [] if failed else [Layer.SECCOMP]


def _prctl(option: int, value: int) -> int:
    return int(ctypes.CDLL(None).prctl(option, *map(ctypes.c_ulong, (value, 0, 0, 0))))


def _call(number: int, *arguments: int | bytes | None) -> int:
    call = ctypes.CDLL(None).syscall
    call.restype = ctypes.c_long
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    return int(call(ctypes.c_long(number), *wide))
