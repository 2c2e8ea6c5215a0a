"""Serving the API: `python -m api`."""

import os
import signal
import sys

import waitress  # type: ignore[import-untyped]  # waitress ships no types

from api.app import create_app
from settings import Settings, SettingsError, get_settings
from settings.groups import is_loopback
from settings.logs import configure_logging


def main() -> int:
    """Serve until SIGTERM or Ctrl-C; a wrong setting is a sentence and exit code 78."""
    try:
        settings = get_settings()
    except SettingsError as error:
        return _stop(os.EX_CONFIG, str(error))
    if not is_loopback(settings.api.host) and not settings.api.token:
        return _stop(os.EX_CONFIG, f"PARTFLOW_API_HOST={settings.api.host} is public: set PARTFLOW_API_TOKEN as well.")
    configure_logging(settings.log)
    try:
        _serve(settings)
    except OSError as error:
        return _stop(os.EX_UNAVAILABLE, f"cannot listen on {settings.api.host}:{settings.api.port}: {error.strerror}.")
    return os.EX_OK


def _serve(settings: Settings) -> None:
    api = settings.api
    server = waitress.create_server(
        create_app(settings),
        host=api.host,
        port=api.port,
        threads=api.threads,
        ident=None,
        # Twice what the app takes, because the app's refusal says which setting it is.
        max_request_body_size=2 * max(api.max_upload_mb, api.max_batch_mb) * 1_000_000,
    )
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(os.EX_OK))
    server.run()


def _stop(code: int, sentence: str) -> int:
    print(f"partflow: {sentence}", file=sys.stderr)
    return code


if __name__ == "__main__":
    sys.exit(main())
