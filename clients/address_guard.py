"""Where a fetch may go: a name is resolved once, and only public addresses are connected to."""

import socket
import ssl
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Final

import httpcore2
import httpx2

from schemas.errors import PartflowError
from settings.groups import FetchSettings

_WEB_PORTS: Final = {"http": 80, "https": 443}
_UNICAST: Final = ip_network("2000::/3")
_NAT64: Final = ip_network("64:ff9b::/96")
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's metadata service, behind an address that looks public
        "192.88.99.0/24",  # relays of 6to4
        "2002::/16",  # 6to4
        "3fff::/20",  # documentation
    )
)
"Networks that older Pythons call global."

type _Address = IPv4Address | IPv6Address


class Forbidden(PartflowError):
    """A URL, or an address it leads to, may not be fetched from."""


class Unresolved(PartflowError):
    """A name has no address, or none now."""

    def __init__(self, detail: str, temporary: bool) -> None:
        super().__init__(detail, temporary)
        self.detail = detail
        self.temporary = temporary


class Deadline:
    """The moment, `seconds` from now, at which all is over."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

    def left(self, timeout: float | None = None) -> float:
        """Return the seconds left, at most `timeout`.

        Raises:
            httpcore2.ReadTimeout: none are left.
        """
        left = self._end - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the total time is used up")
        return left if timeout is None else min(left, timeout)


class AddressGuard:
    """Tells which URLs and addresses may be fetched from.

    Raises:
        ValueError: an allowed address is not like 127.0.0.1:8000 or [::1]:8000.
    """

    def __init__(self, settings: FetchSettings) -> None:
        self._ports = _WEB_PORTS if settings.allow_http else {"https": _WEB_PORTS["https"]}
        self._allowed = frozenset(_endpoint(word) for word in settings.allowed_addresses)

    def check(self, url: httpx2.URL) -> None:
        """Judge a URL by its looks, before anything is looked up.

        Raises:
            Forbidden: it may not be fetched.
        """
        if url.scheme not in self._ports:
            raise Forbidden(f"only {' and '.join(self._ports)} are fetched, not {url.scheme or 'a relative address'}")
        if url.userinfo:
            raise Forbidden("the address carries a user name or password")
        if not url.host:
            raise Forbidden("the address names no host")
        port = self._ports[url.scheme] if url.port is None else url.port
        if port not in {*_WEB_PORTS.values(), *(allowed for _, allowed in self._allowed)}:
            raise Forbidden(f"port {port} is none of the web")

    def resolve(self, host: str, port: int, *, seconds: float) -> list[str]:
        """Return the addresses of a host, all of which may be connected to.

        An address in place of a name, in whatever notation, is judged by what the system takes it for.

        Raises:
            Forbidden: one of them may not.
            Unresolved: there are none.
            httpcore2.ConnectTimeout: looking them up took longer than `seconds`.
        """
        addresses = _lookup(host, port, seconds)
        for address in addresses:
            if not self._permits(ip_address(address), port):
                raise Forbidden(f"{host} leads to {address}, port {port}, which is not public")
        return addresses

    def _permits(self, address: _Address, port: int) -> bool:
        return (address, port) in self._allowed or (port in _WEB_PORTS.values() and is_public(address))


def is_public(address: _Address) -> bool:
    """Tell whether an address is one of the public internet; one that embeds another is judged by that."""
    if isinstance(address, IPv6Address):
        if address.ipv4_mapped:
            return is_public(address.ipv4_mapped)
        if address in _NAT64:
            return is_public(IPv4Address(address.packed[-4:]))
        if address not in _UNICAST:
            return False
    return address.is_global and not address.is_multicast and not any(address in network for network in _SPECIAL)


def _endpoint(text: str) -> tuple[_Address, int]:
    host, _, port = text.rpartition(":")
    try:
        return ip_address(host.removeprefix("[").removesuffix("]")), int(port)
    except ValueError:
        raise ValueError(f"an allowed address is an IP address and a port, as 127.0.0.1:8000, not {text!r}") from None


def _lookup(host: str, port: int, seconds: float) -> list[str]:
    # In a thread, because the system's resolver knows no timeout.
    thread = ThreadPoolExecutor(1, thread_name_prefix="resolve")
    try:
        found = thread.submit(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM).result(seconds)
    except TimeoutError as error:
        raise httpcore2.ConnectTimeout(f"looking up {host} took too long") from error
    except socket.gaierror as error:
        raise Unresolved(f"{host} cannot be looked up: {error.strerror}", error.errno == socket.EAI_AGAIN) from error
    except UnicodeError as error:
        raise Unresolved(f"{host} is no host name", False) from error
    finally:
        thread.shutdown(wait=False)
    return list(dict.fromkeys(str(address[0]) for *_, address in found))


class GuardedBackend(httpcore2.NetworkBackend):
    """Connects to addresses that the guard permits, and to nothing after the deadline."""

    def __init__(self, guard: AddressGuard, deadline: Deadline) -> None:
        self._guard = guard
        self._deadline = deadline
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """Connect to the first address of the host that answers.

        Raises:
            Forbidden, Unresolved: as the guard says.
            httpcore2.ConnectError, httpcore2.ConnectTimeout: none answers.
        """
        failure: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in self._guard.resolve(host, port, seconds=self._deadline.left(timeout)):
            try:
                stream = self._network.connect_tcp(
                    address, port, self._deadline.left(timeout), local_address, socket_options
                )
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
            else:
                return _TimedStream(stream, self._deadline)
        raise failure


class _TimedStream(httpcore2.NetworkStream):
    """A stream that ends at the deadline, however slowly bytes drip."""

    def __init__(self, stream: httpcore2.NetworkStream, deadline: Deadline) -> None:
        self._stream = stream
        self._deadline = deadline

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._deadline.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._deadline.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        stream = self._stream.start_tls(ssl_context, server_hostname, self._deadline.left(timeout))
        return _TimedStream(stream, self._deadline)

    def get_extra_info(self, info: str) -> object:
        return self._stream.get_extra_info(info)
