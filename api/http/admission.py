"""Admission: a request is refused by its headers before any of its body is received."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, NamedTuple

from flask import Response, request

from api.http.bodies import FORM, UPLOADS, body_limit
from api.http.lanes import LANES, Lanes, ThreadLane
from api.http.transaction import PartflowFlask
from schemas.errors import DomainError, Exhausted, TooLarge

_BUSY_SECONDS = 5
_WORDS = {
    ThreadLane.LOOK: "uploads to look at",
    ThreadLane.BULK: "uploads and long tasks",
    ThreadLane.FILES: "downloads",
}


class EarlyRefusal:
    """A refusal as waitress sends one; it closes the connection."""

    def __init__(self, response: Response) -> None:
        self._response = response

    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        """Return status, headers and body."""
        response = self._response
        status = HTTPStatus(response.status_code)
        return f"{status.value} {status.phrase}", list(response.headers.items()), response.get_data()


class Admitted(NamedTuple):
    """A request whose headers are in order, or its refusal."""

    lane: ThreadLane
    most_bytes: int
    too_large: EarlyRefusal | None
    "for a body that turns out to be larger, when its headers do not state its size"
    refusal: EarlyRefusal | None


class Admission:
    """Asks the application what it would refuse by the headers alone."""

    def __init__(self, app: PartflowFlask) -> None:
        self._app = app
        with app.test_request_context():
            self._full = {lane: self._refused(_full(lane)) for lane in ThreadLane}
        self.lanes = Lanes(app.settings.api.threads, self._full)

    def admit(self, environ: Mapping[str, Any], *, has_body: bool) -> Admitted:
        """Return the lane and the limits of a request; one without a body is checked by the application only."""
        with self._app.request_context(dict(environ)):
            limit = body_limit(self._app.settings.api)
            lane = _lane()
            refusal = self._refusal() if has_body else None
            is_open_ended = has_body and request.content_length is None
            too_large = self._refused(TooLarge(limit.sentence, limit=limit.size)) if is_open_ended else None
        if refusal is None and self.lanes.is_full(lane):
            refusal = self._full[lane]
        return Admitted(lane, limit.size, too_large, refusal)

    def _refusal(self) -> EarlyRefusal | None:
        try:
            answer = self._app.preprocess_request()
        except Exception as error:  # noqa: BLE001 - the application has an answer to every error
            return self._refused(error)
        return None if answer is None else self._sent(answer)

    def _refused(self, error: Exception) -> EarlyRefusal:
        return self._sent(self._app.handle_user_exception(error))

    def _sent(self, answer: Any) -> EarlyRefusal:
        return EarlyRefusal(self._app.process_response(self._app.make_response(answer)))


def _lane() -> ThreadLane:
    endpoint = request.endpoint or ""
    if endpoint in UPLOADS and request.mimetype != FORM:
        return ThreadLane.QUICK
    return LANES.get(endpoint, ThreadLane.QUICK)


def _full(lane: ThreadLane) -> DomainError:
    sentence = f"the server has as many {_WORDS.get(lane, 'requests')} as it can take; ask again in {_BUSY_SECONDS} s"
    return Exhausted(sentence, retry_after=_BUSY_SECONDS)
