"""Serving: everything on this machine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from shlex import quote

import click

from api.http.door import USER
from cli import options
from cli.migrate import migrate
from embedded import Program, Stack, make_token, run_stack
from settings import SettingsError, get_settings
from settings.groups import is_loopback


@click.command(short_help="Serve until Ctrl-C.")
@options.data_dir
@options.port
def up(data_dir: Path, port: int | None) -> None:
    """Serve until Ctrl-C: database, broker, workers, schedules, dashboard and API, all on this machine."""
    with stack(data_dir, port) as running:
        serve(running)


@contextmanager
def stack(
    data_dir: Path, port: int | None, *, extra: Sequence[Program] = (), environment: Mapping[str, str] | None = None
) -> Iterator[Stack]:
    """Run the embedded stack, migrated; what it does is told on stderr."""
    api = get_settings().api
    token = token_environment(data_dir)
    if not (token or is_loopback(api.host) or api.access_token()):
        raise SettingsError(f"PARTFLOW_API_TOKEN: expected a token, because PARTFLOW_API_HOST is {api.host}")
    with run_stack(
        data_dir,
        migrate=migrate,
        port=port if port or "port" not in api.model_fields_set else api.port,
        host=api.host,
        extra=extra,
        environment={**token, **(environment or {})},
        on_progress=_say,
    ) as running:
        yield running


def token_environment(data_dir: Path) -> dict[str, str]:
    """Return what tells the programs of a stack their token, which is made unless the settings have one, or want none.

    Raises:
        SettingsError: the token of the settings cannot be read.
    """
    api = get_settings().api
    if api.access_token() or not api.make_token:
        return {}
    return {"PARTFLOW_API_TOKEN_FILE": str(make_token(data_dir))}


def serve(running: Stack) -> None:
    """Show where everything is and how it does, and wait for Ctrl-C."""
    for process in running.health():
        _say(f"{process.name:<14} {process.state.lower():<10} process {process.pid}")
    _say(f"API        {running.address.api}")
    _say(f"API docs   {running.address.api}/docs")
    _say(f"Flower     {running.address.flower}")
    _say(f"data       {running.layout.data}")
    if file := running.environment.get("PARTFLOW_API_TOKEN_FILE"):
        _say(f"token      {file} (a browser asks for it as a password; the user is {USER})")
        _say(f'over HTTP  curl -H "Authorization: Bearer $(cat {quote(file)})" {running.address.api}/parts')
    _say("press Ctrl-C to stop")
    try:
        running.wait()
    except KeyboardInterrupt:
        click.echo(err=True)


def _say(message: str) -> None:
    click.echo(f"partflow: {message}", err=True)
