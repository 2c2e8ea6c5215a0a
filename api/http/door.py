"""The rules of who may call, which need no more of a request than its head."""

import base64
import binascii
import hmac
import math
import re
from collections.abc import Mapping
from typing import Final, NamedTuple, Protocol

from api.http.attempts import Attempts
from api.http.sources import Source
from api.http.tokens import Holder, KnownTokens
from schemas.access import INSTALLATION, AccessScope
from schemas.problem import ErrorCode
from settings.groups import ApiSettings, is_loopback

USER: Final = "partflow"
"The name under which a browser sends the token."
_OPEN_PATHS: Final = re.compile(r"/health(/ready)?|/docs(/.*)?")
"Orchestrators probe without a token, and the documentation says how to send one; it shows no data."
_READS: Final = ("GET", "HEAD", "OPTIONS")
_ASKING_PATHS: Final = re.compile(r"/locations/suggest|/projects/\d+/shortage|/labels")
"What changes nothing, although it is sent as a POST."
_OPERATING_PATHS: Final = re.compile(r"/(?:schedules|search/rebuild)(?:/.*)?")
_SECRET_PATHS: Final = re.compile(r"/(?:tokens|audit)(?:/.*)?")
_EVERYBODY: Final = Holder(INSTALLATION, AccessScope.OPERATE)
"Whoever sends the token of the settings, or calls an installation without one."
_CHALLENGE: Final = 'Bearer, Basic realm="Partflow", charset="UTF-8"'


class Headers(Protocol):
    """The headers of a request, found by their names in any case."""

    def get(self, key: str, default: str) -> str:
        """Return a header, or the default."""


class Head(NamedTuple):
    """The head of a request."""

    method: str
    path: str
    headers: Headers
    source: Source

    def get(self, name: str) -> str:
        """Return a header, or an empty text."""
        return self.headers.get(name, "")

    @property
    def reads(self) -> bool:
        """Whether it changes nothing."""
        return self.method in _READS


class TurnedAway(NamedTuple):
    """Why a request is refused, and what else its answer says."""

    code: ErrorCode
    sentence: str
    headers: Mapping[str, str]


class Door:
    """Lets requests in that have the token, ask for one of our names, and come from no foreign page.

    Raises:
        SettingsError: the token cannot be read.
    """

    def __init__(self, api: ApiSettings, *, open_paths: bool = True, named: KnownTokens | None = None) -> None:
        token = api.access_token()
        self._named = named
        self._api = api
        self._token = token.get_secret_value().encode() if token else None
        self._attempts = Attempts()
        self._open = _OPEN_PATHS if open_paths else re.compile(r"(?!)")

    def refusal(self, head: Head) -> TurnedAway | None:
        """Return why a request is refused, or None."""
        return self._check_host(head) or self._check_site(head) or self._check_token(head)

    def _check_token(self, head: Head) -> TurnedAway | None:
        if self._token is None or head.method == "OPTIONS" or (head.reads and self._open.fullmatch(head.path)):
            return None
        given = _token_of(head.get("Authorization"))
        holder = self._holder_of(given)
        wait = 0.0 if given is None else self._attempts.wait_of(head.source, right=holder is not None)
        if wait:
            seconds = math.ceil(wait)
            sentence = f"too many wrong tokens came from there; try again in {seconds} s"
            return TurnedAway(ErrorCode.EXHAUSTED, sentence, {"Retry-After": str(seconds)})
        if holder is None:
            return TurnedAway(ErrorCode.UNAUTHORIZED, self._how, {"WWW-Authenticate": _CHALLENGE})
        return _check_scope(head, holder)

    def holder(self, head: Head) -> Holder:
        """Return who sends a request that is not refused."""
        return self._holder_of(_token_of(head.get("Authorization"))) or _EVERYBODY

    def _holder_of(self, given: bytes | None) -> Holder | None:
        if given is None or self._token is None:
            return None
        if hmac.compare_digest(given, self._token):
            return _EVERYBODY
        return self._named.holder(given) if self._named else None

    @property
    def _how(self) -> str:
        file = self._api.token_file if self._api.token is None else None
        place = f"; it is in the file {file.name} of the server's data folder" if file else ""
        return f"the token is missing or wrong; send the header Authorization: Bearer TOKEN{place}"

    def _check_host(self, head: Head) -> TurnedAway | None:
        # A web page can point its own name at this machine; without a token of the user's only the name tells it apart.
        name = re.sub(r":\d+$", "", head.get("Host")).strip("[]").lower()
        if is_loopback(name) or name in (self._api.host, *self._api.hosts):
            return None
        if self._api.hosts:
            sentence = "this server does not answer to that name; PARTFLOW_API_HOSTS has those to which it does"
            return TurnedAway(ErrorCode.INVALID_INPUT, sentence, {})
        if self._api.token or not is_loopback(self._api.host):
            return None
        return TurnedAway(
            ErrorCode.INVALID_INPUT,
            "this server answers to its local names only; name others in PARTFLOW_API_HOSTS",
            {},
        )

    def _check_site(self, head: Head) -> TurnedAway | None:
        """Refuse what pages of another origin send, by both headers with which a browser says so."""
        origin, host, site = head.get("Origin"), head.get("Host"), head.get("Sec-Fetch-Site")
        if origin:
            foreign = origin not in (f"http://{host}", f"https://{host}", self._api.cors_origin)
            refused = foreign and (not head.reads or site in ("cross-site", "same-site"))
        else:
            foreign = site in ("cross-site", "same-site")
            refused = foreign and not self._may_be_shown(head)
        if not refused:
            return None
        sentence = "pages of this origin may not call; PARTFLOW_API_CORS_ORIGIN names the one that may"
        return TurnedAway(ErrorCode.FORBIDDEN, sentence, {})

    def _may_be_shown(self, head: Head) -> bool:
        """Tell whether a page elsewhere may lead to an answer or, as the front end, show it as a picture."""
        opened = head.get("Sec-Fetch-Mode") == "navigate" and head.get("Sec-Fetch-Dest") == "document"
        return head.reads and (opened or self._api.cors_origin is not None)


def _check_scope(head: Head, holder: Holder) -> TurnedAway | None:
    needed = _needed(head)
    if holder.scope.covers(needed):
        return None
    sentence = f"the token {holder.name} allows to {holder.scope}, and this needs one that allows to {needed}"
    return TurnedAway(ErrorCode.FORBIDDEN, sentence, {})


def _needed(head: Head) -> AccessScope:
    if _SECRET_PATHS.fullmatch(head.path):
        return AccessScope.OPERATE
    if head.reads or _ASKING_PATHS.fullmatch(head.path):
        return AccessScope.READ
    return AccessScope.OPERATE if _OPERATING_PATHS.fullmatch(head.path) else AccessScope.WRITE


def _token_of(authorization: str) -> bytes | None:
    """Return the token of a header; programs send it as a bearer, a browser as the password that it asks for."""
    scheme, _, given = authorization.partition(" ")
    match scheme.lower():
        case "bearer":
            return given.strip().encode()
        case "basic":
            try:
                return base64.b64decode(given, validate=True).partition(b":")[2]
            except (binascii.Error, ValueError):
                return b""
    return b"" if authorization else None
