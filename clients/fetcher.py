"""Fetching from the web: every URL is hostile, and so is every answer."""

import io
import re
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final, overload

import httpcore2
import httpx2

from clients.address_guard import AddressGuard, Deadline, Forbidden, GuardedBackend, Unresolved
from schemas.datasheet import Fetched, Verdict
from schemas.errors import PartflowError
from settings.groups import FetchSettings

_MEGABYTE: Final = 1 << 20
_PATIENCE: Final = 120.0
"Seconds; a server that asks for more is not asked again, lest it stall the run."
_REDIRECTS: Final = {301, 302, 303, 307, 308}
_WALL_BYTES: Final = 1 << 16
_WALL: Final = re.compile(
    rb"captcha|cf-chl|challenge-platform|just a moment|attention required|_incapsula_resource|incident[ _]id"
    rb"|errors\.edgesuite\.net|pardon our interruption|are you (a )?(human|robot)",
    re.IGNORECASE,
)
"What the pages of bot walls say."

type _Headers = dict[bytes | str, bytes | str]


class FetchRefused(PartflowError):
    """A URL gave no file: `detail` is a sentence for a person, `retry_after` what the server asked for, in seconds."""

    def __init__(
        self, verdict: Verdict, detail: str, retryable: bool = False, retry_after: float | None = None
    ) -> None:
        super().__init__(verdict, detail, retryable, retry_after)
        self.verdict = verdict
        self.detail = detail
        self.retryable = retryable
        self.retry_after = retry_after

    def __str__(self) -> str:
        return f"{self.verdict}: {self.detail}"


class Fetcher:
    """Fetches files over HTTP within the limits of the settings; keeps nothing from one fetch to the next."""

    def __init__(self, settings: FetchSettings) -> None:
        self._settings = settings
        self._guard = AddressGuard(settings)
        self._tls = httpx2.create_ssl_context(trust_env=False)

    @overload
    def fetch(self, url: str) -> Fetched: ...
    @overload
    def fetch(self, url: str, *, etag: str | None, last_modified: str | None) -> Fetched | None: ...
    def fetch(self, url: str, *, etag: str | None = None, last_modified: str | None = None) -> Fetched | None:
        """Return the file at a URL, whatever it is; None when it is still the one of `etag` or `last_modified`.

        Raises:
            FetchRefused: there is none to be had; no other exception, whatever the server does.
        """
        unless = {"If-None-Match": etag, "If-Modified-Since": last_modified}
        conditions: _Headers = {name: value for name, value in unless.items() if value}
        with _only_refusals(), self._pool() as pool:
            hop = httpx2.URL(url)
            for _ in range(self._settings.max_redirects + 1):
                self._guard.check(hop)
                with self._get(pool, hop, conditions) as answer:
                    headers = httpx2.Headers(answer.headers)
                    if conditions and answer.status == httpx2.codes.NOT_MODIFIED:
                        return None
                    if not (answer.status in _REDIRECTS and "location" in headers):
                        return self._file(url, hop, answer)
                    hop = hop.join(headers["location"])
        raise FetchRefused(Verdict.UNREACHABLE, f"more than {self._settings.max_redirects} redirects")

    def _pool(self) -> httpcore2.ConnectionPool:
        backend = GuardedBackend(self._guard, Deadline(self._settings.total_seconds))
        # Nothing is kept alive, so that each hop is looked up and judged anew.
        return httpcore2.ConnectionPool(self._tls, max_keepalive_connections=0, network_backend=backend)

    @contextmanager
    def _get(
        self, pool: httpcore2.ConnectionPool, url: httpx2.URL, conditions: _Headers
    ) -> Iterator[httpcore2.Response]:
        headers: _Headers = {
            "Host": url.netloc,
            "User-Agent": self._settings.user_agent,
            "Accept": "application/pdf, */*;q=0.5",
            "Accept-Encoding": "identity",
            "Connection": "close",
            **conditions,
        }
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        silence = self._settings.read_seconds
        timeouts = {"connect": self._settings.connect_seconds, "read": silence, "write": silence, "pool": silence}
        with pool.stream("GET", target, headers=headers, extensions={"timeout": timeouts}) as answer:
            yield answer

    def _file(self, url: str, hop: httpx2.URL, answer: httpcore2.Response) -> Fetched:
        headers = httpx2.Headers(answer.headers)
        if answer.status != httpx2.codes.OK:
            raise _refusal(hop.host, answer, headers)
        if headers.get("content-encoding", "identity").strip().lower() != "identity":
            raise FetchRefused(Verdict.NOT_PDF, f"{hop.host} sent it compressed, though asked not to")
        return Fetched(
            url=url,
            final_url=str(hop),
            content=self._body(answer, headers),
            media_type=headers.get("content-type", "").partition(";")[0].strip().lower() or None,
            etag=_ascii(headers.get("etag")),
            last_modified=_ascii(headers.get("last-modified")),
        )

    def _body(self, answer: httpcore2.Response, headers: httpx2.Headers) -> bytes:
        limit = self._settings.max_mb * _MEGABYTE
        too_large = FetchRefused(Verdict.TOO_LARGE, f"larger than {self._settings.max_mb} MB")
        if int(headers.get("content-length", 0)) > limit:
            raise too_large
        body = io.BytesIO()
        try:
            for chunk in answer.iter_stream():
                if body.tell() + len(chunk) > limit:
                    raise too_large
                body.write(chunk)
        except (httpcore2.ProtocolError, httpcore2.NetworkError) as error:
            detail = f"the answer broke off after {body.tell()} bytes: {error}"
            raise FetchRefused(Verdict.TRUNCATED, detail, retryable=True) from error
        return body.getvalue()


@contextmanager
def _only_refusals() -> Iterator[None]:
    try:
        yield
    except Forbidden as error:
        raise FetchRefused(Verdict.FORBIDDEN_ADDRESS, str(error)) from error
    except Unresolved as error:
        raise FetchRefused(Verdict.UNREACHABLE, error.detail, error.temporary) from error
    except httpcore2.TimeoutException as error:
        connecting = isinstance(error, httpcore2.ConnectTimeout)
        detail = "connecting took too long" if connecting else "the answer took too long"
        raise FetchRefused(Verdict.TIMEOUT, detail, connecting) from error
    except httpcore2.NetworkError as error:
        untrusted = isinstance(error.__cause__, ssl.SSLError)
        raise FetchRefused(Verdict.UNREACHABLE, f"no connection: {error}", not untrusted) from error
    except (httpcore2.ProtocolError, httpx2.InvalidURL, ValueError) as error:
        raise FetchRefused(Verdict.UNREACHABLE, f"not understood: {error}") from error


def _refusal(host: str, answer: httpcore2.Response, headers: httpx2.Headers) -> FetchRefused:
    detail = f"{host} answered {answer.status} {httpx2.codes.get_reason_phrase(answer.status)}".rstrip()
    match answer.status:
        case httpx2.codes.UNAUTHORIZED | httpx2.codes.FORBIDDEN:
            return FetchRefused(Verdict.BLOCKED, detail)
        case httpx2.codes.SERVICE_UNAVAILABLE if _is_wall(answer, headers):
            return FetchRefused(Verdict.BLOCKED, f"{detail}, with a page that keeps programs out")
        case httpx2.codes.TOO_MANY_REQUESTS:
            verdict = Verdict.BLOCKED
        case status if status >= httpx2.codes.INTERNAL_SERVER_ERROR:
            verdict = Verdict.UNREACHABLE
        case _:
            return FetchRefused(Verdict.UNREACHABLE, detail)
    wait = _retry_after(headers.get("retry-after", ""))
    if wait is not None and wait > _PATIENCE:
        return FetchRefused(verdict, f"{detail}, and asks to come back in {wait:.0f} s")
    return FetchRefused(verdict, detail, retryable=True, retry_after=wait)


def _is_wall(answer: httpcore2.Response, headers: httpx2.Headers) -> bool:
    if "cf-mitigated" in headers:
        return True
    page = bytearray()
    with suppress(httpcore2.ProtocolError, httpcore2.NetworkError, httpcore2.TimeoutException):
        for chunk in answer.iter_stream():
            page += chunk
            if len(page) >= _WALL_BYTES:
                break
    return _WALL.search(page) is not None


def _retry_after(header: str) -> float | None:
    """Return the seconds that a Retry-After header, a number or a date, asks for."""
    if re.fullmatch(r"[0-9]{1,9}", header.strip()):
        return float(header)
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def _ascii(value: str | None) -> str | None:
    # Only what can be sent back is worth keeping.
    return value if value and value.isascii() else None
