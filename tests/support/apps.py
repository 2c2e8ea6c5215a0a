"""The application, made once for all tests that differ only in where their rows and files lie."""

from api.app import create_app
from api.http.transaction import PartflowFlask
from settings import Settings
from settings.groups import ApiSettings

_made: dict[ApiSettings, PartflowFlask] = {}
"Each holds some ninety routes, which take longer to compile than most tests to run."


def app_on(settings: Settings) -> PartflowFlask:
    """Return the application on these settings; a test that adds to it makes one of its own."""
    if settings.api not in _made:
        _made[settings.api] = create_app(settings)
    app = _made[settings.api]
    app.use(settings)
    return app
