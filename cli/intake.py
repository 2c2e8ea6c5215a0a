"""Handing in photos."""

import sys
from pathlib import Path

import click

from cli import options
from cli.client import connect
from cli.console import console
from cli.results import Results, result, table
from cli.watch import watch
from schemas.run import RunState


@click.command(short_help="Hand in photos and watch them become parts.")
@click.argument(
    "photos", metavar="PHOTO…", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path)
)
@options.server
@options.data_dir
@options.as_json
def intake(photos: tuple[Path, ...], server: str | None, data_dir: Path, as_json: bool) -> None:
    """Hand in photos of bags or parts and watch until each is a finished part.

    Every photo gets a part and its four letters at once: write them on the bag. Needs a running server
    (partflow up). Exits 1 when a run failed.
    """
    with connect(server, data_dir) as client:
        started = client.start_photos(photos)
        for photo, run in zip(photos, started, strict=True):
            click.echo(f"{photo.name}: write [{run.part}] on the bag", err=True)
        names = {run.id: f"{run.part} {photo.name}" for photo, run in zip(photos, started, strict=True)}
        ended = watch(client, names)
        results = Results(
            runs=tuple(result(client, str(photo), ended[run.id]) for photo, run in zip(photos, started, strict=True))
        )
    show(results, as_json=as_json)
    sys.exit(any(each.state == RunState.FAILED for each in results.runs))


def show(results: Results, *, as_json: bool) -> None:
    """Print results on stdout."""
    if as_json:
        click.echo(results.model_dump_json(indent=2))
    else:
        console().print(table(results))
