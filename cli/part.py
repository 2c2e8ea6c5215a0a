"""Looking at a part from a desk."""

from pathlib import Path

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.document import DocumentOut
from schemas.part import PartOut
from schemas.upkeep import DatasheetSourceList


@click.group(short_help="Look at a part.")
def part() -> None:
    """Look at a part."""


@part.command(short_help="Show everything known of a part.")
@options.id4
@options.server
@options.data_dir
@options.as_json
def show(id4: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Show a part by the four letters on its bag: what it is, where it lies, its documents and open suggestions."""
    with connect(server, data_dir) as client:
        found = client.part(id4)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    for table in (_facts(found), _slots(found), _documents(found), _suggestions(found)):
        if table.row_count:
            console().print(table)


@part.command(short_help="Show where its datasheet comes from.")
@options.id4
@options.server
@options.data_dir
@options.as_json
def sources(id4: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Show the addresses that were asked for the datasheet of a part, and what became of each the last time."""
    with connect(server, data_dir) as client:
        answer = client.ask("GET", f"/parts/{id4}/datasheet-sources")
    if as_json:
        click.echo(answer.text)
        return
    shown = Table("address", "verdict", "why", "asked", "the same since", header_style="bold", box=SIMPLE)
    for each in DatasheetSourceList.model_validate_json(answer.content).sources:
        times = (f"{at.astimezone():%Y-%m-%d}" for at in (each.checked_at, each.changed_at))
        shown.add_row(plain(each.url), each.verdict, plain(each.detail), *times)
    console().print(shown)


def _facts(found: PartOut) -> Table:
    shown = Table(show_header=False, box=SIMPLE, title=found.id4, title_justify="left")
    facts = {
        "number": found.manufacturer_code,
        "maker": found.manufacturer,
        "type": found.type,
        "description": found.description,
        "tags": ", ".join(found.tags),
        "seller": found.seller,
        "sellers": ", ".join(" ".join(filter(None, (each.seller, each.order_code))) for each in found.sellers),
        "seller's page": found.seller_link,
        "stock": str(found.quantity),
        "retired": found.retired_at,
        "also known as": ", ".join(found.merged_from),
    }
    for name, fact in facts.items():
        if fact:
            shown.add_row(name, plain(fact))
    return shown


def _slots(found: PartOut) -> Table:
    shown = Table("slot", "quantity", header_style="bold", box=SIMPLE)
    for each in found.placements:
        shown.add_row(str(each.slot), str(each.quantity))
    return shown


def _documents(found: PartOut) -> Table:
    shown = Table("document", "kind", "datasheet", "address", "why", header_style="bold", box=SIMPLE)
    for each in found.documents:
        address = each.content or each.public_url
        shown.add_row(
            plain(each.original_filename),
            each.kind,
            "yes" if each.is_datasheet else "",
            plain(address),
            plain(_why(each)),
        )
    return shown


def _why(document: DocumentOut) -> str:
    found = document.evidence
    later = f"\nlater than document {document.revision_of}: {document.changes.summary}" if document.changes else ""
    if found is None:
        return later.strip()
    sure = f" ({found.confidence:.0%})" if found.confidence is not None else ""
    place = f"p. {found.page}: " if found.page else ""
    return f"{found.reason}{sure}" + (f"\n{place}“{found.quote}”" if found.quote else "") + later


def _suggestions(found: PartOut) -> Table:
    shown = Table("id", "suggested", "value", "how sure", "why", header_style="bold", box=SIMPLE)
    for each in found.suggestions:
        why = "; ".join(f"{reason.kind}: {reason.quote}" for reason in each.evidence)
        shown.add_row(str(each.id), each.field, plain(each.value), f"{each.confidence:.0%}", plain(why))
    return shown
