"""Serving: everything on this machine."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

import click

from cli import options
from cli.migrate import migrate
from embedded import Program, Stack, run_stack
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
    if not is_loopback(api.host) and api.token is None:
        raise SettingsError(f"PARTFLOW_API_TOKEN: expected a token, because PARTFLOW_API_HOST is {api.host}")
    with run_stack(
        data_dir,
        migrate=migrate,
        port=port if port or "port" not in api.model_fields_set else api.port,
        host=api.host,
        extra=extra,
        environment=environment,
        on_progress=_say,
    ) as running:
        yield running


def serve(running: Stack) -> None:
    """Show where everything is and how it does, and wait for Ctrl-C."""
    for process in running.health():
        _say(f"{process.name:<14} {process.state.lower():<10} process {process.pid}")
    _say(f"API        {running.address.api}")
    _say(f"API docs   {running.address.api}/docs")
    _say(f"Flower     {running.address.flower}")
    _say(f"data       {running.layout.data}")
    _say("press Ctrl-C to stop")
    try:
        running.wait()
    except KeyboardInterrupt:
        click.echo(err=True)


def _say(message: str) -> None:
    click.echo(f"partflow: {message}", err=True)
