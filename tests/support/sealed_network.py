"""A network of its own for a command: every name and address is answered here, and what is asked for is written down.

All names get one address, and packets to any address come back to this machine, where nothing answers: a program that
asks for a name goes on to connect, and fails at once. Started as
`python -m tests.support.sealed_network REPORT COMMAND …`.
"""

import ctypes
import json
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from ipaddress import ip_address
from pathlib import Path
from threading import Thread
from typing import NamedTuple

import pytest

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "192.0.2.1"
"The address of every name."
_FILES = {
    "/etc/resolv.conf": "nameserver 127.0.0.1\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "/etc/hosts": "127.0.0.1 localhost\n::1 localhost\n",
}
_NAME_CACHE = Path("/run/nscd")
# The C library asks for addresses of a kind only when the machine has one that is not loopback.
_RULES = ["ip link set lo up", "ip address add 192.0.2.2/32 dev lo", "ip route add local default dev lo"]
_RULES_FOR_IPV6 = ["ip address add 2001:db8::2/128 dev lo", "ip -6 route add local default dev lo"]
_SO_ATTACH_FILTER, _SOL_PACKET, _PACKET_STATISTICS, _PACKET_OUTGOING, _ALL_PROTOCOLS = 26, 263, 6, 4, 3
_TCP, _UDP, _SYN, _SYN_OR_ACK = 6, 17, 0x02, 0x12
_NOT_TO_LOOPBACK = [
    (0x20, 0, 0, 16),  # load the destination
    (0x54, 0, 0, 0xFF000000),  # its first byte
    (0x15, 0, 1, 0x7F000000),  # is it 127?
    (0x06, 0, 0, 0),  # then leave the packet out
    (0x06, 0, 0, 0xFFFFFFFF),
]


class Heard(NamedTuple):
    """What a command asked for: names, and addresses that are not loopback ones."""

    status: int
    names: set[str]
    addresses: set[str]
    lost: int
    "packets that there was no room for"


def run_sealed(*command: str, environment: Mapping[str, str]) -> Heard:
    """Run a command in a network of its own, or skip the test where none can be made."""
    with tempfile.NamedTemporaryFile() as report:
        sealed = [*unshare(), sys.executable, "-m", "tests.support.sealed_network", report.name, *command]
        subprocess.run(sealed, cwd=ROOT, env={**environment, "PYTHONPATH": str(ROOT)}, check=True)
        heard = json.loads(report.read())
    return Heard(heard["status"], set(heard["names"]), set(heard["addresses"]), heard["lost"])


def unshare() -> list[str]:
    """Return the words that give a command a network of its own, or skip the test where none can be made."""
    ours = [] if os.geteuid() == 0 else ["--user", "--map-current-user", "--keep-caps"]
    words = ["unshare", *ours, "--net", "--mount", "--uts"]
    if not (shutil.which("unshare") and shutil.which("ip", path=f"{os.environ['PATH']}:/usr/sbin:/sbin")):
        pytest.skip("needs unshare (util-linux) and ip (iproute2)")
    tried = subprocess.run([*words, "true"], capture_output=True, text=True, check=False)
    if tried.returncode:
        pytest.skip(f"needs the right to make a network namespace: {tried.stderr.strip()}")
    return words


def _seal() -> None:
    # A look-up of the machine's own name is one, too.
    socket.sethostname("sealed")
    for rule in _RULES:
        subprocess.run(rule.split(), check=True)
    for rule in _RULES_FOR_IPV6:
        # Where there is no IPv6, nothing can be asked over it.
        subprocess.run(rule.split(), check=False, stderr=subprocess.DEVNULL)
    if _NAME_CACHE.exists():
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", _NAME_CACHE], check=True)
    for name, text in _FILES.items():
        if Path(name).exists():
            with tempfile.NamedTemporaryFile("w") as file:
                file.write(text)
                file.flush()
                Path(file.name).chmod(0o644)
                subprocess.run(["mount", "--bind", file.name, name], check=True)


def _packets() -> socket.socket:
    ear = socket.socket(socket.AF_PACKET, socket.SOCK_DGRAM, socket.htons(_ALL_PROTOCOLS))
    ear.bind(("lo", _ALL_PROTOCOLS))
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in _NOT_TO_LOOPBACK))
    program = struct.pack("HL", len(_NOT_TO_LOOPBACK), ctypes.addressof(code))
    ear.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, program)
    ear.setblocking(False)
    return ear


def _answer(server: socket.socket, names: set[str]) -> None:
    while True:
        question, client = server.recvfrom(4096)
        labels, place = [], 12
        while length := question[place]:
            labels.append(question[place + 1 : place + 1 + length].decode("ascii", "replace"))
            place += 1 + length
        names.add(".".join(labels))
        is_ipv4 = question[place + 1 : place + 3] == b"\0\1"
        answer = b"\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4" + socket.inet_aton(ADDRESS) if is_ipv4 else b""
        head = question[:2] + struct.pack(">HHHHH", 0x8180, 1, is_ipv4, 0, 0)
        server.sendto(head + question[12 : place + 5] + answer, client)


def _target(packet: bytes) -> str | None:
    """Return where a packet goes that asks for something."""
    if packet[0] >> 4 == 4:
        protocol, head, to = packet[9], (packet[0] & 15) * 4, ip_address(packet[16:20])
    else:
        protocol, head, to = packet[6], 40, ip_address(packet[24:40])
    port = int.from_bytes(packet[head + 2 : head + 4])
    asks = protocol == _UDP or (protocol == _TCP and packet[head + 13] & _SYN_OR_ACK == _SYN)
    return f"{to} {port}" if asks and not to.is_loopback else None


def _addresses(ear: socket.socket) -> set[str]:
    found: set[str] = set()
    while True:
        try:
            packet, (_, _, kind, *_) = ear.recvfrom(65_536)
        except BlockingIOError:
            return found
        if kind == _PACKET_OUTGOING and (target := _target(packet)):
            found.add(target)


def _main(report: str, *command: str) -> None:
    _seal()
    names: set[str] = set()
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server, _packets() as ear:
        server.bind(("0.0.0.0", 53))
        Thread(target=_answer, args=(server, names), daemon=True).start()
        status = subprocess.run(command, check=False).returncode
        addresses = _addresses(ear)
        _, lost = struct.unpack("II", ear.getsockopt(_SOL_PACKET, _PACKET_STATISTICS, 8))
    heard = Heard(status, names, addresses, lost)._asdict()
    Path(report).write_text(json.dumps(heard, default=sorted))


if __name__ == "__main__":
    _main(*sys.argv[1:])
