"""The command group, and what becomes of errors."""

import sys

import click

from cli.box import box
from cli.client import Refused, ServerError
from cli.demo import demo
from cli.develop import check, test
from cli.exports import export
from cli.find import find
from cli.imports import import_
from cli.intake import intake
from cli.measure import bench, evaluate
from cli.part import part
from cli.queues import queues
from cli.runs import runs
from cli.stock import move, receive, use
from cli.up import up
from embedded import EmbeddedError
from schemas.errors import DomainError
from settings import SettingsError
from settings.groups import LogSettings
from settings.logs import configure_logging

USAGE, UNAVAILABLE, CONFIG = 2, 69, 78
"Exit codes, as sysexits.h has them; 1 is: it ran, and the answer is no."


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
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


_START = (demo, up, intake, runs, queues)
_DESK = (find, part, receive, use, move, box, export, import_)
_DEVELOP = (test, check, bench, evaluate)

for command in (*_START, *_DESK, *_DEVELOP):
    cli.add_command(command)


def main() -> None:
    """Run the command line; a known error is one sentence on stderr and an exit code, never a traceback."""
    configure_logging(LogSettings(level="WARNING"))
    try:
        cli(prog_name="partflow")
    except SettingsError as error:
        _stop(CONFIG, error)
    except (DomainError, Refused) as error:
        _stop(1, error)
    except (EmbeddedError, ServerError) as error:
        _stop(UNAVAILABLE, error)


def _stop(code: int, error: Exception) -> None:
    click.echo(f"partflow: {error}", err=True)
    sys.exit(code)
