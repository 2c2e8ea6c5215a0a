"""Reserving ports."""

import socket
from contextlib import closing
from pathlib import Path

import pytest

from embedded import EmbeddedError, ceph, rabbitmq, reserve_port, stack
from embedded.ports import PORTS_TRIED


def _free_number() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def test_two_reservations_never_share_a_port() -> None:
    first = _free_number()
    with closing(reserve_port(None, first=first)) as one, closing(reserve_port(None, first=first)) as other:
        assert one.number != other.number


def test_listening_port_is_passed_over() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]
        with closing(reserve_port(None, first=taken)) as port:
            assert port.number > taken


def test_wanted_port_that_is_taken_is_an_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(EmbeddedError, match="--port"):
        reserve_port(server.getsockname()[1], first=8080)


def test_reserved_port_can_be_listened_on() -> None:
    with (
        closing(reserve_port(None, first=_free_number())) as port,
        socket.create_server(("127.0.0.1", port.number)) as server,
    ):
        assert server.getsockname()[1] == port.number


def test_closed_reservation_frees_the_port() -> None:
    number = _free_number()
    reserve_port(number, first=number).close()
    reserve_port(number, first=number).close()


@pytest.mark.parametrize("first", [ceph.FIRST_PORT, rabbitmq.FIRST_PORT, stack.DEFAULT_PORT])
def test_servers_listen_below_the_ports_that_the_kernel_gives_to_clients(first: int) -> None:
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("utf-8").split()[0])
    assert first + 3 * PORTS_TRIED < lowest
