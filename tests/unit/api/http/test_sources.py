"""Which account of this machine a connection belongs to."""

import os
import socket

import pytest

from api.http.sources import Source


@pytest.mark.parametrize(
    ("family", "host"), [(socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")], ids=["IPv4", "IPv6"]
)
def test_account_of_a_local_client_is_found(family: socket.AddressFamily, host: str) -> None:
    try:
        server = socket.create_server((host, 0), family=family)
    except OSError:
        pytest.skip(f"this machine has no {host}")
    port = server.getsockname()[1]
    with server, socket.create_connection((host, port)) as client:
        source = Source(host, str(client.getsockname()[1]), str(port))

        assert source.name == f"{host} (account {os.geteuid()})"


@pytest.mark.parametrize("port", ["1", "", "many"])
def test_unknown_client_is_its_address(port: str) -> None:
    assert Source("127.0.0.1", port, "8080").name == "127.0.0.1"


def test_other_machines_have_no_accounts() -> None:
    assert Source("192.0.2.7", "50000", "8080").name == "192.0.2.7"
