"""Every ending of a fetch, over a real socket."""

import gzip
import socket
import threading
from collections.abc import Callable, Iterator
from http import HTTPStatus

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clients.web.fetcher import Fetcher
from schemas.datasheet import Fetched, Validators, Verdict
from schemas.errors import Refused
from settings.groups import FetchSettings
from tests.support.hostile_web import Script, hostile_web, page
from tests.support.sheet_site import SheetSite

PDF = b"%PDF-1.7 " + b"x" * 5000


def drip(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
    hung_up = threading.Event()
    while not hung_up.wait(0.05):
        connection.sendall(b"x")


def drip_headers(connection: socket.socket) -> None:
    hung_up = threading.Event()
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not hung_up.wait(0.05):
        connection.sendall(b"X: y\r\n")


def endless(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65536)


PAGES: dict[str, bytes | Script] = {
    "/ok.pdf": page(PDF, Content_Type="text/html", ETag='"v1"', Set_Cookie="a=b"),
    "/gzip.pdf": page(gzip.compress(PDF), Content_Encoding="gzip"),
    "/bomb": page(gzip.compress(b"0" * 3_000_000), Content_Encoding="gzip"),
    "/brokengzip": page(b"nonsense", Content_Encoding="gzip"),
    "/unchanged": page(status="304 Not Modified"),
    "/moved": page(status="302 Found", Location="/ok.pdf"),
    "/loop": page(status="302 Found", Location="/loop"),
    "/to-private": page(status="302 Found", Location="http://10.0.0.7/x.pdf"),
    "/to-metadata": page(status="302 Found", Location="http://169.254.169.254/latest"),
    "/to-file": page(status="302 Found", Location="file:///etc/passwd"),
    "/to-garbage": page(status="302 Found", Location="http://[::1"),
    "/forbidden": page(b"<html>Just a moment... cf-chl</html>", status="403 Forbidden"),
    "/busy": page(status="429 Too Many Requests", Retry_After="17"),
    "/wall": page(b"<html>please solve the CAPTCHA</html>", status="503 Service Unavailable"),
    "/down": page(status="503 Service Unavailable", Retry_After="Wed, 21 Oct 2015 07:28:00 GMT"),
    "/patience": page(status="503 Service Unavailable", Retry_After="9999"),
    "/absurd": page(status="503 Service Unavailable", Retry_After="9" * 400),
    "/eternal": page(status="503 Service Unavailable", Retry_After="Fri, 31 Dec 9999 23:59:59 -1200"),
    "/gone": page(status="410 Gone"),
    "/broken": page(status="500 Internal Server Error"),
    "/short": page(PDF, Content_Length="9000"),
    "/large": page(PDF, Content_Length="2000000"),
    "/garbage": b"\x00\x01 not http at all\r\n\r\n",
    "/nothing": b"",
    "/drip": drip,
    "/drip-headers": drip_headers,
    "/endless": endless,
}
LIMITS = FetchSettings(max_mb=1, max_redirects=3)
IMPATIENT = {"total_seconds": 0.8, "read_seconds": 0.5}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    with hostile_web(PAGES) as port:
        yield port


@pytest.fixture(scope="module")
def fetch(port: int) -> Callable[[str], bytes]:
    allowed = LIMITS.model_copy(update={"allowed_addresses": (f"127.0.0.1:{port}",)})

    def fetch(path: str) -> bytes:
        fetcher = Fetcher(allowed.model_copy(update=IMPATIENT if path.startswith("/drip") else {}))
        return fetcher.fetch(f"http://127.0.0.1:{port}{path}").content

    return fetch


@pytest.mark.parametrize("path", ["/ok.pdf", "/gzip.pdf", "/moved"])
def test_file_is_fetched(fetch: Callable[[str], bytes], path: str) -> None:
    assert fetch(path) == PDF


@pytest.mark.parametrize(
    ("path", "verdict", "retryable"),
    [
        ("/loop", Verdict.UNREACHABLE, False),
        ("/to-private", Verdict.FORBIDDEN_ADDRESS, False),
        ("/to-metadata", Verdict.FORBIDDEN_ADDRESS, False),
        ("/to-file", Verdict.FORBIDDEN_ADDRESS, False),
        ("/to-garbage", Verdict.UNREACHABLE, False),
        ("/forbidden", Verdict.BLOCKED, False),
        ("/busy", Verdict.BLOCKED, True),
        ("/wall", Verdict.BLOCKED, False),
        ("/down", Verdict.UNREACHABLE, True),
        ("/gone", Verdict.UNREACHABLE, False),
        ("/broken", Verdict.UNREACHABLE, True),
        ("/unchanged", Verdict.UNREACHABLE, False),
        ("/patience", Verdict.UNREACHABLE, False),
        ("/absurd", Verdict.UNREACHABLE, True),
        ("/eternal", Verdict.UNREACHABLE, True),
        ("/absent", Verdict.UNREACHABLE, False),
        ("/short", Verdict.TRUNCATED, True),
        ("/large", Verdict.TOO_LARGE, False),
        ("/endless", Verdict.TOO_LARGE, False),
        ("/bomb", Verdict.TOO_LARGE, False),
        ("/brokengzip", Verdict.NOT_PDF, False),
        ("/garbage", Verdict.TRUNCATED, True),
        ("/nothing", Verdict.TRUNCATED, True),
        ("/drip", Verdict.TIMEOUT, False),
        ("/drip-headers", Verdict.TIMEOUT, False),
    ],
)
def test_refusal_has_its_reason(fetch: Callable[[str], bytes], path: str, verdict: Verdict, retryable: bool) -> None:
    with pytest.raises(Refused) as refused:
        fetch(path)
    assert (refused.value.code, refused.value.retryable) == (verdict, retryable)


@pytest.fixture
def site() -> Iterator[SheetSite]:
    with SheetSite() as site:
        yield site


def fetcher_for(site: SheetSite, **more: object) -> Fetcher:
    return Fetcher(LIMITS.model_copy(update={"allowed_addresses": (site.endpoint,), **more}))


def validators(fetched: Fetched | None) -> Validators:
    assert fetched
    return Validators(url=fetched.final_url, etag=fetched.etag, last_modified=fetched.last_modified)


@pytest.mark.parametrize("without", ["etag", "last_modified"])
def test_file_that_is_the_same_is_not_sent_again(site: SheetSite, without: str) -> None:
    site.put("/a.pdf", PDF)
    known = validators(fetcher_for(site).fetch(site.url("/a.pdf"))).model_copy(update={without: None})

    assert fetcher_for(site).fetch_if_changed(site.url("/a.pdf"), known) is None
    site.put("/a.pdf", PDF + b"y")
    changed = fetcher_for(site).fetch_if_changed(site.url("/a.pdf"), known)
    assert changed
    assert (changed.content, validators(changed) != known) == (PDF + b"y", True)


def test_file_that_moved_is_recognised_where_it_came_from(site: SheetSite) -> None:
    site.put("/new.pdf", PDF)
    site.move("/old.pdf", "/new.pdf")
    known = validators(fetcher_for(site).fetch(site.url("/old.pdf")))

    assert known.url == site.url("/new.pdf")
    assert fetcher_for(site).fetch_if_changed(site.url("/old.pdf"), known) is None


def test_another_address_is_not_asked_about_the_version(site: SheetSite) -> None:
    site.put("/old.pdf", PDF)
    known = validators(fetcher_for(site).fetch(site.url("/old.pdf")))
    site.put("/new.pdf", PDF)
    site.move("/old.pdf", "/new.pdf")

    assert fetcher_for(site).fetch_if_changed(site.url("/old.pdf"), known)
    assert [visit.conditional for visit in site.visits] == [False, True, False]


def test_site_that_says_unchanged_unasked_is_refused(site: SheetSite) -> None:
    site.answer("/a.pdf", lambda visit: visit.send(b"", None, HTTPStatus.NOT_MODIFIED))
    elsewhere = Validators(url=site.url("/b.pdf"), etag='"1"')

    with pytest.raises(Refused, match="304"):
        fetcher_for(site).fetch_if_changed(site.url("/a.pdf"), elsewhere)


@pytest.mark.parametrize(
    "headers",
    [
        {"ETag": "unquoted"},
        {"ETag": '"' + "x" * 300 + '"'},
        {"ETag": '"ü"'},
        {"Last-Modified": "yesterday"},
        {"Last-Modified": "Tue, 05 Mar 2024 09:00:00 GMT (" + "x" * 300 + ")"},
    ],
)
def test_validator_that_is_none_is_not_kept(site: SheetSite, headers: dict[str, str]) -> None:
    site.answer("/a.pdf", lambda visit: visit.send(PDF, "application/pdf", headers=headers))
    fetched = fetcher_for(site).fetch(site.url("/a.pdf"))

    assert (fetched.etag, fetched.last_modified) == (None, None)


@pytest.mark.parametrize(("path", "seconds"), [("/busy", 17.0), ("/down", 0.0), ("/gone", None), ("/absurd", None)])
def test_retry_after_is_understood(fetch: Callable[[str], bytes], path: str, seconds: float | None) -> None:
    with pytest.raises(Refused) as refused:
        fetch(path)
    assert refused.value.retry_after == seconds


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1:{port}/ok.pdf", "http://localhost:{port}/ok.pdf", "http://2130706433:{port}/ok.pdf",
        "http://0x7f.1:{port}/ok.pdf", "http://0177.0.0.1:{port}/ok.pdf", "http://[::ffff:127.0.0.1]:{port}/ok.pdf",
        "http://127.1:{port}/ok.pdf", "http://①②⑦.0.0.1:{port}/ok.pdf", "http://user:pw@127.0.0.1:{port}/ok.pdf",
        "ftp://127.0.0.1:{port}/ok.pdf", "file:///etc/passwd", "gopher://127.0.0.1:{port}/_", "", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_loopback_is_refused_however_it_is_spelt(port: int, url: str) -> None:
    with pytest.raises(Refused) as refused:
        Fetcher(LIMITS).fetch(url.format(port=port))
    assert refused.value.code in (Verdict.FORBIDDEN_ADDRESS, Verdict.UNREACHABLE)


def test_allowed_address_allows_no_other_port(port: int) -> None:
    fetcher = Fetcher(LIMITS.model_copy(update={"allowed_addresses": (f"127.0.0.1:{port + 1}",)}))

    with pytest.raises(Refused) as refused:
        fetcher.fetch(f"http://127.0.0.1:{port}/ok.pdf")
    assert refused.value.code == Verdict.FORBIDDEN_ADDRESS


@pytest.mark.parametrize("url", ["http://parts.example:0/x.pdf", "https://parts.example:00/x.pdf"])
def test_port_zero_is_not_the_usual_port(url: str) -> None:
    with pytest.raises(Refused, match="port 0"):
        Fetcher(LIMITS, resolver=lambda host, port: pytest.fail("the name was looked up")).fetch(url)


def test_refusal_names_no_internal_address() -> None:
    with pytest.raises(Refused, match="intranet is not a public web address") as refused:
        Fetcher(LIMITS, resolver=lambda host, port: ["10.4.5.6"]).fetch("http://intranet/x.pdf")
    assert "10.4.5.6" not in refused.value.detail


def test_one_private_address_among_public_ones_is_enough_to_refuse() -> None:
    fetcher = Fetcher(LIMITS, resolver=lambda host, port: ["93.184.216.34", "10.0.0.1"])

    with pytest.raises(Refused) as refused:
        fetcher.fetch("http://rebinding.example/x.pdf")
    assert refused.value.code == Verdict.FORBIDDEN_ADDRESS


def test_name_is_resolved_once(port: int) -> None:
    asked: list[str] = []

    def resolver(host: str, _port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"] if len(asked) == 1 else ["10.0.0.1"]

    fetcher = Fetcher(LIMITS.model_copy(update={"allowed_addresses": (f"127.0.0.1:{port}",)}), resolver=resolver)
    fetcher.fetch(f"http://parts.example:{port}/ok.pdf")

    assert asked == ["parts.example"]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(max_size=60) | st.text(max_size=40).map("http://{}".format))
def test_any_text_is_fetched_or_refused(url: str) -> None:
    fetcher = Fetcher(LIMITS, resolver=lambda host, port: ["127.0.0.1"])

    with pytest.raises(Refused):
        fetcher.fetch(url)
