"""Looking after the search."""

from pathlib import Path

import click
from rich.progress import MofNCompleteColumn, Progress

from cli import options
from cli.client import connect
from cli.console import errors
from schemas.search import Rebuilt


@click.group(short_help="Look after the search.")
def search() -> None:
    """Look after what `partflow find` searches."""


@search.command(short_help="Rebuild the search index.")
@options.server
@options.data_dir
@options.as_json
def rebuild(server: str | None, data_dir: Path, as_json: bool) -> None:
    """Rebuild the search index, a thousand parts at a time, while the inventory is in use.

    The database keeps it by itself; this is for a database that was restored or changed by hand.
    """
    done, finished = 0, False
    after: str | None = None
    with connect(server, data_dir) as client, _progress() as progress:
        bar = progress.add_task("parts")
        while not finished:
            step = Rebuilt.model_validate_json(client.ask("POST", "/search/rebuild", json={"after": after}).content)
            done, after, finished = done + step.parts, step.next, step.next is None
            progress.update(bar, completed=done, total=step.total)
    click.echo(f'{{"parts": {done}}}' if as_json else f"rebuilt the search index of {done} parts")


def _progress() -> Progress:
    return Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=errors(), transient=True)
