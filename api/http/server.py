"""The HTTP server: what it refuses before the application sees it is said as the application would."""

from typing import Any, ClassVar

import waitress  # type: ignore[import-untyped]  # waitress ships no types
from waitress.channel import HTTPChannel  # type: ignore[import-untyped]  # likewise
from waitress.parser import HTTPRequestParser  # type: ignore[import-untyped]  # likewise
from waitress.utilities import RequestEntityTooLarge  # type: ignore[import-untyped]  # likewise

from api.http.errors import too_large
from api.http.transaction import PartflowFlask
from schemas.problem import ErrorCode, Problem


def make_server(app: PartflowFlask) -> Any:
    """Return a server of the application, listening; bodies wait in temporary files, never in memory.

    Raises:
        OSError: it cannot listen there.
    """
    api = app.settings.api
    server = waitress.create_server(
        app,
        host=api.host,
        port=api.port,
        threads=api.threads,
        ident=None,
        # Twice what the app takes: it has read what it refuses, so that its answer is not lost in a broken connection.
        max_request_body_size=2 * max(api.max_upload_mb, api.max_batch_mb) * 1_000_000,
    )
    parser = type("Parser", (_Parser,), {"sentence": too_large(api)})
    server.channel_class = type("Channel", (HTTPChannel,), {"parser_class": parser})
    return server


class _TooLarge(RequestEntityTooLarge):  # type: ignore[misc]  # the base has no types
    def to_response(self, _ident: str | None = None) -> tuple[str, list[tuple[str, str]], bytes]:
        body = Problem(error=self.body, details={}, code=ErrorCode.TOO_LARGE).model_dump_json()
        return f"{self.code} {self.reason}", [("Content-Type", "application/json")], body.encode()


class _Parser(HTTPRequestParser):  # type: ignore[misc]  # likewise
    sentence: ClassVar[str]

    def received(self, data: bytes) -> int:
        consumed: int = super().received(data)
        if isinstance(self.error, RequestEntityTooLarge):
            self.error: Any = _TooLarge(self.sentence)
        return consumed
