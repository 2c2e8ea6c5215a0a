"""Imports from the command line."""

import json
import sys
import time
from collections.abc import Mapping
from itertools import batched
from pathlib import Path
from uuid import UUID, uuid4

import click
from rich.box import SIMPLE
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli import options
from cli.client import Client, RequestRefused, connect
from cli.console import console, plain
from clients.kicad_symbols import LibraryReader, find_libraries
from schemas.catalogue import CatalogueRow, CatalogueRows, CatalogueStored
from schemas.ledger import RunState
from schemas.part import PartFields
from schemas.part_import import BadRow, ImportOut, ImportPreview, Quantities, RowPlan
from services.catalogue import SOURCE, catalogue_rows

_POLL_SECONDS = 0.4
_ROWS_AT_ONCE = 250
_SUCCEEDED = (RunState.SUCCEEDED, RunState.PARTIAL)


class _FileOrGroup(click.Group):
    """A group whose first argument may be a file: `import parts.csv` is `import csv parts.csv`."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.commands:
            args = ["csv", *args]
        return super().resolve_command(ctx, args)


@click.group("import", cls=_FileOrGroup, short_help="Bring in parts from a CSV file, or KiCad symbol libraries.")
def import_() -> None:
    """Bring in parts from a CSV file, or KiCad's symbols as a catalogue.

    \b
      partflow import parts.csv --dry-run
      partflow import kicad /usr/share/kicad/symbols
    """  # noqa: D301 - click knows by a real backspace which paragraph not to wrap


@import_.command("csv", short_help="Bring in parts and stock from a CSV file.")
@click.argument("file", metavar="FILE", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--dry-run", is_flag=True, help="Only say what would happen, row by row.")
@click.option("--skip-bad-rows", is_flag=True, help="Import the good rows of a file that has bad ones too.")
@click.option(
    "--quantities",
    type=click.Choice([each.value for each in Quantities]),
    default=Quantities.ADD.value,
    show_default=True,
    help="add: receive the quantities. set: they are what lies there, as in a stocktake.",
)
@click.option("--share", is_flag=True, help="Put parts into slots where other parts lie.")
@click.option("--add-types", is_flag=True, help="Add types that are not there yet.")
@click.option(
    "--overwrite",
    multiple=True,
    type=click.Choice([*PartFields.model_fields]),
    help="Replace what a person set in this field; repeat it for more fields. Else a part keeps it.",
)
@click.option(
    "--overwrite-line",
    "overwrite_lines",
    multiple=True,
    type=int,
    metavar="LINE",
    help="Replace all in this row's part.",
)
@click.option(
    "--columns", metavar="JSON", default="{}", help='Unusual columns, as {"Bestellnr.": "manufacturer_code"}.'
)
@click.option("--again", is_flag=True, help="Import a file once more that was imported before.")
@options.server
@options.data_dir
@options.as_json
def import_csv(
    file: Path, dry_run: bool, again: bool, server: str | None, data_dir: Path, as_json: bool, **form: object
) -> None:
    """Bring in parts and stock from a CSV file; columns are recognised by names such as MPN, Qty or Location.

    A file with a bad row imports nothing. The same file is imported once, unless --again is said. Exits 1 when
    there are bad rows, or nothing was imported.
    """
    fields = {name: value if isinstance(value, str) else json.dumps(value) for name, value in form.items()}
    with connect(server, data_dir) as client:
        if dry_run:
            preview = ImportPreview.model_validate_json(_sent(client, file, {**fields, "dry_run": "true"}, again))
            _print_preview(preview, as_json=as_json)
            sys.exit(bool(preview.counts.bad))
        ended = _awaited(client, ImportOut.model_validate_json(_sent(client, file, fields, again)))
    _print_ended(ended, as_json=as_json)
    sys.exit(ended.state not in _SUCCEEDED or bool(ended.report and ended.report.bad))


def _sent(client: Client, file: Path, fields: Mapping[str, object], again: bool) -> bytes:
    headers = {"Idempotency-Key": str(uuid4())} if again else {}
    waiting = Console(stderr=True, file=sys.stderr).status("reading the table")
    with file.open("rb") as content, waiting:
        try:
            answer = client.ask(
                "POST", "/imports", files={"file": (file.name, content)}, data=dict(fields), headers=headers
            )
        except RequestRefused as no:
            for bad in no.details.get("bad", ()):
                _print_bad(BadRow.model_validate(bad))
            raise
    return answer.content


def _awaited(client: Client, started: ImportOut) -> ImportOut:
    """Poll an import until it has ended; a bar goes to stderr."""
    now = started
    if now.state.final:
        click.echo("this file was imported before; --again imports it once more", err=True)
    with Progress(console=Console(stderr=True, file=sys.stderr)) as progress:
        bar = progress.add_task(plain(now.filename), total=now.progress.total)
        while not now.state.final:
            time.sleep(_POLL_SECONDS)
            now = _import(client, started.id)
            progress.update(bar, completed=now.progress.done)
    return now


def _import(client: Client, import_id: UUID) -> ImportOut:
    return ImportOut.model_validate_json(client.ask("GET", f"/imports/{import_id}").content)


def _print_preview(preview: ImportPreview, *, as_json: bool) -> None:
    if as_json:
        click.echo(preview.model_dump_json(indent=2))
        return
    shown = Table("line", "what", "part", "changes", "keeps", "books", "why not", header_style="bold", box=SIMPLE)
    for row in preview.rows:
        shown.add_row(str(row.line), row.action, *map(plain, _cells(row)))
    console().print(shown)
    read = ", ".join(
        f"{name} is {field}" if field else f"{name} is left out" for name, field in preview.columns.items()
    )
    console().print(plain(f"{read}; {preview.encoding}"))
    counts = preview.counts
    click.echo(f"{counts.create} to add, {counts.update} to change, {counts.unchanged} unchanged, {counts.bad} bad")
    if counts.kept:
        click.echo(f"{counts.kept} rows differ from what a person set; --overwrite FIELD replaces that")


def _cells(row: RowPlan) -> tuple[str, ...]:
    part = " ".join(filter(None, (row.id4, row.part)))
    made, kept = (tuple(each for each in row.changes if each.made is made) for made in (True, False))
    changes = "; ".join(f"{each.field}: {each.old or 'empty'} → {each.new}" for each in made)
    keeps = "; ".join(f"{each.field}: {each.old}, not {each.new}" for each in kept)
    return part, changes, keeps, row.stock or "", "; ".join(each.message for each in row.problems)


def _print_ended(ended: ImportOut, *, as_json: bool) -> None:
    if as_json:
        click.echo(ended.model_dump_json(indent=2))
        return
    for row in ended.report.bad if ended.report else ():
        _print_bad(row)
    if ended.state not in _SUCCEEDED or ended.report is None:
        click.echo(f"partflow: {ended.state}: {ended.error or 'nothing was imported'}", err=True)
        return
    counts = ended.report.counts
    click.echo(f"{counts.create} added, {counts.update} changed, {counts.unchanged} unchanged, {counts.bad} left out")


def _print_bad(row: BadRow) -> None:
    for problem in row.problems:
        click.echo(f"line {row.line}: {problem.message}", err=True)


@import_.command("kicad", short_help="Bring KiCad symbol libraries into the catalogue.")
@click.argument("paths", metavar="PATH…", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path))
@options.server
@options.data_dir
@options.as_json
def import_kicad(paths: tuple[Path, ...], server: str | None, data_dir: Path, as_json: bool) -> None:
    """Bring the parts of KiCad symbol libraries into the catalogue, from which part numbers are recognised.

    PATH is a .kicad_sym file, or a folder of them; a .kicad_symdir folder, as KiCad 10 has them, is one library. A
    damaged file stops it before anything is sent. Symbols of power nets, drawings and kinds of parts (R, LED) are
    left out.
    """
    rows: dict[str, CatalogueRow] = {}
    symbols = 0
    libraries = find_libraries(list(paths))
    with LibraryReader() as reader, Progress(console=Console(stderr=True, file=sys.stderr), transient=True) as progress:
        for library, files in progress.track(libraries.items(), description="reading"):
            found = reader.read(files)
            symbols += len(found)
            for row in catalogue_rows(found, library.stem):
                rows.setdefault(row.manufacturer_code, row)
        with connect(server, data_dir) as client:
            batches = list(batched(rows.values(), _ROWS_AT_ONCE))
            stored = sum(_stored(client, batch) for batch in progress.track(batches, description="sending"))
    read = {"files": sum(map(len, libraries.values())), "symbols": symbols, "stored": stored}
    click.echo(json.dumps(read) if as_json else "{stored} parts of {symbols} symbols in {files} files".format(**read))


def _stored(client: Client, rows: tuple[CatalogueRow, ...]) -> int:
    body = CatalogueRows(source=SOURCE, parts=rows)
    answer = client.ask("PUT", "/catalogue/parts", json=body.model_dump(mode="json", exclude_none=True))
    return CatalogueStored.model_validate_json(answer.content).stored
