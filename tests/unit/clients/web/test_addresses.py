"""Which addresses are of the public internet."""

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.web.addresses import WELL_KNOWN_NAT64, is_own, is_public, parse_endpoint


@pytest.mark.parametrize("address", ["93.184.216.34", "8.8.8.8", "2606:2800:220:1:248:1893:25c8:1946"])
def test_public_address_is_public(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.255.255.254", "10.0.0.7", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "0.0.0.0", "0.1.2.3", "255.255.255.255", "224.0.0.1", "192.0.2.1", "198.18.0.1", "240.0.0.1",
        "168.63.129.16", "192.88.99.1", "192.0.0.192", "3fff::1",
        "::", "::1", "fe80::1", "fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a00:1::", "64:ff9b:1::1",
    ],
)  # fmt: skip
def test_special_address_is_not_public(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@given(st.ip_addresses(v=4))
def test_embedded_address_is_as_public_as_itself(address: ipaddress.IPv4Address) -> None:
    assert is_public(ipaddress.IPv6Address(f"::ffff:{address}")) == is_public(address)
    assert is_public(ipaddress.IPv6Address(f"64:ff9b::{address}")) == is_public(address)


@pytest.mark.parametrize(
    ("prefix", "address"),
    [
        ("2001:db8::/32", "2001:db8:5db8:d822::"),
        ("2001:db8:100::/40", "2001:db8:15d:b8d8:22::"),
        ("2001:db8:122::/48", "2001:db8:122:5db8:d8:2200::"),
        ("2001:db8:122:300::/56", "2001:db8:122:35d:b8:d822::"),
        ("2001:db8:122:344::/64", "2001:db8:122:344:5d:b8d8:2200:0"),
        ("2001:db8:122:344::/96", "2001:db8:122:344::5db8:d822"),
        ("64:ff9b:1::/96", "64:ff9b:1::5db8:d822"),
    ],
)
def test_prefix_of_the_network_translates(prefix: str, address: str) -> None:
    nat64 = (WELL_KNOWN_NAT64, ipaddress.IPv6Network(prefix))

    assert is_public(ipaddress.ip_address(address), nat64)
    assert not is_public(ipaddress.ip_address(address))


def test_own_address_is_known() -> None:
    assert is_own(ipaddress.ip_address("127.0.0.1"))
    assert is_own(ipaddress.ip_address("::ffff:127.0.0.1"))
    assert not is_own(ipaddress.ip_address("192.0.2.77"))


@pytest.mark.parametrize("text", ["127.0.0.1", "localhost:80", ":80", "127.0.0.1:http"])
def test_allowed_address_must_be_ip_and_port(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_endpoint(text)
