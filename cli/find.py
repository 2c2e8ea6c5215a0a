"""Finding parts from a desk."""

import sys
from pathlib import Path

import click
from rich.box import SIMPLE
from rich.table import Table
from rich.text import Text

from cli import options
from cli.client import connect
from cli.console import console, plain, visible
from schemas.search import Advice, Fragment, Hit, HitKind, SearchResult

_WHY = {
    HitKind.ID4: "letters",
    HitKind.SEPARATORS: "number, other signs",
    HitKind.MISREAD: "number, look-alikes",
    HitKind.BEGINNING: "number begins so",
    HitKind.MISREAD_BEGINNING: "number begins so, look-alikes",
    HitKind.BASE: "number without its suffix",
    HitKind.FAMILY: "number of the family",
    HitKind.ONE_SLIP: "number, one slip",
    HitKind.TWO_SLIPS: "number, two slips",
    HitKind.INFIX: "in the number",
    HitKind.SPELLING: "corrected words",
}


@click.command(short_help="Find parts by anything that is known of them.")
@click.argument("text", metavar="TEXT...", nargs=-1, required=True)
@click.option("--limit", type=click.IntRange(1, 50), help="The most to show.  [default: 10]")
@options.server
@options.data_dir
@options.as_json
def find(text: tuple[str, ...], limit: int | None, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Find parts, and say where they lie and why they were found.

    TEXT is the four letters on the bag, a slot (7-3), a box, a part number in any spelling, words and values in any
    order (4k7 0805), words of the datasheet, or filters: type:relay box:7 tag:smd in:stock has:datasheet maker:ti
    project:radio qty<10.

    Exits 1 when no part is found.
    """
    asked = {"q": " ".join(text), **({"limit": limit} if limit else {})}
    with connect(server, data_dir) as client:
        found = SearchResult.model_validate_json(client.ask("GET", "/search", params=asked).content)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
    else:
        _print(found)
    sys.exit(not found.hits)


def _print(found: SearchResult) -> None:
    if found.hits:
        console().print(_table(found.hits))
    else:
        click.echo(f"partflow: no part is found for {visible(found.query)}", err=True)
    if found.more:
        click.echo("partflow: there are more; add a word, or raise --limit", err=True)
    if found.advice:
        click.echo(f"partflow: {visible(_advice(found.advice))}", err=True)


def _table(hits: tuple[Hit, ...]) -> Table:
    shown = Table("part", "number", "maker", "stock", "lies in", "why", "found in", header_style="bold", box=SIMPLE)
    for hit in hits:
        slots = ", ".join(f"{each.slot} ({each.quantity})" for each in hit.placements)
        texts = (hit.manufacturer_code, hit.manufacturer, str(hit.quantity), slots, _WHY.get(hit.why, hit.why.value))
        shown.add_row(hit.id4, *map(plain, texts), Text("\n").join(map(_marked, hit.fragments)))
    return shown


def _marked(fragment: Fragment) -> Text:
    where = f" (page {fragment.page})" if fragment.page else ""
    # What is not visible is replaced, so that the marks keep their places.
    text = Text("".join(letter if letter.isprintable() else " " for letter in fragment.text) + where)
    for start, end in fragment.marks:
        text.stylize("bold reverse", start, end)
    return text


def _advice(advice: Advice) -> str:
    if advice.without:
        return f"without the word {advice.without} there are some: partflow find {advice.instead}"
    return f"did you mean {' or '.join(advice.did_you_mean)}?"
