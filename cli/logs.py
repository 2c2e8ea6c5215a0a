"""The log of one run, over all processes."""

from pathlib import Path
from uuid import UUID

import click
from pydantic import TypeAdapter

from cli import options
from cli.client import ServerError, connect
from cli.console import visible
from cli.story import StoryLine, of_ledger, of_logs
from schemas.run import RunOut


@click.command(short_help="Show what happened to a run, over all programs.")
@click.argument("run_id", metavar="RUN", type=click.UUID)
@options.server
@options.data_dir
@options.as_json
def logs(run_id: UUID, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Show what happened to a run in the order of time: what its rows say, and the lines of the programs' logs.

    The logs are those of the data folder; lines of the request that started the run are shown, too.
    """
    folder = data_dir.expanduser() / "log"
    run = _run(run_id, server, data_dir)
    if not folder.is_dir():
        click.echo(f"partflow: there are no logs in {folder}; name the data folder with --data-dir", err=True)
    request = [run.request_id] if run and run.request_id else []
    story = [*(of_ledger(run) if run else ()), *of_logs(folder, str(run_id), *request)]
    story.sort(key=lambda line: line.at)
    if not story:
        raise ServerError(f"neither the rows nor the logs in {folder} say anything about run {run_id}")
    if as_json:
        click.echo(TypeAdapter(list[StoryLine]).dump_json(story, indent=2))
        return
    for line in story:
        click.echo(_shown(line))


def _run(run_id: UUID, server: str | None, data_dir: Path) -> RunOut | None:
    """Return the run; None where only its logs can be shown."""
    try:
        with connect(server, data_dir) as client:
            return client.run(run_id)
    except ServerError as error:
        click.echo(f"partflow: only the logs are shown: {error}", err=True)
        return None


def _shown(line: StoryLine) -> str:
    fields = "".join(f" {name}={value}" for name, value in line.fields.items() if name != "exception")
    text = "\n    ".join(visible(each) for each in f"{line.text}{fields}".splitlines())
    rest = "".join(f"\n    {visible(each)}" for each in str(line.fields.get("exception", "")).splitlines())
    return f"{line.at.astimezone():%m-%d %H:%M:%S.%f} {line.program:<19} {text}{rest}"
