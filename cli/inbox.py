"""Deciding on suggestions from a desk."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.decision import DecidedList, UndoneOut
from schemas.inbox import Inbox
from schemas.slot import Slot
from schemas.stock import MAX_QUANTITY
from schemas.suggestion import SuggestionField, SuggestionState

_share = click.FloatRange(0, 1)
_ids = click.argument("ids", metavar="ID...", type=click.IntRange(1), nargs=-1, required=True)
_each = click.option("--each", is_flag=True, help="Decide each for itself; otherwise one refusal refuses all.")


@click.group(short_help="Decide on what the machine suggests.")
def inbox() -> None:
    """Decide on what the machine suggests: list it, accept it as it is or edited, reject it, take a decision back."""


@inbox.command("list", short_help="List suggestions.")
@click.option("--part", metavar="ID4", help="Only those for a part.")
@click.option("--run", type=click.UUID, help="Only those of a run.")
@click.option("--field", type=click.Choice([each.value for each in SuggestionField]), help="Only those for a field.")
@click.option(
    "--state", type=click.Choice([each.value for each in SuggestionState]), help="In this state.  [default: proposed]"
)
@click.option("--at-least", "confidence_at_least", type=_share, help="Only those at least this sure, from 0 to 1.")
@click.option("--at-most", "confidence_at_most", type=_share, help="Only those at most this sure, from 0 to 1.")
@click.option("--after", metavar="CURSOR", help="`next` of the page before.")
@click.option("--limit", type=click.IntRange(1, 100), help="The most to list.  [default: 50]")
@options.server
@options.data_dir
@options.as_json
def list_(server: str | None, data_dir: Path, as_json: bool, run: UUID | None, **filters: Any) -> None:
    """List suggestions, oldest first, with the number of all that the options select."""
    asked = {name: value for name, value in {**filters, "run": run and str(run)}.items() if value is not None}
    with connect(server, data_dir) as client:
        answer = client.ask("GET", "/suggestions", params=asked)
    found = Inbox.model_validate_json(answer.content)
    if as_json:
        click.echo(found.model_dump_json(indent=2))
        return
    console().print(_table(found))
    if found.next:
        click.echo(f"partflow: there are more; see the next page with --after {found.next}", err=True)


@inbox.command(short_help="Accept suggestions.")
@_ids
@click.option("--number", "manufacturer_code", metavar="TEXT", help="Another part number than the suggested one.")
@click.option("--maker", "manufacturer", metavar="TEXT", help="Another maker.")
@click.option("--description", metavar="TEXT", help="Another description.")
@click.option("--tag", "tags", metavar="WORD", multiple=True, help="A tag instead of the suggested ones; repeatable.")
@click.option("--type", metavar="NAME", help="Another type.")
@click.option("--quantity", type=click.IntRange(1, MAX_QUANTITY), help="Another quantity.")
@click.option("--slot", type=options.slot, help="Another slot.")
@click.option("--share", is_flag=True, help="Put it there though another part lies there.")
@click.option("--again", is_flag=True, help="Book it though the same bag may be booked.")
@_each
@options.server
@options.data_dir
@options.as_json
def accept(ids: tuple[int, ...], slot: Slot | None, tags: tuple[str, ...], each: bool, **asked: Any) -> None:
    """Accept suggestions by their IDs, as they are or with the edits that the options give."""
    server, data_dir, as_json = (asked.pop(name) for name in ("server", "data_dir", "as_json"))
    edits = {name: value for name, value in asked.items() if value not in (None, False)}
    edits |= {"slot": str(slot)} if slot else {}
    edits |= {"tags": tags} if tags else {}
    _decide([{"suggestion": one, "decision": "accept", **edits} for one in ids], each, server, data_dir, as_json)


@inbox.command(short_help="Reject suggestions.")
@_ids
@_each
@options.server
@options.data_dir
@options.as_json
def reject(ids: tuple[int, ...], each: bool, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Reject suggestions by their IDs: their values are not suggested again without new evidence."""
    _decide([{"suggestion": one, "decision": "reject"} for one in ids], each, server, data_dir, as_json)


@inbox.command(short_help="Take a decision back.")
@click.argument("suggestion", metavar="ID", type=click.IntRange(1))
@options.server
@options.data_dir
@options.as_json
def undo(suggestion: int, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Take a decision back: the suggestion waits again, and the part is as it was before."""
    with connect(server, data_dir) as client:
        answer = client.ask("POST", f"/suggestions/{suggestion}/undo", headers={"Idempotency-Key": str(uuid4())})
    undone = UndoneOut.model_validate_json(answer.content)
    if as_json:
        click.echo(undone.model_dump_json(indent=2))
        return
    run = f"; run {undone.cancelled_run} is cancelled" if undone.cancelled_run else ""
    run = run or (f"; run {undone.ended_run} had ended" if undone.ended_run else "")
    click.echo(f"{undone.part}: suggestion {undone.id} for {undone.field} waits again{run}")


def _decide(decisions: list[dict[str, Any]], each: bool, server: str | None, data_dir: Path, as_json: bool) -> None:
    body = {"decisions": decisions, "all_or_nothing": not each}
    with connect(server, data_dir) as client:
        answer = client.ask("POST", "/suggestions/decide", json=body, headers={"Idempotency-Key": str(uuid4())})
    decided = DecidedList.model_validate_json(answer.content)
    if as_json:
        click.echo(decided.model_dump_json(indent=2))
    for one in () if as_json else decided.decisions:
        if one.decided:
            run = f"; run {one.decided.started_run} goes on from it" if one.decided.started_run else ""
            click.echo(f"{one.decided.part}: suggestion {one.suggestion} is {one.decided.state}{run}")
        elif one.refused:
            click.echo(f"partflow: suggestion {one.suggestion}: {one.refused.error}", err=True)
    sys.exit(any(one.refused for one in decided.decisions))


def _table(found: Inbox) -> Table:
    title = f"{found.total} in all"
    shown = Table("id", "part", "number", "field", "value", "how sure", "why", "state", title=title, box=SIMPLE)
    for each in found.suggestions:
        why = "; ".join(f"{reason.kind}: {reason.quote}" for reason in each.evidence)
        value = each.value if each.accepted_value is None else each.accepted_value
        texts = (each.about.manufacturer_code, each.field, value, f"{each.confidence:.0%}", why, each.state)
        shown.add_row(str(each.id), each.part, *map(plain, texts))
    return shown
