"""Ports on this machine that two starts at the same moment cannot both choose."""

import socket
from dataclasses import dataclass

from embedded.errors import EmbeddedError

PORTS_TRIED = 200


@dataclass(frozen=True)
class Port:
    """A reserved port, until it is closed."""

    number: int
    _claim: socket.socket

    def close(self) -> None:
        """Let others have the port."""
        self._claim.close()


def reserve_port(wanted: int | None, *, first: int, host: str = "127.0.0.1") -> Port:
    """Reserve the wanted port, or without one the first free port from `first` on.

    The reservation binds an abstract socket named after the port, since binding the port itself would be in the way
    of the program that is to listen there. It ends with this process.

    Raises:
        EmbeddedError: the wanted port is taken, or none is free.
    """
    numbers = range(first, min(first + PORTS_TRIED, 65_536)) if wanted is None else [wanted]
    for number in numbers:
        if port := _try(host, number):
            return port
    if wanted is None:
        raise EmbeddedError(f"No port from {first} to {numbers[-1]} is free; name one with --port.")
    raise EmbeddedError(f"Port {wanted} is taken or not allowed; stop what uses it, or choose another with --port.")


def _try(host: str, number: int) -> Port | None:
    claim = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        claim.bind(f"\0partflow-port-{number}")
        with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, number))
            probe.listen()
    except OSError:
        claim.close()
        return None
    return Port(number, claim)
