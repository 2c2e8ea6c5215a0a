"""Looking into a box from a desk."""

from itertools import batched
from pathlib import Path

import click
from rich.box import SQUARE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.box import BoxContent, LocationOut
from schemas.location import MAX_MINUTES, MAX_SLOTS, SuggestedLocations

_CELL = 16


@click.group(short_help="Look into a box, or find a slot.")
def box() -> None:
    """Look into a box, or find a slot for a part."""


@box.command(short_help="Draw what lies in a box.")
@click.argument("box_no", metavar="N", type=click.IntRange(1, 2_147_483_647))
@click.option("--columns", type=click.IntRange(1, 50), help="Slots side by side, as in the box.  [default: what fits]")
@options.server
@options.data_dir
@options.as_json
def show(box_no: int, columns: int | None, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Draw a box with its slots, left to right and top to bottom, and what lies in each."""
    with connect(server, data_dir) as client:
        content = BoxContent.model_validate_json(client.ask("GET", f"/boxes/{box_no}").content)
    if as_json:
        click.echo(content.model_dump_json(indent=2))
        return
    screen = console()
    screen.print(f"box {content.box_no}: {content.used} of {content.capacity} slots in use", plain(content.description))
    screen.print(_grid(content, columns or max(1, min(screen.width // (_CELL + 3), content.capacity))))


@box.command(short_help="Suggest slots for a part.")
@options.id4
@click.option("--count", type=click.IntRange(1, MAX_SLOTS), default=1, help="Slots, as for a quantity that is split.")
@click.option(
    "--minutes", type=click.IntRange(0, MAX_MINUTES), default=15, help="Keep free slots this long.  [default: 15]"
)
@options.server
@options.data_dir
@options.as_json
def suggest(id4: str, count: int, minutes: int, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Suggest where to put a part, best first, and keep the free slots for it for some minutes."""
    asked = {"part": id4, "count": count, "minutes": minutes}
    with connect(server, data_dir) as client:
        answer = client.ask("POST", "/locations/suggest", json=asked)
    found = SuggestedLocations.model_validate_json(answer.content)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for each in found.locations:
        console().print(f"[bold]{each.slot}[/bold]", plain(each.why))
    if found.full:
        click.echo(f"partflow: {found.full}", err=True)


def _grid(content: BoxContent, columns: int) -> Table:
    grid = Table(box=SQUARE, show_header=False, show_lines=True, padding=(0, 1))
    for _ in range(columns):
        grid.add_column(width=_CELL, no_wrap=True, overflow="ellipsis")
    for row in batched(content.locations, columns):
        grid.add_row(*map(_cell, row))
    return grid


def _cell(location: LocationOut) -> str:
    lines = [f"[dim]{location.slot}[/dim]"]
    for part in location.parts:
        lines.append(f"[bold]{part.id4}[/bold] × {part.quantity}")
        lines.append(plain(part.manufacturer_code or part.description))
    lines += [f"[yellow]kept for {each.id4}[/yellow]" for each in location.reserved]
    return "\n".join(lines)
