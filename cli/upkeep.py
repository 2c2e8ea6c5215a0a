"""Refreshing datasheets and tagging again from a desk, and what came of it."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import uuid4

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.run import StartedRuns
from schemas.upkeep import DriftKind, DriftPage, DriftReport

_parts = click.argument("parts", metavar="ID4...", type=options.part_key, nargs=-1, required=True)


@click.command(short_help="Ask for later datasheets.")
@_parts
@options.server
@options.data_dir
@options.as_json
def refresh(parts: tuple[str, ...], server: str | None, data_dir: Path, as_json: bool) -> None:
    """Ask the addresses of parts' datasheets for later ones, which are kept beside them; prints the runs."""
    _start("datasheet-refresh", parts, server, data_dir, as_json)


@click.command(short_help="Tag parts again.")
@_parts
@options.server
@options.data_dir
@options.as_json
def retag(parts: tuple[str, ...], server: str | None, data_dir: Path, as_json: bool) -> None:
    """Ask again for the tags and the types of parts; what a person decided stays. Prints the runs."""
    _start("retag", parts, server, data_dir, as_json)


@click.command(short_help="Show what tagging again found.")
@click.argument("night", metavar="[DAY]", type=click.DateTime(["%Y-%m-%d"]), required=False)
@click.option("--part", metavar="ID4", type=options.part_key, help="Only those of a part.")
@click.option("--kind", type=click.Choice([kind.value for kind in DriftKind]), help="Only differences of this kind.")
@click.option("--after", metavar="N", type=click.IntRange(0), help="`next` of the page before.")
@options.server
@options.data_dir
@options.as_json
def drift(
    night: datetime | None,
    part: str | None,
    kind: str | None,
    after: int | None,
    server: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Count what tagging again found, night by night; with DAY (UTC) or an option, list it part by part."""
    asked = {"night": f"{night:%Y-%m-%d}" if night else None, "part": part, "kind": kind, "after": after}
    given = {name: value for name, value in asked.items() if value is not None}
    with connect(server, data_dir) as client:
        answer = client.ask("GET", "/drift/parts" if given else "/drift", params=given)
    if as_json:
        click.echo(answer.text)
    elif given:
        _print_parts(DriftPage.model_validate_json(answer.content))
    else:
        console().print(_nights(DriftReport.model_validate_json(answer.content)))


def _start(pipeline: str, parts: Sequence[str], server: str | None, data_dir: Path, as_json: bool) -> None:
    with connect(server, data_dir) as client:
        for part in parts:
            headers = {"Idempotency-Key": str(uuid4())}
            answer = client.ask("POST", f"/pipelines/{pipeline}/runs", json={"part": part}, headers=headers)
            run = StartedRuns.model_validate_json(answer.content).runs[0]
            click.echo(run.model_dump_json() if as_json else f"{part}: run {run.id}; see: partflow runs {run.id}")


def _nights(report: DriftReport) -> Table:
    shown = Table("night", "parts", "field", "cause", "difference", "what was done", "fields", box=SIMPLE)
    for night in report.nights:
        for count in night.counts:
            row = (night.night, night.parts, count.field, count.cause, count.kind, count.outcome, count.count)
            shown.add_row(*map(str, row))
    return shown


def _print_parts(page: DriftPage) -> None:
    shown = Table("part", "field", "cause", "added", "removed", "what was done", box=SIMPLE)
    for each in page.drifts:
        changed = (", ".join(each.added), ", ".join(each.removed))
        shown.add_row(each.part, each.field, each.cause, *map(plain, changed), each.outcome)
    console().print(shown)
    if page.next is not None:
        click.echo(f"partflow: there are more; see the next page with --after {page.next}", err=True)
