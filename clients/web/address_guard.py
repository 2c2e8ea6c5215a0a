"""The guard of fetched addresses: allows the public internet, and addresses that a setting names."""

import socket
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from ssl import SSLContext
from typing import Any

import httpcore2
import structlog

from clients.web.addresses import WELL_KNOWN_NAT64, Address, endpoint, is_own, is_public, parse_endpoint
from clients.web.pace import Pace
from settings.errors import PartflowError
from settings.groups import FetchSettings

Resolver = Callable[[str, int], Iterable[str]]

_log = structlog.get_logger()


class ForbiddenAddress(PartflowError):
    """The name leads to an address that Partflow must not fetch from."""


def resolve(host: str, port: int) -> list[str]:
    """Return the addresses of a name; a number in any spelling is also an address.

    Raises:
        OSError: the name cannot be resolved.
    """
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to checked addresses only, and ends every connection at a deadline.

    It resolves a name once per connection and connects to the address that it checked, so that no second answer of a
    name server can lead elsewhere.
    """

    def __init__(self, settings: FetchSettings, deadline: float, *, resolver: Resolver = resolve) -> None:
        self._allowed = frozenset(map(parse_endpoint, settings.allowed_addresses))
        self._refused = settings.refused_networks
        self._nat64 = (WELL_KNOWN_NAT64, *settings.nat64_prefixes)
        self._pace = Pace(settings.min_rate, settings.rate_seconds)
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
            raise httpcore2.ConnectError(f"{host} has no address") from error
        finally:
            resolving.shutdown(wait=False)

    def _check(self, host: str, address: str, port: int) -> None:
        place = endpoint(address, port)
        if place in self._allowed or (port in (80, 443) and self._is_others(place[0])):
            return
        # The sentence does not say which address it is, because names of the internal network lead to internal ones.
        _log.warning("address refused", host=host, address=address, port=port)
        raise ForbiddenAddress(
            f"{host} is not a public web address on port 80 or 443; PARTFLOW_FETCH_ALLOWED_ADDRESSES lists exceptions"
        )

    def _is_others(self, address: Address) -> bool:
        refused = any(address in network for network in self._refused)
        return not refused and is_public(address, self._nat64) and not is_own(address, self._nat64)

    def _connect(
        self, addresses: list[str], port: int, timeout: float | None, **options: Any
    ) -> httpcore2.NetworkStream:
        error: Exception = httpcore2.ConnectError("the name has no address")
        for address in addresses:
            left = remaining(self._deadline, timeout)
            try:
                stream = self._sockets.connect_tcp(address, port, left, **options)
                return DeadlineStream(stream, self._deadline, self._pace)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as failure:
                error = failure
        raise error


class DeadlineStream(httpcore2.NetworkStream):
    """A connection on which no wait outlasts the deadline, and that ends when the server sends too slowly."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: float, pace: Pace) -> None:
        self._stream = stream
        self._deadline = deadline
        self._pace = pace

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        """Read the bytes that have arrived."""
        data = self._stream.read(max_bytes, remaining(self._deadline, timeout))
        self._pace.count(len(data))
        return data

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
        return DeadlineStream(self._stream.start_tls(ssl_context, server_hostname, left), self._deadline, self._pace)

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
