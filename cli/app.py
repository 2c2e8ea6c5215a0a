"""The command group, and what becomes of errors."""

import sys
from pkgutil import resolve_name
from typing import Final, override

import click

from cli.client import RequestRefused, ServerError
from embedded import EmbeddedError
from observability.logs import configure_logging
from observability.redaction import redacted
from schemas.errors import DomainError, PartflowError
from settings import SettingsError
from settings.groups import LogSettings

USAGE, UNAVAILABLE, CONFIG = 2, 69, 78
"Exit codes of sysexits.h; 1 means that the command ran, and the answer is no."

COMMANDS: Final = {
    "demo": "cli.demo:demo",
    "up": "cli.up:up",
    "doctor": "cli.doctor:doctor",
    "token": "cli.token:token",
    "migrate": "cli.database:migrate_command",
    "backup": "cli.backup:backup",
    "restore": "cli.backup:restore",
    "intake": "cli.intake:intake",
    "runs": "cli.runs:runs",
    "logs": "cli.logs:logs",
    "queues": "cli.queues:queues",
    "find": "cli.find:find",
    "search": "cli.search:search",
    "part": "cli.part:part",
    "parts": "cli.parts:parts",
    "inbox": "cli.inbox:inbox",
    "receive": "cli.stock:receive",
    "use": "cli.stock:use",
    "move": "cli.stock:move",
    "box": "cli.box:box",
    "reorg": "cli.reorg:reorg",
    "refresh": "cli.upkeep:refresh",
    "retag": "cli.upkeep:retag",
    "drift": "cli.upkeep:drift",
    "schedule": "cli.schedule:schedule",
    "export": "cli.exports:export",
    "import": "cli.imports:import_",
    "test": "cli.develop:test",
    "check": "cli.develop:check",
    "audit": "cli.audit:audit",
    "bench": "cli.measure:bench",
    "eval": "cli.measure:evaluate",
}
"Where each command is."


class _Lazy(click.Group):
    """Imports a command when it is asked for, so that booking a part does not wait for what serving needs."""

    @override
    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted(COMMANDS)

    @override
    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = resolve_name(COMMANDS[cmd_name])
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Partflow: photograph a bag of parts, get a finished inventory entry.

    \b
    Begin with:
      partflow demo               everything on this machine, on the bundled photos
      partflow up                 the same, for your own parts; keep it running
      partflow intake bag.jpg     in another terminal: hand in a photo and watch it
      partflow runs               what became of it
      partflow find NE555         where it lies; then: partflow use ABCD 2
    """  # noqa: D301 - click knows by a real backspace which paragraph not to wrap


def main() -> None:
    """Run the command line; a known error is one sentence on stderr and an exit code, never a traceback."""
    configure_logging(LogSettings(level="WARNING"))
    try:
        cli(prog_name="partflow")
    except SettingsError as error:
        _stop(CONFIG, error)
    except (DomainError, RequestRefused) as error:
        _stop(1, error)
    except (EmbeddedError, ServerError) as error:
        _stop(UNAVAILABLE, error)
    except PartflowError as error:
        _stop(1, error)


def _stop(code: int, error: Exception) -> None:
    click.echo(redacted(f"partflow: {error}"), err=True)
    sys.exit(code)
