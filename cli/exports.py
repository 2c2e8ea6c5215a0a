"""Taking the inventory out, from a desk."""

import sys
from pathlib import Path

import click

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
        if output is None:
            for chunk in chunks:
                sys.stdout.buffer.write(chunk)
            return
        partial = output.with_name(f"{output.name}.part")
        try:
            with partial.open("wb") as file:
                file.writelines(chunks)
            partial.replace(output)
        except OSError as error:
            raise click.ClickException(f"{output} cannot be written: {error.strerror}") from error
        finally:
            partial.unlink(missing_ok=True)
    click.echo(f"{output}: {output.stat().st_size} bytes", err=True)
