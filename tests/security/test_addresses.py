"""Every spelling of an address that must not be fetched from, on a machine that would answer at all of them."""

from collections.abc import Iterator
from ipaddress import IPv4Address, ip_address
from urllib.parse import quote

import pytest

from clients.web import addresses
from clients.web.addresses import is_own
from schemas.datasheet import Verdict
from tests.support.two_networks import (
    OWN,
    PAGE,
    SITE,
    SITE_BY_NAT64,
    SITE_IPV6,
    Case,
    Fetches,
    fetch_between_networks,
)

LOOPBACK = ("127.0.0.1", "127.8.8.8", "0.0.0.0", "::1", "::")
INTERNAL = (*LOOPBACK, *OWN)


def spellings(address: str) -> Iterator[str]:
    """Write an address as hosts of URLs are written by those who mean no good."""
    parsed = ip_address(address)
    if not isinstance(parsed, IPv4Address):
        yield from (f"[{parsed.compressed}]", f"[{parsed.exploded}]", f"[{parsed}%25lo]")
        return
    number, parts = int(parsed), [int(part) for part in address.split(".")]
    yield from (address, str(number), hex(number), f"0{number:o}", ".".join(map(hex, parts)), f"{address}.")
    yield from (
        ".".join(f"{part:04o}" for part in parts),
        f"{parts[0]}.{number & 0xFFFFFF}",
        f"%{ord(address[0]):x}{address[1:]}",
    )
    yield "".join(chr(0xFF10 + int(letter)) if letter.isdigit() else letter for letter in address)
    yield address.replace(".", "。")
    halves = f"{number >> 16:x}:{number & 0xFFFF:x}"
    yield from (f"[::ffff:{address}]", f"[::ffff:{halves}]", f"[::{address}]", f"[64:ff9b::{halves}]")
    yield from (f"[2002:{halves}::1]", f"[64:ff9b:1::{halves}]", f"[2001:0:{halves}::]")


def tricks() -> list[Case]:
    cases = []
    for address in INTERNAL:
        for host in spellings(address):
            url = f"http://{host}/secret.pdf"
            cases += [Case(url), Case(f"http://{SITE}/?to={quote(url, safe='')}")]
        cases += [Case("http://one.example/", [address]), Case("http://two.example/", [SITE, address])]
        cases += [Case(f"http://{SITE}@{_host(address)}/"), Case(f"http://{_host(address)}#@{SITE}/")]
    return cases


def _host(address: str) -> str:
    return f"[{address}]" if ":" in address else address


@pytest.fixture(scope="module")
def fetched() -> Fetches:
    return fetch_between_networks(tricks())


def test_no_trick_reaches_the_machine(fetched: Fetches) -> None:
    through = [
        (case.url, *outcome) for case, outcome in zip(tricks(), fetched.outcomes, strict=True) if not outcome.code
    ]

    assert len(fetched.outcomes) > 429
    assert (through, fetched.connections) == ([], 0)


def test_no_refusal_names_an_internal_answer(fetched: Fetches) -> None:
    by_name = [(case, outcome) for case, outcome in zip(tricks(), fetched.outcomes, strict=True) if case.answers]

    assert [outcome.text for case, outcome in by_name if any(answer in outcome.text for answer in case.answers)] == []
    assert {outcome.code for _, outcome in by_name} == {Verdict.FORBIDDEN_ADDRESS}


def test_public_site_is_reached() -> None:
    hosts = (SITE, f"[{SITE_IPV6}]", f"[{SITE_BY_NAT64}]")
    named = [Case("http://parts.example/", [address]) for address in (SITE, SITE_IPV6, SITE_BY_NAT64)]

    fetched = fetch_between_networks([*(Case(f"http://{host}/") for host in hosts), *named])

    assert [outcome.text for outcome in fetched.outcomes] == [PAGE.decode()] * len(fetched.outcomes)


def test_settings_refuse_more() -> None:
    cases = [Case(f"http://{SITE}/"), Case(f"http://[{SITE_IPV6}]/"), Case("http://[2606:2800:220:1:a:0:500:0]/")]

    fetched = fetch_between_networks(cases, refused_networks="93.184.216.0/24", nat64_prefixes="2606:2800:220:1::/64")

    assert [outcome.code for outcome in fetched.outcomes] == [Verdict.FORBIDDEN_ADDRESS] * len(cases)


def test_own_address_is_known_where_programs_may_bind_any(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(addresses, "_can_bind", lambda address: True)

    assert is_own(ip_address("127.0.0.1"))
    # Packets to this one have another sender, as packets to another machine have.
    assert not is_own(ip_address("127.0.0.2"))
