"""Flower behind the API's own checks: `python -m api.dashboard`, and then what Celery and Flower take as words."""

import os
import sys
from functools import partial
from importlib import import_module
from typing import Any, override

from celery.__main__ import main as celery
from flower.app import Flower  # type: ignore[import-untyped]  # flower ships no types
from tornado.httputil import HTTPServerRequest
from tornado.web import RequestHandler

from api.http.door import Door, Head, TurnedAway
from api.http.sources import Source
from api.http.statuses import STATUS
from settings import SettingsError, get_settings


class Dashboard(Flower):  # type: ignore[misc]  # the base has no types
    """Flower, but nothing of it, not even a picture, is there for those who may not call the API."""

    def __init__(self, door: Door, **settings: Any) -> None:
        super().__init__(**settings)
        self._door = door

    @override
    def find_handler(self, request: HTTPServerRequest, **named: Any) -> Any:
        refusal = self._door.refusal(self._head(request))
        if refusal is None:
            return super().find_handler(request, **named)
        return self.get_handler_delegate(request, _Refused, {"refusal": refusal})

    def _head(self, request: HTTPServerRequest) -> Head:
        source = Source(request.remote_ip or "", _port(request), str(self.options.port))
        return Head(request.method or "", request.path, request.headers, source)


def _port(request: HTTPServerRequest) -> str:
    context = getattr(request.connection, "context", None)
    return str(context.address[1]) if context and context.address else ""


class _Refused(RequestHandler):
    @override
    def initialize(self, refusal: TurnedAway) -> None:
        self._refusal = refusal

    @override
    def prepare(self) -> None:
        self.set_status(STATUS[self._refusal.code])
        for name, value in self._refusal.headers.items():
            self.set_header(name, value)
        self.finish(self._refusal.sentence)


def main() -> int:
    """Serve until SIGTERM; a wrong setting is a sentence and exit code 78."""
    try:
        door = Door(get_settings().api, open_paths=False)
    except SettingsError as error:
        print(f"partflow: {error}", file=sys.stderr)
        return os.EX_CONFIG
    # The command makes the server that it finds under this name.
    flower_command: Any = import_module("flower.command")
    flower_command.Flower = partial(Dashboard, door)
    celery()
    return os.EX_OK


if __name__ == "__main__":
    sys.exit(main())
