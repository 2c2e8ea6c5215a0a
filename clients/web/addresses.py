"""Which addresses are of the public internet, and not this machine's own."""

import socket
from collections.abc import Iterable
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Final

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

WELL_KNOWN_NAT64: Final = IPv6Network("64:ff9b::/96")
_UNUSED_OCTET: Final = 8
"An address with an embedded one leaves this byte out (RFC 6052)."
_SPECIAL: Final = tuple(
    ip_network(network)
    for network in (
        "168.63.129.16/32",  # Azure's metadata service, behind an address that looks public
        "192.0.0.0/24",  # IETF protocol assignments
        "192.88.99.0/24",  # relays of 6to4
        "3fff::/20",  # documentation
    )
)
"Special networks that Python calls global, in some versions or all."
_NOBODYS: Final = {4: "240.0.0.1", 6: "100::1"}
"Addresses that no machine has."


def endpoint(host: str, port: int) -> tuple[Address, int]:
    """Return an address and a port in the form in which they are compared."""
    return ip_address(host.partition("%")[0]), port


def parse_endpoint(text: str) -> tuple[Address, int]:
    """Return the endpoint of a text such as `127.0.0.1:8000` or `[::1]:8000`.

    Raises:
        ValueError: the text is not an endpoint.
    """
    host, _, port = text.rpartition(":")
    return endpoint(host.strip("[]"), int(port))


def is_public(address: Address, nat64: Iterable[IPv6Network] = (WELL_KNOWN_NAT64,)) -> bool:
    """Tell whether an address is on the public internet; one that embeds another must be so by both.

    An address under a prefix of NAT64 is only a way to write the one that it embeds.
    """
    carried = _carried(address, nat64)
    if carried is not None and not is_public(carried):
        return False
    if isinstance(address, IPv6Address) and (address.ipv4_mapped or _translated(address, nat64)):
        return True
    if isinstance(address, IPv6Address) and address.is_site_local:
        return False
    if any(address in network for network in _SPECIAL):
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved


def is_own(address: Address, nat64: Iterable[IPv6Network] = (WELL_KNOWN_NAT64,)) -> bool:
    """Tell whether an address, or the one that it embeds, is this machine's own, on whichever interface."""
    carried = _carried(address, nat64)
    return _is_own(address) or (carried is not None and _is_own(carried))


def _is_own(address: Address) -> bool:
    # Only own addresses can be bound, unless the system lets programs bind any: then packets to own ones stay inside.
    return _can_bind(str(address)) and (not _can_bind(_NOBODYS[address.version]) or _leads_to_itself(str(address)))


def _can_bind(address: str) -> bool:
    try:
        with _datagrams(address) as probe:
            probe.bind((address, 0))
    except OSError:
        return False
    return True


def _leads_to_itself(address: str) -> bool:
    try:
        with _datagrams(address) as probe:
            probe.connect((address, 9))  # This sends no packet.
            return bool(probe.getsockname()[0] == address)
    except OSError:
        return False


def _datagrams(address: str) -> socket.socket:
    return socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_DGRAM)


def _carried(address: Address, nat64: Iterable[IPv6Network]) -> IPv4Address | None:
    if isinstance(address, IPv4Address):
        return None
    translated = _translated(address, nat64)
    return translated or address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _translated(address: IPv6Address, nat64: Iterable[IPv6Network]) -> IPv4Address | None:
    """Return the address behind one of NAT64."""
    for prefix in nat64:
        if address in prefix:
            first = prefix.prefixlen // 8
            rest = [byte for place, byte in enumerate(address.packed) if place >= first and place != _UNUSED_OCTET]
            return IPv4Address(bytes(rest[:4]))
    return None
