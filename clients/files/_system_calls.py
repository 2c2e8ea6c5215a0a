"""The system calls that a confined parser may make; all others are refused, whatever they are called.

It computes: it takes and gives back memory, asks for the time, and reads and writes what is open already. Nothing here
opens, starts, signals, connects or changes a limit.
"""

import struct
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple


class CallNumbers(NamedTuple):
    """A call's numbers by the kind of processor; None where it does not have the call."""

    x86_64: int | None
    aarch64: int | None


ALLOWED: Final[Mapping[str, CallNumbers]] = {
    name: CallNumbers(x86_64, aarch64)
    for name, x86_64, aarch64 in (
        # what is open already
        ("read", 0, 63),
        ("write", 1, 64),
        ("readv", 19, 65),
        ("writev", 20, 66),
        ("pread64", 17, 67),
        ("pwrite64", 18, 68),
        ("lseek", 8, 62),
        ("close", 3, 57),
        ("fstat", 5, 80),
        ("poll", 7, None),
        ("ppoll", 271, 73),
        ("select", 23, None),
        ("pselect6", 270, 72),
        # memory
        ("munmap", 11, 215),
        ("mremap", 25, 216),
        ("madvise", 28, 233),
        ("brk", 12, 214),
        # its own state, and how it ends
        ("futex", 202, 98),
        ("sched_yield", 24, 124),
        ("sched_getaffinity", 204, 123),
        ("getcpu", 309, 168),
        ("membarrier", 324, 283),
        ("getpid", 39, 172),
        ("gettid", 186, 178),
        ("restart_syscall", 219, 128),
        ("exit", 60, 93),
        ("exit_group", 231, 94),
        # what it does when it is signalled, and its own alarm
        ("rt_sigaction", 13, 134),
        ("rt_sigprocmask", 14, 135),
        ("rt_sigreturn", 15, 139),
        ("sigaltstack", 131, 132),
        ("alarm", 37, None),
        ("setitimer", 38, 103),
        # time and chance
        ("clock_gettime", 228, 113),
        ("clock_getres", 229, 114),
        ("clock_nanosleep", 230, 115),
        ("nanosleep", 35, 101),
        ("gettimeofday", 96, 169),
        ("time", 201, None),
        ("getrusage", 98, 165),
        ("getrandom", 318, 278),
    )
}

_MAPPING: Final = {"mmap": CallNumbers(9, 222), "mprotect": CallNumbers(10, 226)}
"Allowed for memory that is not to be executed."
_NEWEST: Final = 462
"Newer calls than Linux 6.10 has are said not to exist, so that C libraries take older ones."


_MACHINES: Final = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
"What the kernel calls the kinds of processors; a call of another kind, such as one of 32 bits, ends the process."
_ALLOW, _REFUSE, _UNKNOWN, _KILL = 0x7FFF_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000
"Verdicts; two of them are the errors EPERM and ENOSYS."
_NUMBER, _MACHINE, _THIRD_ARGUMENT = 0, 4, 32
"Where the kernel puts what it knows of a call."
_PROT_EXEC: Final = 4


def program(machine: str) -> bytes | None:
    """Return a filter of system calls for a kind of processor, in the kernel's code for filters (BPF)."""
    return b"".join(_instructions(machine)) if machine in _MACHINES else None


def _instructions(machine: str) -> Iterator[bytes]:
    yield from (_load(_MACHINE), _if_equal(_MACHINES[machine], 1, 0), _return(_KILL), _load(_NUMBER))
    yield from (_instruction(0x35, _NEWEST + 1, 0, 1), _return(_UNKNOWN))
    for call in _MAPPING.values():
        yield from (_if_equal(getattr(call, machine), 0, 4), _load(_THIRD_ARGUMENT), _if_bit(_PROT_EXEC, 1, 0))
        yield from (_return(_ALLOW), _return(_REFUSE))
    for call in ALLOWED.values():
        if (number := getattr(call, machine)) is not None:
            yield from (_if_equal(number, 0, 1), _return(_ALLOW))
    yield _return(_REFUSE)


def _load(offset: int) -> bytes:
    return _instruction(0x20, offset)


def _if_equal(value: int, skip_if_so: int, skip_if_not: int) -> bytes:
    return _instruction(0x15, value, skip_if_so, skip_if_not)


def _if_bit(bit: int, skip_if_so: int, skip_if_not: int) -> bytes:
    return _instruction(0x45, bit, skip_if_so, skip_if_not)


def _return(verdict: int) -> bytes:
    return _instruction(0x06, verdict)


def _instruction(code: int, operand: int, skip_if_so: int = 0, skip_if_not: int = 0) -> bytes:
    return struct.pack("=HBBI", code, skip_if_so, skip_if_not, operand)
