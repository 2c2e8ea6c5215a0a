"""One application for all tests whose API settings are equal."""

from api.app import create_app
from api.http.transaction import PartflowFlask
from settings import Settings
from settings.groups import ApiSettings

_made: dict[ApiSettings, PartflowFlask] = {}
"Compiling the ninety routes of an application takes longer than most tests."


def app_on(settings: Settings) -> PartflowFlask:
    """Return the shared application with these settings; a test that adds a route creates its own application."""
    if settings.api not in _made:
        _made[settings.api] = create_app(settings)
    app = _made[settings.api]
    app.use(settings)
    return app
