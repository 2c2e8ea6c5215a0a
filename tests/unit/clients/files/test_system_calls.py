import re
import struct
from collections.abc import Callable
from pathlib import Path

import pytest

from clients.files import _system_calls as system_calls

ALLOWED, REFUSED, UNKNOWN, KILLED = 0x7FFF_0000, 0x0005_0001, 0x0005_0026, 0x8000_0000
MACHINES = {"x86_64": 0xC000_003E, "aarch64": 0xC000_00B7}
HEADERS = {
    "x86_64": Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    "aarch64": Path("/usr/include/asm-generic/unistd.h"),
}


def verdict(machine: str, number: int, *arguments: int, architecture: int | None = None) -> int:
    """Run the filter as the kernel would."""
    program = system_calls.program(machine)
    assert program
    data = struct.pack("=iIQ6Q", number, architecture or MACHINES[machine], 0, *(*arguments, *[0] * 6)[:6])
    code = [struct.unpack_from("=HBBI", program, at) for at in range(0, len(program), 8)]
    jumps: dict[int, Callable[[int, int], bool]] = {
        0x15: lambda held, operand: held == operand,
        0x35: lambda held, operand: held >= operand,
        0x45: lambda held, operand: bool(held & operand),
    }
    at = held = 0
    while code[at][0] != 0x06:
        operation, then, otherwise, operand = code[at]
        if operation == 0x20:
            held = struct.unpack_from("=I", data, operand)[0]
        else:
            at += then if jumps[operation](held, operand) else otherwise
        at += 1
    return int(code[at][3])


@pytest.mark.parametrize("machine", MACHINES)
def test_calls_of_the_list_pass(machine: str) -> None:
    numbers = {name: getattr(call, machine) for name, call in system_calls.ALLOWED.items()}

    assert {
        name for name, number in numbers.items() if number is not None and verdict(machine, number) != ALLOWED
    } == set()


@pytest.mark.parametrize(("machine", "mmap", "mprotect"), [("x86_64", 9, 10), ("aarch64", 222, 226)])
def test_memory_is_never_to_be_executed(machine: str, mmap: int, mprotect: int) -> None:
    read_write, execute = 3, 4

    for call in (mmap, mprotect):
        assert verdict(machine, call, 0, 4096, read_write) == ALLOWED
        assert verdict(machine, call, 0, 4096, read_write | execute) == REFUSED


@pytest.mark.parametrize("machine", MACHINES)
def test_other_kinds_of_calls_get_nowhere(machine: str) -> None:
    i386, x32 = 0x4000_0003, 0x4000_0000

    assert verdict(machine, 0, architecture=i386) == KILLED
    assert verdict(machine, x32) == UNKNOWN
    assert verdict(machine, 100_000) == UNKNOWN
    assert verdict(machine, -1) == UNKNOWN


@pytest.mark.parametrize(
    ("machine", "number"),
    [
        *(
            ("x86_64", number)
            for number in (2, 41, 42, 56, 57, 59, 62, 101, 157, 257, 272, 302, 310, 317, 319, 425, 435, 437)
        ),
        *(
            ("aarch64", number)
            for number in (56, 97, 117, 129, 167, 198, 203, 220, 221, 261, 270, 277, 279, 425, 435, 437)
        ),
    ],
)
def test_opening_starting_signalling_and_connecting_are_refused(machine: str, number: int) -> None:
    assert verdict(machine, number) == REFUSED


def test_other_processors_have_no_filter() -> None:
    assert system_calls.program("riscv64") is None


@pytest.mark.parametrize("machine", MACHINES)
def test_numbers_are_the_kernels(machine: str) -> None:
    if not HEADERS[machine].exists():
        pytest.skip(f"needs the kernel's headers: no {HEADERS[machine]}")
    defined = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", HEADERS[machine].read_text()))
    ours = {name: getattr(call, machine) for name, call in system_calls.ALLOWED.items()}

    assert {name: number for name, number in ours.items() if str(number) != defined.get(name, "None")} == {}
