"""What keeps unit tests from the network."""

import socket

import pytest
from pytest_socket import SocketConnectBlockedError


def test_unit_test_cannot_reach_another_machine() -> None:
    # The warning comes first where warnings are errors.
    with socket.socket() as connection, pytest.raises((SocketConnectBlockedError, UserWarning), match="192"):
        connection.connect(("192.0.2.1", 9))


def test_unit_test_can_reach_this_machine() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server, socket.create_connection(server.getsockname()) as connection:
        assert connection.getpeername() == server.getsockname()
