"""Serving the API: `python -m api`."""

import gc
import os
import signal
import sys

from observability.logs import configure_logging
from observability.metrics import name_process
from settings import Settings, SettingsError, get_settings
from settings.groups import is_loopback


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; a wrong setting is a sentence and exit code 78."""
    try:
        settings = get_settings()
        token = settings.api.access_token()
    except SettingsError as error:
        return _stop(os.EX_CONFIG, str(error))
    if token is None and not is_loopback(settings.api.host):
        return _stop(os.EX_CONFIG, f"PARTFLOW_API_HOST={settings.api.host} is public: set PARTFLOW_API_TOKEN as well.")
    configure_logging(settings.log)
    name_process("api")
    # Looking for garbage in what is being loaded for good would take a third of the start.
    gc.disable()
    try:
        _serve(settings)
    except OSError as error:
        return _stop(os.EX_UNAVAILABLE, f"cannot listen on {settings.api.host}:{settings.api.port}: {error.strerror}.")
    return os.EX_OK


def _serve(settings: Settings) -> None:
    from api.app import create_app
    from api.http.server import make_server

    app = create_app(settings)
    server = make_server(app)
    app.tokens.watch()
    # What is loaded now stays; to look through all of it for garbage takes a request over 100 ms now and then.
    gc.collect()
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(os.EX_OK))
    server.run()


def _stop(code: int, sentence: str) -> int:
    print(f"partflow: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
