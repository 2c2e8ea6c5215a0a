"""Fetching the URLs that a model, a catalogue or a user proposes; every URL is hostile."""

import re
import socket
import ssl
import time
import zlib
from collections.abc import Callable, Mapping
from typing import Final

import httpcore2
import httpx2

from clients.web.address_guard import ForbiddenAddress, GuardedBackend, Resolver, resolve
from clients.web.retry_after import retry_after
from clients.web.validators import conditional_headers, usable_date, usable_etag
from observability.traces import span
from schemas.datasheet import Fetched, Validators, Verdict
from schemas.errors import Refused, disk_error
from settings.groups import FetchSettings

_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_WALLED: Final = frozenset({401, 403, 429, 503})
_WALL: Final = re.compile(
    rb"captcha|cf-chl|challenge-platform|just a moment|attention required|_incapsula_resource|errors\.edgesuite\.net"
    rb"|pardon our interruption|are you (?:a )?(?:human|robot)",
    re.IGNORECASE,
)
"Words on the pages of bot walls."
_PATIENCE: Final = 120.0
"Seconds; a site that demands a longer wait is not retried, so that it cannot stall the run."
_MOST_WALL_BYTES: Final = 65_536

Hold = Callable[[str], object]


def _hold_nothing(_host: str) -> None:
    """Let any number of fetches be made from a host."""


class Fetcher:
    """Fetches files without cookies, credentials or a proxy."""

    def __init__(self, settings: FetchSettings, *, resolver: Resolver = resolve) -> None:
        self._settings = settings
        self._resolver = resolver
        self._tls = ssl.create_default_context()

    def fetch(self, url: str, *, hold: Hold = _hold_nothing) -> Fetched:
        """Fetch a file; `hold` is asked for each host before it is connected to, also for those of redirects.

        Raises:
            Refused: the file could not be fetched; `code` tells the reason.
        """
        fetched = self.fetch_if_changed(url, None, hold=hold)
        assert fetched, "without validators there is always a file"
        return fetched

    def fetch_if_changed(self, url: str, known: Validators | None, *, hold: Hold = _hold_nothing) -> Fetched | None:
        """Fetch a file unless it is still the one that `known` came with; None means that it is.

        Only the address that sent the validators gets them back, so that another one, which a redirect leads to, cannot
        answer for it.

        Raises:
            Refused: the file could not be fetched; `code` tells the reason.
        """
        deadline = time.monotonic() + self._settings.total_seconds
        headers = {"User-Agent": self._settings.user_agent, "Accept": "application/pdf,*/*;q=0.5"}
        headers |= {"Accept-Encoding": "identity", "Connection": "close"}
        here = url
        for _ in range(self._settings.max_redirects + 1):
            checked = self._checked(here)
            hold(checked.host.lower())
            condition = conditional_headers(known) if known and known.url == here else {}
            answer = self._get(checked, headers | condition, deadline)
            if answer is None and condition:
                return None
            if answer is None:
                raise Refused(Verdict.UNREACHABLE, "the site answers 304 without having been asked for changes")
            if isinstance(answer, Fetched):
                return answer.model_copy(update={"url": url, "final_url": here})
            here = answer
        raise Refused(Verdict.UNREACHABLE, f"the URL redirects more than {self._settings.max_redirects} times")

    def _checked(self, url: str) -> httpx2.URL:
        try:
            parsed = httpx2.URL(url)
        except (httpx2.InvalidURL, UnicodeError, ValueError, TypeError) as error:
            raise Refused(Verdict.UNREACHABLE, f"the address is not a URL: {error}") from error
        schemes = {"http", "https"} if self._settings.allow_http else {"https"}
        if parsed.scheme not in schemes or not parsed.host:
            raise Refused(
                Verdict.FORBIDDEN_ADDRESS, f"the URL's scheme is not allowed; expected {' or '.join(sorted(schemes))}"
            )
        if parsed.userinfo:
            raise Refused(Verdict.FORBIDDEN_ADDRESS, "the URL contains a user name; remove it")
        if parsed.port == 0:
            # The HTTP library would take it for no port at all, and connect to the scheme's own.
            raise Refused(Verdict.FORBIDDEN_ADDRESS, "the URL names port 0, which no server has")
        return parsed

    def _get(self, url: httpx2.URL, headers: Mapping[str, str], deadline: float) -> Fetched | str | None:
        """Send one request, and return the file, the URL of a redirect, or None for "not modified"."""
        settings = self._settings
        waits = {"connect": settings.connect_seconds, "read": settings.read_seconds, "write": settings.read_seconds}
        backend = GuardedBackend(settings, deadline, resolver=self._resolver)
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        asked = [("Host", url.netloc.decode("ascii")), *headers.items()]
        try:
            with (
                span("fetch", "client", host=url.host),
                httpcore2.ConnectionPool(ssl_context=self._tls, network_backend=backend) as pool,
                pool.stream("GET", target, headers=asked, extensions={"timeout": waits}) as response,
            ):
                return self._read(url, response)
        except ForbiddenAddress as error:
            raise Refused(Verdict.FORBIDDEN_ADDRESS, str(error)) from error
        except httpcore2.TimeoutException as error:
            connecting = isinstance(error, httpcore2.ConnectTimeout)
            raise Refused(Verdict.TIMEOUT, "the server is too slow", retryable=connecting) from error
        except (httpcore2.ConnectError, ssl.SSLError) as error:
            detail = f"{url.host} cannot be reached: {error}"
            raise Refused(Verdict.UNREACHABLE, detail, retryable=not _is_final(error)) from error
        except (httpcore2.NetworkError, httpcore2.ProtocolError, OSError, ValueError) as error:
            if isinstance(error, OSError) and (full := disk_error(error)):
                raise full from error
            raise Refused(Verdict.TRUNCATED, "the answer broke off, or is not HTTP", retryable=True) from error

    def _read(self, url: httpx2.URL, response: httpcore2.Response) -> Fetched | str | None:
        headers = httpx2.Headers(response.headers)
        if response.status == httpx2.codes.NOT_MODIFIED:
            return None
        if response.status in _REDIRECTS and "location" in headers:
            return _joined(url, headers["location"])
        if response.status != httpx2.codes.OK:
            raise self._refusal(response, headers)
        content = self._content(response, headers)
        return Fetched(
            url=str(url),
            final_url=str(url),
            content=content,
            media_type=headers.get("content-type"),
            etag=usable_etag(headers.get("etag")),
            last_modified=usable_date(headers.get("last-modified")),
        )

    def _content(self, response: httpcore2.Response, headers: httpx2.Headers) -> bytes:
        limit = self._settings.max_mb * 1_000_000
        too_large = Refused(Verdict.TOO_LARGE, f"the file is over {self._settings.max_mb} MB (PARTFLOW_FETCH_MAX_MB)")
        if (length := headers.get("content-length", "0")).isdecimal() and int(length) > limit:
            raise too_large
        content = bytearray()
        for chunk in response.iter_stream():
            content += chunk
            if len(content) > limit:
                raise too_large
        if headers.get("content-encoding", "identity").lower() in ("gzip", "x-gzip", "deflate"):
            content = bytearray(_inflated(bytes(content), limit + 1))
            if len(content) > limit:
                raise too_large
        return bytes(content)

    def _refusal(self, response: httpcore2.Response, headers: httpx2.Headers) -> Refused:
        status = response.status
        wait = retry_after(headers.get("retry-after"))
        patient = (wait or 0.0) <= _PATIENCE
        if status in _WALLED and (status != httpx2.codes.SERVICE_UNAVAILABLE or _is_wall(response)):
            busy = status == httpx2.codes.TOO_MANY_REQUESTS and patient
            return Refused(Verdict.BLOCKED, f"the site refuses robots ({status})", retryable=busy, retry_after=wait)
        failing = status >= httpx2.codes.INTERNAL_SERVER_ERROR and patient
        return Refused(Verdict.UNREACHABLE, f"the site answers {status}", retryable=failing, retry_after=wait)


def _is_final(error: Exception) -> bool:
    """Tell whether a retry cannot help: the name does not exist, or its certificate is wrong."""
    cause = error.__cause__
    unknown = isinstance(cause, socket.gaierror) and cause.errno != socket.EAI_AGAIN
    return unknown or isinstance(cause, ssl.SSLCertVerificationError) or isinstance(error, ssl.SSLCertVerificationError)


def _joined(url: httpx2.URL, location: str) -> str:
    try:
        return str(url.join(location))
    except (httpx2.InvalidURL, UnicodeError, ValueError) as error:
        raise Refused(Verdict.UNREACHABLE, f"the URL redirects to an address that is not a URL: {error}") from error


def _is_wall(response: httpcore2.Response) -> bool:
    page = b""
    for chunk in response.iter_stream():
        page += chunk
        if len(page) > _MOST_WALL_BYTES:
            break
    return _WALL.search(page) is not None


def _inflated(content: bytes, most: int) -> bytes:
    """Undo a compression that was not requested, up to a size."""
    try:
        return zlib.decompressobj(wbits=47).decompress(content, most)
    except zlib.error as error:
        raise Refused(Verdict.NOT_PDF, "the file's compression is damaged") from error
