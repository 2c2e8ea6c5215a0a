"""What a parser that was taken over would try; run inside children by their test, and once without any walls."""

import ctypes
import errno
import json
import mmap
import os
import platform
import resource
import signal
import socket
import struct
import subprocess
from collections.abc import Callable
from typing import Final

ARM: Final = platform.machine() == "aarch64"
LIBC: Final = ctypes.CDLL(None, use_errno=True)
LIBC.syscall.restype = ctypes.c_long
HERE: Final = -100  # AT_FDCWD
MORE: Final = 64 << 30
PRIVATE: Final = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS
LOADED: Final = "localhost".encode("idna")
"Sockets encode names so, and nothing can be loaded behind the walls."

Targets = dict[str, str | int]
ATTEMPTS: Final[dict[str, Callable[[Targets], object]]] = {}


def attempt(tried: Callable[[Targets], object]) -> Callable[[Targets], object]:
    """Register an attempt: it gets out when it neither raises nor returns False."""
    ATTEMPTS[tried.__name__] = tried
    return tried


def main(content: bytes, _options: dict[str, int]) -> bytes:
    """Try everything, and return the names of what was tried and of what got out."""
    targets = json.loads(content)
    through = [name for name, tried in ATTEMPTS.items() if gets_out(tried, targets)]
    return json.dumps({"tried": [*ATTEMPTS], "through": through}).encode()


def gets_out(tried: Callable[[Targets], object], targets: Targets) -> bool:
    try:
        return tried(targets) is not False
    except (OSError, ValueError, MemoryError, RuntimeError):
        return False


def call(x86_64: int, aarch64: int, *arguments: int | bytes | ctypes.Array[ctypes.c_char] | None) -> int:
    """Make a system call by its number, as injected code would, past what a library might check."""
    wide = [ctypes.c_long(each) if isinstance(each, int) else each for each in arguments]
    answer = LIBC.syscall(ctypes.c_long(aarch64 if ARM else x86_64), *wide)
    if answer < 0:
        raise OSError(ctypes.get_errno(), "refused")
    return int(answer)


def is_refused(x86_64: int, aarch64: int, *arguments: int | bytes | None) -> bool:
    """Tell whether a call that cannot succeed anyway is refused rather than looked at."""
    try:
        call(x86_64, aarch64, *arguments)
    except OSError as error:
        return error.errno in (errno.EPERM, errno.EACCES, errno.ENOSYS)
    return False


# Networks


@attempt
def reach_the_api(targets: Targets) -> None:
    socket.create_connection(("127.0.0.1", int(targets["port"])), timeout=5).close()


@attempt
def reach_the_database(targets: Targets) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect(str(targets["socket"]))


@attempt
def reach_an_abstract_socket(targets: Targets) -> None:
    with socket.socket(socket.AF_UNIX) as client:
        client.connect("\0" + str(targets["abstract"]))


@attempt
def send_a_datagram(targets: Targets) -> object:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as client:
        return client.sendto(b"x", ("127.0.0.1", int(targets["port"])))


@attempt
def listen(targets: Targets) -> None:
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()


@attempt
def ask_the_kernel_for_routes(targets: Targets) -> None:
    socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close()


@attempt
def make_a_pair_of_sockets(targets: Targets) -> None:
    for each in socket.socketpair():
        each.close()


# Files


@attempt
def read_passwords(targets: Targets) -> object:
    with open("/etc/shadow", "rb") as file:  # noqa: PTH123  # as an attacker would
        return file.read(1)


@attempt
def read_any_file(targets: Targets) -> object:
    with open("/etc/passwd", "rb") as file:  # noqa: PTH123  # likewise
        return file.read(1)


@attempt
def read_keys_of_the_worker(targets: Targets) -> object:
    with open(f"/proc/{targets['victim']}/environ", "rb") as file:  # noqa: PTH123  # likewise
        return b"SECRET" in file.read()


@attempt
def read_memory_through_proc(targets: Targets) -> object:
    with open(f"/proc/{targets['victim']}/mem", "rb") as file:  # noqa: PTH123  # likewise
        file.seek(int(targets["address"]))
        return file.read(8)


@attempt
def read_its_own_map(targets: Targets) -> object:
    with open("/proc/self/maps", "rb") as file:  # noqa: PTH123  # likewise
        return file.read(1)


@attempt
def open_a_namespace(targets: Targets) -> None:
    os.close(os.open("/proc/self/ns/net", os.O_RDONLY))


@attempt
def put_a_message_into_the_queue(targets: Targets) -> None:
    os.close(os.open(f"{targets['queue']}/1.msg", os.O_WRONLY | os.O_CREAT))


@attempt
def change_our_source(targets: Targets) -> None:
    os.close(os.open(str(targets["source"]), os.O_RDWR))


@attempt
def open_by_another_call(targets: Targets) -> None:
    os.close(call(437, 437, HERE, b"/etc/passwd", struct.pack("QQQ", 0, 0, 0), 24))  # openat2


@attempt
def open_by_handle(targets: Targets) -> object:
    handle = ctypes.create_string_buffer(struct.pack("II", 128, 0) + bytes(128))
    mount = ctypes.create_string_buffer(4)
    return call(303, 264, HERE, b"/etc/passwd", handle, mount, 0)  # name_to_handle_at


@attempt
def open_by_32_bit_call(targets: Targets) -> None:
    os.close(call(0x4000_0000 | 257, 0x4000_0000 | 56, HERE, b"/etc/passwd", 0, 0))


@attempt
def list_a_folder(targets: Targets) -> object:
    return os.listdir("/")  # noqa: PTH208  # likewise


@attempt
def see_whether_a_file_exists(targets: Targets) -> object:
    return os.stat("/etc/passwd")  # noqa: PTH116  # likewise


@attempt
def rename_a_file(targets: Targets) -> None:
    os.rename(f"{targets['queue']}/0.msg", f"{targets['queue']}/0.msg")  # noqa: PTH104  # likewise


@attempt
def make_a_file_readable(targets: Targets) -> None:
    os.chmod(f"{targets['queue']}/0.msg", 0o644)  # noqa: PTH101  # likewise


@attempt
def leave_a_folder(targets: Targets) -> None:
    os.mkdir(f"{targets['queue']}/folder")  # noqa: PTH102  # likewise
    os.rmdir(f"{targets['queue']}/folder")  # noqa: PTH106  # likewise


@attempt
def use_what_the_parent_had_open(targets: Targets) -> object:
    """Standard streams and the answer are the child's own."""
    return any(is_open(number) for number in range(4, 64))


def is_open(number: int) -> bool:
    try:
        return os.lseek(number, 0, os.SEEK_CUR) >= 0
    except OSError as error:
        return error.errno != errno.EBADF


# Processes


@attempt
def run_a_shell(targets: Targets) -> object:
    return subprocess.run(["/bin/sh", "-c", "true"], check=True)


@attempt
def become_another_program(targets: Targets) -> object:
    return not is_refused(59, 221, b"/nonexistent", None, None)  # execve


@attempt
def become_an_open_program(targets: Targets) -> object:
    return not is_refused(322, 281, HERE, b"/nonexistent", None, None, 0)  # execveat


@attempt
def fork(targets: Targets) -> object:
    return ended(os.fork())


@attempt
def leave_a_daemon(targets: Targets) -> object:
    child = os.fork()
    if child == 0:
        os.setsid()
        os._exit(0 if os.fork() >= 0 else 1)
    return os.waitpid(child, 0)[1] == 0


@attempt
def fork_by_clone(targets: Targets) -> object:
    return ended(call(56, 220, int(signal.SIGCHLD), 0, 0, 0, 0))


@attempt
def fork_by_clone3(targets: Targets) -> object:
    return ended(call(435, 435, struct.pack("8Q", 0, 0, 0, 0, int(signal.SIGCHLD), 0, 0, 0), 64))


def ended(child: int) -> bool:
    if child == 0:
        os._exit(0)
    return os.waitpid(child, 0)[1] == 0


@attempt
def signal_the_worker(targets: Targets) -> None:
    os.kill(int(targets["victim"]), signal.SIGCONT)


@attempt
def signal_the_parent(targets: Targets) -> None:
    os.kill(os.getppid(), 0)


@attempt
def signal_a_thread(targets: Targets) -> object:
    return call(234, 131, int(targets["victim"]), int(targets["victim"]), int(signal.SIGCONT))


@attempt
def hold_a_process(targets: Targets) -> None:
    os.close(os.pidfd_open(int(targets["victim"])))


@attempt
def take_an_open_file_of_the_worker(targets: Targets) -> None:
    os.close(call(438, 438, os.pidfd_open(int(targets["victim"])), 0, 0))  # pidfd_getfd


@attempt
def read_memory_of_the_worker(targets: Targets) -> object:
    here = ctypes.create_string_buffer(8)
    ours = struct.pack("QQ", ctypes.addressof(here), 8)
    theirs = struct.pack("QQ", int(targets["address"]), 8)
    return call(310, 270, int(targets["victim"]), ours, 1, theirs, 1, 0) == 8  # process_vm_readv


@attempt
def trace_the_worker(targets: Targets) -> object:
    seize, detach, victim = 0x4206, 17, int(targets["victim"])
    call(101, 117, seize, victim, 0, 0)
    try:
        return call(101, 117, detach, victim, 0, 0)
    except OSError:
        return True


# The kernel


@attempt
def make_a_ring(targets: Targets) -> None:
    os.close(call(425, 425, 1, ctypes.create_string_buffer(120)))  # io_uring_setup


@attempt
def make_a_file_of_memory(targets: Targets) -> None:
    os.close(os.memfd_create("x"))


@attempt
def share_memory(targets: Targets) -> object:
    return call(29, 194, 0, 4096, 0o1600)  # shmget, private


@attempt
def handle_page_faults(targets: Targets) -> None:
    os.close(call(323, 282, 0))  # userfaultfd


@attempt
def load_a_program_into_the_kernel(targets: Targets) -> object:
    return not is_refused(321, 280, 999, None, 0)  # bpf


@attempt
def watch_performance(targets: Targets) -> object:
    return not is_refused(298, 241, None, 0, -1, -1, 0)  # perf_event_open


@attempt
def read_keys_of_the_kernel(targets: Targets) -> object:
    return not is_refused(250, 219, 0, -3, 0)  # keyctl, the session's keyring


@attempt
def make_a_user_namespace(targets: Targets) -> object:
    return not is_refused(272, 97, 0x8000_0001)  # unshare, with a flag that there is not


@attempt
def make_a_network_namespace(targets: Targets) -> object:
    return call(272, 97, 0x4000_0000)


@attempt
def mount(targets: Targets) -> object:
    return not is_refused(165, 40, b"none", b"/nonexistent", b"tmpfs", 0, None)


# Its own limits


@attempt
def have_more_memory(targets: Targets) -> None:
    no_reserve = 0x4000
    mmap.mmap(-1, MORE, PRIVATE | no_reserve).close()


@attempt
def raise_its_memory(targets: Targets) -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MORE, MORE))


@attempt
def raise_its_files(targets: Targets) -> None:
    resource.setrlimit(resource.RLIMIT_NOFILE, resource.getrlimit(resource.RLIMIT_NOFILE))


@attempt
def have_memory_to_be_executed(targets: Targets) -> None:
    mmap.mmap(-1, 4096, PRIVATE, mmap.PROT_READ | mmap.PROT_WRITE | mmap.PROT_EXEC).close()


@attempt
def make_memory_executable(targets: Targets) -> object:
    page = mmap.mmap(-1, 4096, PRIVATE)
    address = ctypes.addressof(ctypes.c_char.from_buffer(page))
    return call(10, 226, address, 4096, mmap.PROT_READ | mmap.PROT_EXEC) == 0  # mprotect


@attempt
def be_root(targets: Targets) -> None:
    os.setresuid(0, 0, 0)


@attempt
def outlive_the_parent(targets: Targets) -> object:
    return not is_refused(157, 167, 1, 0, 0, 0, 0)  # prctl, to hear nothing of the parent's death


@attempt
def be_dumpable(targets: Targets) -> object:
    return not is_refused(157, 167, 4, 1, 0, 0, 0)  # prctl


@attempt
def take_precedence(targets: Targets) -> object:
    return os.nice(0)
