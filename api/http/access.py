"""Who may call: the token, the hosts and origins, and the headers that keep a browser from harm."""

from collections.abc import Mapping
from typing import Final

from flask import Response, g, request
from flask_cors import CORS

from api.http.access_log import HEADER, note_route
from api.http.door import Door, Head, TurnedAway
from api.http.errors import problem
from api.http.sources import Source
from api.http.transaction import PartflowFlask
from settings.groups import ApiSettings

_EXPOSED: Final = (
    *("ETag", "Location", "Idempotency-Replayed", "Content-Range", "Accept-Ranges", "Content-Disposition"),
    HEADER,
)
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}


def guard(app: PartflowFlask, api: ApiSettings) -> None:
    """Check every request, and put the safe headers on every response.

    Raises:
        SettingsError: the token cannot be read.
    """
    door = Door(api, named=app.tokens)
    app.url_value_preprocessor(note_route)

    def check() -> Response | None:
        head = _head()
        g.actor = door.holder(head).name
        return _answer(door.refusal(head))

    app.before_request(check)
    app.after_request(lambda response: _harden(response, api))
    if api.cors_origin:
        CORS(app, origins=[api.cors_origin], expose_headers=list(_EXPOSED))


def _head() -> Head:
    own: Mapping[str, str] = request.environ
    source = Source(own.get("REMOTE_ADDR", ""), own.get("REMOTE_PORT", ""), own.get("SERVER_PORT", ""))
    return Head(request.method, request.path, request.headers, source)


def _answer(refusal: TurnedAway | None) -> Response | None:
    if refusal is None:
        return None
    answer = problem(refusal.code, refusal.sentence)
    answer.headers.update(refusal.headers)
    return answer


def _harden(response: Response, api: ApiSettings) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if api.cors_origin:
        # The front end may show our pictures.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
