"""The guard lets fetches go to the public internet, and nowhere else."""

import socket
import threading
from collections.abc import Iterator
from ipaddress import IPv4Address, IPv6Address, ip_address

import httpcore2
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clients.address_guard import AddressGuard, Deadline, Forbidden, GuardedBackend, Unresolved, is_public
from settings.groups import FetchSettings

type Found = list[tuple[socket.AddressFamily, socket.SocketKind, int, str, tuple[str, int]]]


class FakeNames:
    """A resolver that knows some names, and counts how often it is asked for them."""

    def __init__(self, **names: list[str]) -> None:
        self._names = names
        self._real = socket.getaddrinfo
        self.asked: list[str] = []

    def __call__(self, host: str, port: int, *args: int, **options: int) -> Found:
        name = host.partition(".")[0]
        if name not in self._names:
            return self._real(host, port, *args, **options)  # type: ignore[return-value] - flags make it text
        self.asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port)) for address in self._names[name]]


def guard(*allowed: str, allow_http: bool = True) -> AddressGuard:
    return AddressGuard(FetchSettings(allowed_addresses=allowed, allow_http=allow_http))


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "10.0.0.1",
        "100.64.0.1",
        "127.0.0.1",
        "168.63.129.16",
        "169.254.169.254",
        "172.16.0.1",
        "192.0.0.192",
        "192.168.1.1",
        "192.88.99.1",
        "198.18.0.1",
        "224.0.0.1",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::1",
        "::7f00:1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "2001::1",
        "2001:db8::1",
        "2002:7f00:1::",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fe80::1%2",
        "fec0::1",
        "ff02::1",
    ],
)
def test_special_address_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_public_address_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_wrapping_an_address_changes_nothing(address: IPv4Address) -> None:
    mapped = IPv6Address(b"\0" * 10 + b"\xff\xff" + address.packed)
    translated = IPv6Address(bytes.fromhex("0064ff9b") + b"\0" * 8 + address.packed)

    assert is_public(mapped) == is_public(translated) == is_public(address)


@given(st.ip_addresses())
def test_public_address_is_global(address: IPv4Address | IPv6Address) -> None:
    assert not is_public(address) or not (address.is_private or address.is_loopback or address.is_multicast)


@pytest.mark.parametrize(
    "url",
    [
        "file:///etc/passwd",
        "ftp://x.test/a",
        "gopher://x.test/",
        "/relative.pdf",
        "//x.test/a.pdf",
        "http:///a.pdf",
        "http://user:secret@x.test/",
        "http://user@x.test/",
        "http://x.test\\@127.0.0.1/",
        "http://x.test:22/",
        "http://x.test:0/",
        "https://x.test:6379/",
    ],
)
def test_url_that_is_not_of_the_web_is_refused(url: str) -> None:
    with pytest.raises(Forbidden):
        guard().check(httpx2.URL(url))


@pytest.mark.parametrize("url", ["http://x.test/", "https://x.test:443/", "http://x.test:443", "HTTPS://X.TEST"])
def test_url_of_the_web_is_taken(url: str) -> None:
    guard().check(httpx2.URL(url))


def test_plain_http_needs_the_setting() -> None:
    with pytest.raises(Forbidden, match="only https"):
        guard(allow_http=False).check(httpx2.URL("http://x.test/"))


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "127.1", "2130706433", "0x7f000001", "0x7f.1", "017700000001", "localhost", "::1", "0"]
)
def test_loopback_is_refused_in_any_notation(host: str) -> None:
    with pytest.raises(Forbidden, match="not public"):
        guard().resolve(host, 80, seconds=5)


def test_allowed_address_is_allowed_on_its_port_only() -> None:
    one = guard("127.0.0.1:8000", "[::1]:80")

    assert one.resolve("127.0.0.1", 8000, seconds=5) == ["127.0.0.1"]
    assert one.resolve("::1", 80, seconds=5) == ["::1"]
    for host, port in [("127.0.0.1", 80), ("127.0.0.2", 8000), ("::1", 8000), ("8.8.8.8", 8000)]:
        with pytest.raises(Forbidden):
            one.resolve(host, port, seconds=5)


@pytest.mark.parametrize("text", ["localhost:80", "127.0.0.1", "127.0.0.1:http", ":80", ""])
def test_allowed_address_must_be_address_and_port(text: str) -> None:
    with pytest.raises(ValueError, match=r"as 127\.0\.0\.1:8000"):
        guard(text)


def test_one_private_address_among_many_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(socket, "getaddrinfo", FakeNames(mixed=["8.8.8.8", "10.0.0.1"]))

    with pytest.raises(Forbidden, match=r"mixed\.test leads to 10\.0\.0\.1"):
        guard().resolve("mixed.test", 443, seconds=5)


@pytest.mark.parametrize(("error", "temporary"), [(socket.EAI_AGAIN, True), (socket.EAI_NONAME, False)])
def test_failed_look_up_says_if_it_may_pass(monkeypatch: pytest.MonkeyPatch, error: int, temporary: bool) -> None:
    def fail(*args: object, **options: object) -> Found:
        raise socket.gaierror(error, "no")

    monkeypatch.setattr(socket, "getaddrinfo", fail)

    with pytest.raises(Unresolved) as caught:
        guard().resolve("x.test", 443, seconds=5)
    assert caught.value.temporary is temporary


@pytest.mark.parametrize("host", ["." * 3, "a" * 70 + ".test", "a" * 300])
def test_impossible_name_is_not_resolved(host: str) -> None:
    with pytest.raises(Unresolved):
        guard().resolve(host, 443, seconds=5)


def test_slow_look_up_times_out(monkeypatch: pytest.MonkeyPatch) -> None:
    answered = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answered.wait(30))

    with pytest.raises(httpcore2.ConnectTimeout, match="looking up"):
        guard().resolve("x.test", 443, seconds=0.01)
    answered.set()


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server


def test_connection_goes_to_the_address_that_was_judged(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket
) -> None:
    port = listener.getsockname()[1]
    names = FakeNames(parts=["127.0.0.1"])
    monkeypatch.setattr(socket, "getaddrinfo", names)

    stream = GuardedBackend(guard(f"127.0.0.1:{port}"), Deadline(5)).connect_tcp("parts.test", port, 5)

    assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
    assert names.asked == ["parts.test"]
    stream.close()


def test_next_address_is_tried_when_one_is_dead(monkeypatch: pytest.MonkeyPatch, listener: socket.socket) -> None:
    port = listener.getsockname()[1]
    monkeypatch.setattr(socket, "getaddrinfo", FakeNames(parts=["127.0.0.9", "127.0.0.1"]))
    backend = GuardedBackend(guard(f"127.0.0.9:{port}", f"127.0.0.1:{port}"), Deadline(5))

    stream = backend.connect_tcp("parts.test", port, 5)

    assert stream.get_extra_info("server_addr") == ("127.0.0.1", port)
    stream.close()


def test_nothing_is_left_after_the_deadline() -> None:
    with pytest.raises(httpcore2.ReadTimeout):
        Deadline(0).left()
    assert 0 < Deadline(100).left(5) <= 5
