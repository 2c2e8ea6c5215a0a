"""Booking stock from the command line."""

import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click

from cli import options
from cli.client import Client, RequestRefused, ServerError, connect
from schemas.slot import Slot
from schemas.stock import MAX_QUANTITY, StockCommandOut, StockKind

_TRIES = 3
_SECONDS_BETWEEN = 1.0

_quantity = click.argument("quantity", metavar="N", type=click.IntRange(1, MAX_QUANTITY))
_slot = click.argument("slot", metavar="[SLOT]", required=False, type=options.slot)
_share = click.option("--share", is_flag=True, help="Put it there though another part lies there.")


def _booking[F: Callable[..., None]](command: F) -> F:
    """Add the options that every booking has."""
    for add in (
        options.as_json,
        options.data_dir,
        options.server,
        click.option(
            "--command-id",
            type=click.UUID,
            default=uuid4,
            help="That of a booking whose answer was lost; it is booked once.  [default: a new one]",
        ),
        click.option("--reason", metavar="TEXT", help="Why, for the history."),
    ):
        command = add(command)
    return command


@click.command(short_help="Book parts in.")
@options.id4
@_quantity
@_slot
@_share
@_booking
def receive(id4: str, quantity: int, slot: Slot | None, share: bool, **asked: Any) -> None:
    """Book N of a part in: into SLOT (such as 7-3), else to where the part lies, else into a suitable free slot."""
    _book(StockKind.RECEIVE, id4, {"quantity": quantity, "slot": slot and str(slot), "share": share}, **asked)


@click.command(short_help="Book parts out.")
@options.id4
@_quantity
@_slot
@_booking
def use(id4: str, quantity: int, slot: Slot | None, **asked: Any) -> None:
    """Book N of a part out; SLOT may be left out when the part lies in one slot only."""
    _book(StockKind.USE, id4, {"quantity": quantity, "slot": slot and str(slot)}, **asked)


@click.command(short_help="Move parts to another slot.")
@options.id4
@_quantity
@click.argument("from_slot", metavar="FROM", type=options.slot)
@click.argument("to_slot", metavar="TO", type=options.slot)
@_share
@_booking
def move(id4: str, quantity: int, from_slot: Slot, to_slot: Slot, share: bool, **asked: Any) -> None:
    """Move N of a part from one slot to another."""
    order = {"quantity": quantity, "from_slot": str(from_slot), "to_slot": str(to_slot), "share": share}
    _book(StockKind.MOVE, id4, order, **asked)


def _book(
    kind: StockKind,
    id4: str,
    order: Mapping[str, object],
    *,
    reason: str | None,
    command_id: UUID,
    server: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    body = {**order, "reason": reason, "command_id": str(command_id)}
    with connect(server, data_dir) as client:
        booked = _sent(client, f"/parts/{id4}/stock/{kind}", body)
    if as_json:
        click.echo(booked.model_dump_json(indent=2))
        return
    changes = ", ".join(f"{each.slot} {each.delta_qty:+} is {each.quantity}" for each in booked.changes)
    click.echo(f"{booked.part}: {changes}; {booked.quantity} in all")
    for settled in booked.settled:
        click.echo(f"{booked.part}: this settles suggestion {settled}, which named the same quantity")
    for differing in booked.differing:
        click.echo(f"{booked.part}: suggestion {differing} names another quantity, and waits on", err=True)


def _sent(client: Client, path: str, body: Mapping[str, object]) -> StockCommandOut:
    """Send a command until it is answered: its id makes sure that it is booked once."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return StockCommandOut.model_validate_json(client.ask("POST", path, json=body).content)
        except RequestRefused:
            raise
        except ServerError as error:
            if not tries_left:
                raise ServerError(
                    f"{error}\nIt is not known whether it was booked. "
                    "Repeat the command with this option to book it once: "
                    f"--command-id {body['command_id']}"
                ) from error
            time.sleep(_SECONDS_BETWEEN)
    raise AssertionError("unreachable")
