"""Looking over all parts from a desk, and retiring some."""

import sys
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.audit import AuditReport
from schemas.part import PartFilter, PartPage, RetiredParts


@click.group(short_help="Look over all parts, and retire some.")
def parts() -> None:
    """Look over all parts, and retire some."""


@parts.command(short_help="List parts whose numbers may have been confused.")
@options.server
@options.data_dir
@options.as_json
def audit(server: str | None, data_dir: Path, as_json: bool) -> None:
    """List parts whose numbers were once compared without their decimal point, so that two may have become one.

    It changes nothing. Exits 1 when there is something to check.
    """
    with connect(server, data_dir) as client:
        report = AuditReport.model_validate_json(client.ask("GET", "/parts/audit").content)
    if as_json:
        click.echo(report.model_dump_json(indent=2))
    else:
        _print(report)
    sys.exit(bool(report.findings))


@parts.command("list", short_help="List parts.")
@click.option(
    "--filter",
    "filter_",
    type=click.Choice([each.value for each in PartFilter]),
    help="unidentified: only parts of which nothing is known, and on which nothing hangs but photos.",
)
@click.option("--retired", is_flag=True, help="Only retired parts.")
@click.option("--after", metavar="CURSOR", help="`next` of the page before.")
@click.option("--limit", type=click.IntRange(1, 100), help="The most to list.  [default: 50]")
@options.server
@options.data_dir
@options.as_json
def list_(filter_: str | None, server: str | None, data_dir: Path, as_json: bool, **asked: Any) -> None:
    """List parts by their letters."""
    given = {name: value for name, value in {**asked, "filter": filter_}.items() if value not in (None, False)}
    with connect(server, data_dir) as client:
        found = PartPage.model_validate_json(client.ask("GET", "/parts", params=given).content)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    shown = Table("part", "number", "description", "stock", "since", header_style="bold", box=SIMPLE)
    for each in found.parts:
        texts = (each.manufacturer_code, each.description, each.quantity, f"{each.created_at:%Y-%m-%d}")
        shown.add_row(each.id4, *map(plain, texts))
    console().print(shown)
    if found.next:
        click.echo(f"partflow: there are more; see the next page with --after {found.next}", err=True)


@parts.command(short_help="Retire parts.")
@click.argument("ids", metavar="[ID4]...", type=options.part_key, nargs=-1)
@click.option("--unidentified", is_flag=True, help="All unidentified parts that wait for no decision.")
@options.server
@options.data_dir
@options.as_json
def retire(ids: tuple[str, ...], unidentified: bool, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Retire parts: they are not listed and take no stock, and their letters still lead to them.

    Exits 1 when a part is kept, because something lies in its slots.
    """
    if bool(ids) == unidentified:
        raise click.UsageError("name parts by their letters, or give --unidentified")
    body = {"filter": PartFilter.UNIDENTIFIED} if unidentified else {"parts": ids}
    with connect(server, data_dir) as client:
        answer = client.ask("POST", "/parts/retire", json=body, headers={"Idempotency-Key": str(uuid4())})
    done = RetiredParts.model_validate_json(answer.content)
    if as_json:
        click.echo(done.model_dump_json(indent=2))
    else:
        click.echo(f"retired: {', '.join(done.retired) or 'none'}{'; there are more' if done.more else ''}")
        for kept in done.kept:
            click.echo(f"partflow: {kept.refused.error}", err=True)
    sys.exit(bool(done.kept))


def _print(report: AuditReport) -> None:
    if not report.findings:
        click.echo("no part was confused with another one")
        return
    shown = Table("part", "other", "why", "what to check", header_style="bold", box=SIMPLE)
    for each in report.findings:
        shown.add_row(each.part, each.other or "", each.reason, plain(each.detail))
    console().print(shown)
