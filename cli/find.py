"""Finding parts from a desk."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import Client, RequestRefused, connect
from cli.console import console, plain
from schemas.base import Dto
from schemas.box import BoxContent
from schemas.errors import InvalidInput
from schemas.part import DuplicateList, PartPage, PlacementOut
from schemas.slot import Slot

_ID4 = re.compile(r"[A-Za-z]{4}")
_NOTHING, _BAD = 404, 400


class Found(Dto):
    """A part that was found, and where it lies."""

    id4: str
    manufacturer_code: str | None
    description: str | None
    quantity: int
    placements: tuple[PlacementOut, ...]
    why: str
    "what of it is like the text: id4, slot, number, near number or tag"


class FoundParts(Dto):
    """The parts that were found, best first."""

    parts: tuple[Found, ...]


@click.command(short_help="Find parts by letters, slot, number or tag.")
@click.argument("text", metavar="TEXT")
@options.server
@options.data_dir
@options.as_json
def find(text: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Find parts by the four letters on the bag, by slot (7-3), by part number or by tag, and say where they lie.

    Exits 1 when no part is found.
    """
    with connect(server, data_dir) as client:
        found = FoundParts(parts=tuple(_found(client, text.strip())))
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    elif found.parts:
        console().print(_table(found))
    else:
        click.echo(f"partflow: no part has the ID, slot, number or tag {text}", err=True)
    sys.exit(not found.parts)


def _found(client: Client, text: str) -> Iterator[Found]:
    """Yield the parts of the first way to read the text that leads to any."""
    for why, ids in (
        ("id4", _with_letters(client, text)),
        ("slot", _in_slot(client, text)),
        ("number", _listed(client, code=text)),
        ("near number", _near(client, text)),
        ("tag", _listed(client, tag=text)),
    ):
        found = [_describe(client, id4, why) for id4 in ids]
        if found:
            yield from found
            return


def _describe(client: Client, id4: str, why: str) -> Found:
    part = client.part(id4)
    return Found(
        id4=part.id4,
        manufacturer_code=part.manufacturer_code,
        description=part.description,
        quantity=part.quantity,
        placements=part.placements,
        why=why,
    )


def _with_letters(client: Client, text: str) -> Iterator[str]:
    if _ID4.fullmatch(text):
        try:
            yield client.part(text).id4
        except RequestRefused as no:
            if no.status != _NOTHING:
                raise


def _in_slot(client: Client, text: str) -> Iterator[str]:
    try:
        slot = Slot.parse(text)
    except InvalidInput:
        return
    try:
        box = BoxContent.model_validate_json(client.ask("GET", f"/boxes/{slot.box_no}").content)
    except RequestRefused as no:
        if no.status != _NOTHING:
            raise
        return
    for location in box.locations:
        if location.slot == slot:
            yield from (part.id4 for part in location.parts)


def _listed(client: Client, **filters: str) -> Iterator[str]:
    try:
        page = PartPage.model_validate_json(client.ask("GET", "/parts", params=filters).content)
    except RequestRefused as no:
        # The text cannot be a number, or a tag.
        if no.status != _BAD:
            raise
        return
    if page.next:
        click.echo(f"partflow: there are more; these are the first {len(page.parts)}", err=True)
    yield from (part.id4 for part in page.parts)


def _near(client: Client, text: str) -> Iterator[str]:
    try:
        near = DuplicateList.model_validate_json(client.ask("GET", "/parts/duplicates", params={"code": text}).content)
    except RequestRefused as no:
        if no.status != _BAD:
            raise
        return
    yield from (each.id4 for each in near.duplicates)


def _table(found: FoundParts) -> Table:
    shown = Table("part", "number", "description", "stock", "lies in", "found by", header_style="bold", box=SIMPLE)
    for part in found.parts:
        slots = ", ".join(f"{each.slot} ({each.quantity})" for each in part.placements)
        texts = (part.manufacturer_code, part.description, part.quantity, slots, part.why)
        shown.add_row(part.id4, *map(plain, texts))
    return shown
