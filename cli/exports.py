"""Taking the inventory out, from a desk."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click
from rich.console import Console
from rich.progress import DownloadColumn, Progress, TimeElapsedColumn

from cli import options
from cli.client import connect


@click.command(short_help="Write the whole inventory to a file.")
@click.option(
    "--format",
    "format_",
    type=click.Choice(["jsonl", "csv"]),
    default="jsonl",
    show_default=True,
    help="jsonl: everything, to have it back; csv: the parts, for a spreadsheet.",
)
@click.option("-o", "--output", type=click.Path(dir_okay=False, path_type=Path), help="The file.  [default: stdout]")
@options.server
@options.data_dir
def export(format_: str, output: Path | None, server: str | None, data_dir: Path) -> None:
    """Write the whole inventory, as of one moment, to a file or to stdout.

    A file is there when it is whole, and not before.
    """
    with connect(server, data_dir) as client, client.stream(f"/export.{format_}") as chunks:
        try:
            _write(output, _counted(chunks))
        except BrokenPipeError:
            raise
        except OSError as error:
            raise click.ClickException(f"{output or 'stdout'} cannot be written: {error.strerror}") from error
    if output:
        click.echo(f"{output}: {output.stat().st_size} bytes", err=True)


def _write(output: Path | None, chunks: Iterable[bytes]) -> None:
    if output is None:
        sys.stdout.buffer.writelines(chunks)
        sys.stdout.buffer.flush()
        return
    if output.exists() and not output.is_file():
        raise click.ClickException(f"{output} is not a file that can be replaced; leave -o out to write to stdout")
    partial = output.with_name(f"{output.name}.part")
    file = partial.open("wb")
    try:
        with file:
            file.writelines(chunks)
        partial.replace(output)
    finally:
        partial.unlink(missing_ok=True)


def _counted(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Yield a download's chunks; how much has come goes to stderr."""
    columns = ("exporting", DownloadColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty()) as progress:
        bar = progress.add_task("", total=None)
        for chunk in chunks:
            yield chunk
            progress.advance(bar, len(chunk))
