"""Reorganisation from the command line: a list that is ticked at the shelf."""

import sys
import time
from collections.abc import Callable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import click
from rich.progress import Progress

from cli import options
from cli.client import Client, RequestRefused, ServerError, connect
from cli.console import console, errors, visible
from cli.reorg_table import plan_table, said
from schemas.reorg import (
    ReorgApplied,
    ReorgMoveOut,
    ReorgMoveState,
    ReorgPlanOut,
    ReorgPlanPage,
    ReorgPlanState,
    ReorgPlanSummary,
)

_POLL_SECONDS = 0.4
_PAGE = 1000
_TRIES = 3


def _order_options[F: Callable[..., None]](command: F) -> F:
    """Add what an order to apply or undo moves is given."""
    for add in (
        options.as_json,
        options.data_dir,
        options.server,
        click.option(
            "--command-id", type=click.UUID, help="That of an order whose answer was lost; it is carried out once."
        ),
        click.option("--all", "everything", is_flag=True, help="All moves that are left."),
        click.option("--sitting", metavar="N", type=click.IntRange(1), help="All moves of this sitting."),
        click.option("--plan", metavar="PLAN", type=click.UUID, help="The plan.  [default: the newest]"),
        click.argument("moves", metavar="[MOVE]...", type=click.IntRange(1), nargs=-1),
    ):
        command = add(command)
    return command


@click.group(short_help="Plan where things should lie, and put them there.")
def reorg() -> None:
    """Plan where things should lie, and put them there, move by move.

    \b
      partflow reorg plan --moves 40      make a plan, and show it
      partflow reorg apply                go to the shelf, and tick each move
      partflow reorg undo --all           put everything back
    """  # noqa: D301 - click knows by a real backspace which paragraph not to wrap


@reorg.command("plan", short_help="Make a plan.")
@click.option("--objective", metavar="NAME", help="What to aim at: types, kin, gaps, front, together, picking …")
@click.option("--weight", "weights", metavar="NAME=N", multiple=True, help="Instead: a weight by name; repeatable.")
@click.option("--moves", "max_moves", metavar="N", type=click.IntRange(0), help="At most so many moves.")
@click.option("--leave", metavar="BOX", type=click.IntRange(1), multiple=True, help="Leave a box alone; repeatable.")
@click.option("--pin", "pinned", metavar="ID4", type=options.part_key, multiple=True, help="Leave a part; repeatable.")
@click.option("--open-boxes", metavar="N", type=click.IntRange(2), help="Boxes open at once in a sitting.")
@click.option("--seed", metavar="N", type=click.IntRange(0), help="Another seed may give another plan.")
@options.server
@options.data_dir
@options.as_json
def make(weights: tuple[str, ...], server: str | None, data_dir: Path, as_json: bool, **asked: Any) -> None:
    """Make a plan for the inventory as it is now, and show its moves; nothing is moved."""
    body = {name: value for name, value in asked.items() if value not in (None, ())}
    if weights:
        body["objective"] = dict(map(_weight, weights))
    with connect(server, data_dir) as client:
        answer = client.ask("POST", "/reorg/plans", json=body, headers={"Idempotency-Key": str(uuid4())})
        made = _made(client, ReorgPlanSummary.model_validate_json(answer.content).id)
        _print(client, made.id, as_json)
    sys.exit(made.state is ReorgPlanState.FAILED)


@reorg.command(short_help="Show a plan.")
@click.argument("plan", metavar="[PLAN]", type=click.UUID, required=False)
@click.option("--left", is_flag=True, help="Only the moves that are left.")
@options.server
@options.data_dir
@options.as_json
def show(plan: UUID | None, left: bool, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Show the moves of PLAN, or of the newest, sitting by sitting, with what became of each."""
    with connect(server, data_dir) as client:
        _print(client, plan or _newest(client), as_json, left=left)


@reorg.command(short_help="Book moves that are done.")
@_order_options
def apply(**asked: Any) -> None:
    """Book moves that are done; without any, go through those that are left and tick each.

    Exits 1 when a move was refused.
    """
    _order("apply", **asked)


@reorg.command(short_help="Put bags back.")
@_order_options
def undo(**asked: Any) -> None:
    """Put the bags of moves back; without any, go through those that are applied, the last one first.

    Exits 1 when a move was refused.
    """
    _order("undo", **asked)


@reorg.command(short_help="Plan the rest again.")
@click.argument("plan", metavar="[PLAN]", type=click.UUID, required=False)
@options.server
@options.data_dir
@options.as_json
def replan(plan: UUID | None, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Plan what is left of PLAN, or of the newest, on today's layout."""
    with connect(server, data_dir) as client:
        path = f"/reorg/plans/{plan or _newest(client)}/replan"
        answer = client.ask("POST", path, headers={"Idempotency-Key": str(uuid4())})
        made = _made(client, ReorgPlanSummary.model_validate_json(answer.content).id)
        _print(client, made.id, as_json)


def _order(
    verb: str,
    *,
    moves: tuple[int, ...],
    plan: UUID | None,
    sitting: int | None,
    everything: bool,
    command_id: UUID | None,
    server: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    if bool(moves) + (sitting is not None) + everything > 1:
        raise click.UsageError("name moves, or --sitting, or --all; one of the three")
    with connect(server, data_dir) as client:
        plan_id = plan or _newest(client)
        path, command = f"/reorg/plans/{plan_id}/{verb}", str(command_id or uuid4())
        if everything:
            refused = _run_all(client, plan_id, path, command)
        elif moves or sitting:
            named = {"moves": moves} if moves else {"sitting": sitting}
            refused = _tell(_sent(client, path, {"command_id": command, **named}), as_json)
        else:
            refused = _ticked(client, plan_id, path, verb)
        if as_json and everything:
            _print(client, plan_id, as_json)
    sys.exit(refused)


def _sent(client: Client, path: str, body: dict[str, object]) -> ReorgApplied:
    """Send an order until it is answered: its ID makes sure that it is carried out once."""
    for tries_left in reversed(range(_TRIES)):
        try:
            return ReorgApplied.model_validate_json(client.ask("POST", path, json=body).content)
        except RequestRefused:
            raise
        except ServerError as error:
            if not tries_left:
                again = f"--command-id {body['command_id']}"
                raise ServerError(f"{error}\nIt is not known whether it was booked. Repeat it with {again}") from error
            time.sleep(_POLL_SECONDS)
    raise AssertionError("unreachable")


def _tell(done: ReorgApplied, as_json: bool) -> bool:
    if as_json:
        click.echo(done.model_dump_json(indent=2))
    elif done.moves:
        click.echo(f"booked: {', '.join(map(str, done.moves))}")
    else:
        click.echo("nothing is left to book")
    for each in () if as_json else done.refused:
        click.echo(f"partflow: move {each.move}: {visible(each.reason)}", err=True)
    return bool(done.refused)


def _run_all(client: Client, plan_id: UUID, path: str, command_id: str) -> bool:
    """Start a run for all that is left, watch it, and tell whether it ended without all of it."""
    client.ask("POST", path, json={"command_id": command_id, "all": True})
    total = _found(client, plan_id, limit=0).counts.total
    wanted = "undone" if path.endswith("undo") else "applied"
    with Progress(console=errors(), transient=True) as progress:
        bar = progress.add_task(wanted, total=total)
        while not (run := client.run(UUID(command_id))).state.final:
            time.sleep(_POLL_SECONDS)
            progress.update(bar, completed=getattr(_found(client, plan_id, limit=0).counts, wanted))
    counts = _found(client, plan_id, limit=0).counts
    reached = f"{getattr(counts, wanted)} of {total} moves are {wanted}, {counts.refused} refused"
    click.echo(f"{run.state}: {reached}", err=True)
    for gap in run.gaps:
        click.echo(f"partflow: {visible(gap.detail)}", err=True)
    return run.state != "succeeded"


def _ticked(client: Client, plan_id: UUID, path: str, verb: str) -> bool:
    """Ask for each step that is left whether it is done, and book it at once."""
    left = [move for move in _all_moves(client, plan_id) if (move.state is ReorgMoveState.APPLIED) == (verb == "undo")]
    refused = False
    for _, group in groupby(left if verb == "apply" else reversed(left), key=lambda move: move.step):
        step = list(group)
        click.echo(said(step, back=verb == "undo"))
        answer = click.prompt("done?", type=click.Choice(["y", "skip", "quit"]), default="y")
        if answer == "quit":
            break
        if answer == "y":
            refused |= _booked(client, path, step[0].number)
    return refused


def _booked(client: Client, path: str, number: int) -> bool:
    try:
        return _tell(_sent(client, path, {"command_id": str(uuid4()), "moves": [number]}), as_json=False)
    except RequestRefused as refusal:
        click.echo(f"partflow: {visible(refusal)}", err=True)
        return True


def _weight(text: str) -> tuple[str, float]:
    name, _, value = text.partition("=")
    try:
        return name, float(value)
    except ValueError:
        raise click.BadParameter(f"{text!r} is not a weight; expected a name and a number, such as gaps=2") from None


def _newest(client: Client) -> UUID:
    page = ReorgPlanPage.model_validate_json(client.ask("GET", "/reorg/plans", params={"limit": 1}).content)
    if not page.plans:
        raise click.UsageError("no plan was made yet; make one with: partflow reorg plan")
    return page.plans[0].id


def _made(client: Client, plan_id: UUID) -> ReorgPlanOut:
    with errors().status("planning"):
        while (made := _found(client, plan_id, limit=0)).state is ReorgPlanState.PLANNING:
            time.sleep(_POLL_SECONDS)
    return made


def _found(client: Client, plan_id: UUID, *, limit: int, after: int = 0) -> ReorgPlanOut:
    asked = {"limit": limit, "after": after}
    return ReorgPlanOut.model_validate_json(client.ask("GET", f"/reorg/plans/{plan_id}", params=asked).content)


def _all_moves(client: Client, plan_id: UUID) -> Iterator[ReorgMoveOut]:
    after: int | None = 0
    while after is not None:
        found = _found(client, plan_id, limit=_PAGE, after=after)
        yield from found.moves
        after = found.next


def _print(client: Client, plan_id: UUID, as_json: bool, *, left: bool = False) -> None:
    moves = tuple(move for move in _all_moves(client, plan_id) if not left or move.state is not ReorgMoveState.APPLIED)
    plan = _found(client, plan_id, limit=0).model_copy(update={"moves": moves, "next": None})
    if as_json:
        click.echo(plan.model_dump_json(indent=2))
        return
    for each in plan_table(plan):
        console().print(each)
