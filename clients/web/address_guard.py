"""The guard of fetched addresses: allows the public internet, and addresses that a setting names."""

import ipaddress
import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ssl import SSLContext
from typing import Any

import httpcore2

from settings.errors import PartflowError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Resolver = Callable[[str, int], Iterable[str]]

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_SPECIAL = tuple(
    ipaddress.ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's metadata service, behind an address that looks public
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "3fff::/20",  # documentation
    )
)
"Special networks that Python calls global, in some versions or all."


class ForbiddenAddress(PartflowError):
    """The name leads to an address that Partflow must not fetch from."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name; a number in any spelling is also an address.

    Raises:
        OSError: the name cannot be resolved.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def is_public(address: Address) -> bool:
    """Tell whether an address is on the public internet; one that embeds another must be so by both."""
    carried = _carried(address)
    if carried is not None and not is_public(carried):
        return False
    if isinstance(address, ipaddress.IPv6Address) and (address.is_site_local or address.ipv4_mapped):
        return carried is not None and is_public(carried)
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def _carried(address: Address) -> ipaddress.IPv4Address | None:
    if isinstance(address, ipaddress.IPv4Address):
        return None
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def endpoint(host: str, port: int) -> tuple[Address, int]:
    """Return an address and a port in the form in which they are compared."""
    return ipaddress.ip_address(host.partition("%")[0]), port


def parse_endpoint(text: str) -> tuple[Address, int]:
    """Return the endpoint of a text such as `127.0.0.1:8000` or `[::1]:8000`.

    Raises:
        ValueError: the text is not an endpoint.
    """
    host, _, port = text.rpartition(":")
    return endpoint(host.strip("[]"), int(port))


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses only, and ends every connection at a deadline.

    It resolves a name once per connection and connects to the address that it checked, so that no second answer of a
    name server can lead elsewhere.
    """

    def __init__(
        self, allowed: Iterable[tuple[Address, int]], deadline: float, *, resolver: Resolver = resolve
    ) -> None:
        self._allowed = frozenset(allowed)
        self._deadline = deadline
        self._resolve = resolver
        self._sockets = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of a name that answers.

        Raises:
            ForbiddenAddress: Partflow must not fetch from one of its addresses.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: none answers.
        """
        addresses = self._lookup(host, port, remaining(self._deadline, timeout))
        for address in addresses:
            self._check(host, address, port)
        return self._connect(addresses, port, timeout, local_address=local_address, socket_options=socket_options)

    def _lookup(self, host: str, port: int, seconds: float) -> list[str]:
        # In a thread, because the system's resolver has no timeout; a late thread ends by itself.
        resolving = ThreadPoolExecutor(1)
        try:
            return list(resolving.submit(self._resolve, host, port).result(seconds))
        except TimeoutError as error:
            raise httpcore2.ConnectTimeout(f"{host} was not resolved in time") from error
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError(f"{host} cannot be resolved: {error}") from error
        finally:
            resolving.shutdown(wait=False)

    def _check(self, host: str, address: str, port: int) -> None:
        place = endpoint(address, port)
        if place not in self._allowed and not (is_public(place[0]) and port in (80, 443)):
            raise ForbiddenAddress(f"{host} leads to {address} port {port}, which is not a public web address")

    def _connect(
        self, addresses: list[str], port: int, timeout: float | None, **options: Any
    ) -> httpcore2.NetworkStream:
        error: Exception = httpcore2.ConnectError("the name has no address")
        for address in addresses:
            left = remaining(self._deadline, timeout)
            try:
                return DeadlineStream(self._sockets.connect_tcp(address, port, left, **options), self._deadline)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
        raise error


class DeadlineStream(httpcore2.NetworkStream):
    """A connection on which no wait outlasts the deadline, however slowly the server sends."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read the bytes that have arrived."""
        return self._stream.read(max_bytes, remaining(self._deadline, timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Write all of it."""
        self._stream.write(buffer, remaining(self._deadline, timeout))

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def start_tls(
        self, ssl_context: SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        """Switch to TLS; the certificate must be for the name, not for the address."""
        left = remaining(self._deadline, timeout)
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline)

    def get_extra_info(self, info: str) -> Any:
        """Return information about the socket."""
        return self._stream.get_extra_info(info)


def remaining(deadline: float, timeout: float | None) -> float:
    """Return the seconds that a wait may take.

    Raises:
        httpcore2.ReadTimeout: the deadline has passed.
    """
    left = deadline - time.monotonic()
    if left <= 0:
        raise httpcore2.ReadTimeout("the deadline has passed")
    return left if timeout is None else min(timeout, left)
