"""Flower behind the API's checks."""

from pathlib import Path
from typing import Any, Final, override

from flower.app import Flower  # type: ignore[import-untyped]  # flower ships no types
from tornado.httputil import HTTPServerRequest
from tornado.template import Loader, Template
from tornado.web import RequestHandler

from api.http.door import Door, Head, TurnedAway
from api.http.sources import Source
from api.http.statuses import STATUS
from settings import SettingsError
from settings.groups import ApiSettings, is_loopback

_TEMPLATES: Final = Path(__file__).with_name("templates")


class Dashboard(Flower):  # type: ignore[misc]  # the base has no types
    """Flower, but nothing of it, not even a picture, is there for those who may not call the API.

    Flower's own sign-in, where it is configured, replaces the API's.

    Raises:
        SettingsError: it would be open to a network.
    """

    def __init__(self, api: ApiSettings, **settings: Any) -> None:
        options = settings["options"]
        signs_in_itself = bool(options.basic_auth or options.auth)
        if not (signs_in_itself or api.access_token() or options.unix_socket or is_loopback(options.address)):
            address = options.address or "0.0.0.0"  # noqa: S104 - what no address means
            raise SettingsError(f"PARTFLOW_API_TOKEN: expected a token, because Flower's address is {address}")
        super().__init__(**settings, template_loader=_Templates(settings["template_path"]))
        self._door = None if signs_in_itself else Door(api, open_paths=False)
        self.api_url = str(api.public_url or "").rstrip("/")

    @override
    def find_handler(self, request: HTTPServerRequest, **named: Any) -> Any:
        refusal = self._door.refusal(self._head(request)) if self._door else None
        if refusal is None:
            return super().find_handler(request, **named)
        return self.get_handler_delegate(request, _Refused, {"refusal": refusal})

    def _head(self, request: HTTPServerRequest) -> Head:
        source = Source(request.remote_ip or "", _port(request), str(self.options.port))
        return Head(request.method or "", request.path, request.headers, source)


def _port(request: HTTPServerRequest) -> str:
    context = getattr(request.connection, "context", None)
    return str(context.address[1]) if context and context.address else ""


class _Templates(Loader):
    """Flower's templates and ours."""

    @override
    def _create_template(self, name: str) -> Template:
        ours = _TEMPLATES / name
        return Template(ours.read_bytes(), name=name, loader=self) if ours.is_file() else super()._create_template(name)


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
