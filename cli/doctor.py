"""What this machine lacks."""

import json
import sys

import click
from rich.table import Table

from cli import options
from cli.console import console
from clients.files import sandbox
from clients.files.walls import Walls
from clients.parsers import PARSERS
from settings import get_settings

_LIMITS = sandbox.Limits(seconds=120, memory_mb=2048)


@click.command(short_help="Show the walls around the parsers of files.")
@options.as_json
def doctor(as_json: bool) -> None:
    """Show the walls that this system lets be built around each parser of files.

    Exits 1 when one is missing and PARTFLOW_SANDBOX_REQUIRE is all. docs/security.md says what each wall keeps out.
    """
    required = get_settings().sandbox.require == "all"
    found = {name: sandbox.look(module, _LIMITS) for name, module in PARSERS.items()}
    missing = any(walls.missing for walls in found.values())
    if as_json:
        parsers = {name: walls.model_dump(mode="json") for name, walls in found.items()}
        click.echo(json.dumps({"required": required, "parsers": parsers}, indent=2))
    else:
        _print(found)
        if missing:
            click.echo(
                "partflow: walls are missing, so PARTFLOW_SANDBOX_REQUIRE=all refuses all files; see docs/security.md"
                if required
                else "partflow: walls are missing; the others stand, see docs/security.md",
                err=True,
            )
    sys.exit(missing and required)


def _print(found: dict[str, Walls]) -> None:
    table = Table("parser of", "walls", "missing", header_style="bold")
    for name, walls in found.items():
        table.add_row(name, ", ".join(walls.stand), f"[red]{', '.join(walls.missing)}[/]")
    console().print(table)
