"""Looking at the API from where its users are."""

from typing import Final

import httpx2

from cli.doctor.examination import Examination, Seen, broken, fine
from settings import Settings
from settings.groups import is_loopback

_SECONDS: Final = 5
_GATEWAY: Final = (502, 503, 504)


def through(address: str) -> Examination:
    """Return the examination of the address that users have, which a proxy leads to the API."""
    return Examination("address", lambda settings: _address(address.rstrip("/"), settings))


def _address(address: str, settings: Settings) -> Seen:
    try:
        answer = httpx2.get(f"{address}/health", timeout=_SECONDS, follow_redirects=True)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return broken(f"{address} cannot be reached: {error}", "correct the address, or start the proxy")
    if answer.status_code in _GATEWAY:
        return broken(f"the proxy at {address} does not reach the API", _way_to(settings))
    if not _is_ours(answer):
        detail = f"{address}/health answers {answer.status_code}, and not as Partflow does: {answer.text[:80]}"
        return broken(detail, "let the proxy pass the whole path to the API")
    return fine(f"{address} leads to the API")


def _is_ours(answer: httpx2.Response) -> bool:
    try:
        return answer.is_success and answer.json() == {"status": "ok"}
    except ValueError:
        return False


def _way_to(settings: Settings) -> str:
    api = settings.api
    if is_loopback(api.host):
        return (
            f"PARTFLOW_API_HOST is {api.host}, which only this machine reaches: let the proxy run here, "
            "or set PARTFLOW_API_HOST=0.0.0.0 and PARTFLOW_API_TOKEN"
        )
    return f"start the API, or let the proxy pass requests to {api.host}:{api.port}"
