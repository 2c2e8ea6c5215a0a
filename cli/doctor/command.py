"""What is wrong with this installation, and the way out."""

import sys
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.console import console, plain
from cli.installation import settings_of
from schemas.doctor import Checkup, Diagnosis, Health
from settings import Settings

_COLOURS = {Health.FINE: "green", Health.WARNING: "yellow", Health.BROKEN: "red", Health.SKIPPED: "dim"}


@click.command(short_help="Say what is wrong, and the way out.")
@click.option("--address", metavar="URL", help="The address that users have, through a proxy; it is asked, too.")
@options.data_dir
@options.as_json
def doctor(address: str | None, data_dir: Path, as_json: bool) -> None:
    """Look at all that Partflow needs: database, broker, store, workers, schedules, models, disks, clocks and walls.

    Each thing that does not work is named with the way out, in the order in which to mend them. It is about the
    installation of the settings, or else about what runs in the data folder. Nothing is changed. Exits 1 when something
    does not work; a warning does not count.
    """
    checkup = Checkup(diagnoses=tuple(_examined(settings_of(data_dir), address)))
    if as_json:
        click.echo(checkup.model_dump_json(indent=2))
    else:
        _print(checkup)
    sys.exit(checkup.broken)


def _examined(settings: Settings, address: str | None) -> list[Diagnosis]:
    # Imported late: the examinations of the work load the app, which reads the settings of the data folder.
    from cli.doctor import broker, database, machine, proxy, store, walls, work
    from cli.doctor.examination import examine

    examinations = [
        *machine.EXAMINATIONS,
        *database.EXAMINATIONS,
        *broker.EXAMINATIONS,
        *store.EXAMINATIONS,
        *work.EXAMINATIONS,
        *walls.EXAMINATIONS,
    ]
    if address:
        examinations.append(proxy.through(address))
    return list(examine(examinations, settings))


def _print(checkup: Checkup) -> None:
    table = Table("what", "how it is", "seen", "way out", header_style="bold", box=SIMPLE)
    for each in checkup.diagnoses:
        health = f"[{_COLOURS[each.health]}]{each.health}[/]"
        table.add_row(each.name, health, plain(each.detail), plain(each.way_out))
    console().print(table)
    if not checkup.broken:
        click.echo("partflow: everything works", err=True)
