"""Who may call: the token, the hosts and origins, and the headers that keep a browser from harm."""

import hmac
import re

from flask import Flask, Response, request
from flask_cors import CORS

from api.http.errors import problem
from schemas.problem import ErrorCode
from settings.groups import ApiSettings, is_loopback

_OPEN_PATHS = ("/health", "/health/ready")
"Orchestrators probe without a token."
_READS = ("GET", "HEAD", "OPTIONS")
_EXPOSED = ("ETag", "Location", "Idempotency-Replayed", "Content-Range", "Accept-Ranges", "Content-Disposition")
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "DENY",
    "Cache-Control": "private, no-cache",
}


def guard(app: Flask, api: ApiSettings) -> None:
    """Check every request, and put the safe headers on every response."""
    app.before_request(lambda: _check_token(api) or _check_host(api) or _check_origin(api))
    app.after_request(lambda response: _harden(response, api))
    if api.cors_origin:
        CORS(app, origins=[api.cors_origin], expose_headers=list(_EXPOSED))


def _check_token(api: ApiSettings) -> Response | None:
    if not api.token or request.path in _OPEN_PATHS or request.method == "OPTIONS":
        return None
    scheme, _, given = request.headers.get("Authorization", "").partition(" ")
    expected = api.token.get_secret_value().encode()
    if scheme.lower() == "bearer" and hmac.compare_digest(given.strip().encode(), expected):
        return None
    refusal = problem(
        ErrorCode.UNAUTHORIZED, "the token is missing or wrong; send the header Authorization: Bearer TOKEN"
    )
    refusal.headers["WWW-Authenticate"] = "Bearer"
    return refusal


def _check_host(api: ApiSettings) -> Response | None:
    # A web page can point its own name at this machine; without a token only the name tells it apart.
    name = re.sub(r":\d+$", "", request.host).strip("[]")
    if api.token or is_loopback(name) or name == api.host:
        return None
    return problem(
        ErrorCode.INVALID_INPUT,
        "this server answers to its local names only; set PARTFLOW_API_TOKEN to reach it by another",
    )


def _check_origin(api: ApiSettings) -> Response | None:
    origin = request.headers.get("Origin")
    own = (f"http://{request.host}", f"https://{request.host}", api.cors_origin)
    if origin is None or request.method in _READS or origin in own:
        return None
    return problem(
        ErrorCode.FORBIDDEN, "pages of this origin may not call; PARTFLOW_API_CORS_ORIGIN names the one that may"
    )


def _harden(response: Response, api: ApiSettings) -> Response:
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if api.cors_origin:
        # The front end may show our pictures.
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response
