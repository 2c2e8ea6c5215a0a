"""Handing in photos."""

import sys
from collections.abc import Sequence
from itertools import batched
from pathlib import Path
from uuid import UUID

import click

from cli import options
from cli.client import Client, connect
from cli.console import console
from cli.results import Results, result, table
from cli.watch import watch, watch_batches
from schemas.ledger import RunState
from schemas.run import RunOut, RunSummary

_AT_ONCE = 200
"Photos in one request; each is an open file."
_BARS = 20
"Runs that have a bar each; more of them have one together."


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
        started = [run for some in batched(photos, _AT_ONCE) for run in client.start_photos(some)]
        for photo, run in zip(photos, started, strict=True):
            click.echo(f"{photo.name}: write [{run.part}] on the bag", err=True)
        names = {run.id: f"{run.part} {photo.name}" for photo, run in zip(photos, started, strict=True)}
        ended = watch(client, names) if len(started) <= _BARS else _watch_many(client, started)
        results = Results(
            runs=tuple(result(client, str(photo), ended[run.id]) for photo, run in zip(photos, started, strict=True))
        )
    show(results, as_json=as_json)
    sys.exit(any(each.state == RunState.FAILED for each in results.runs))


def _watch_many(client: Client, started: Sequence[RunSummary]) -> dict[UUID, RunOut]:
    watch_batches(client, {run.batch for run in started if run.batch})
    alone = watch(client, {run.id: str(run.part) for run in started if not run.batch})
    return {run.id: alone.get(run.id) or client.run(run.id) for run in started}


def show(results: Results, *, as_json: bool) -> None:
    """Print results on stdout."""
    if as_json:
        click.echo(results.model_dump_json(indent=2))
    else:
        console().print(table(results))
