"""What is started again and again: shown, changed, paused and run now."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import click
from rich.box import SIMPLE
from rich.table import Table

from cli import options
from cli.client import connect
from cli.console import console, plain
from schemas.schedule import BeatOut, CatchUpPolicy, FiringOut, FiringPage, ScheduleDefault, ScheduleList, ScheduleOut

_SHOWN = 10
"Firings."
_name = click.argument("name")


@click.group(short_help="Show the schedules; change, pause or run them.")
def schedule() -> None:
    """Show what is started again and again, and change when."""


@schedule.command(name="list", short_help="List the schedules and the beats.")
@options.server
@options.data_dir
@options.as_json
def list_all(server: str | None, data_dir: Path, as_json: bool) -> None:
    """List what is started when, and the beats that see to it; one of them leads."""
    with connect(server, data_dir) as client:
        answer = client.ask("GET", "/schedules")
    if as_json:
        click.echo(answer.text)
        return
    found = ScheduleList.model_validate_json(answer.content)
    console().print(_schedules(found.schedules), _beats(found.beats))
    _warn(found.beats)


@schedule.command(short_help="Show a schedule and its last firings.")
@_name
@options.server
@options.data_dir
@options.as_json
def show(name: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Show a schedule and its last firings; one with an interval under a minute leaves none."""
    with connect(server, data_dir) as client:
        found = ScheduleOut.model_validate_json(client.ask("GET", f"/schedules/{name}").content)
        answer = client.ask("GET", f"/schedules/{name}/firings", params={"limit": _SHOWN})
    firings = FiringPage.model_validate_json(answer.content).firings
    if as_json:
        shown = {
            "schedule": found.model_dump(mode="json"),
            "firings": [each.model_dump(mode="json") for each in firings],
        }
        console().print_json(data=shown)
        return
    console().print(_schedules([found]), _firings(firings))
    if found.is_changed:
        console().print(
            f"changed by a person; the default is {_when(found.default)}, catch up {found.default.catch_up}"
        )


@schedule.command(name="set", short_help="Change when a schedule is due.")
@_name
@click.option("--cron", help="Minute, hour, day of the month, month and day of the week, such as '30 2 * * *'.")
@click.option("--every", metavar="SECONDS", type=float, help="An interval instead of a cron expression.")
@click.option("--zone", help="The time zone of the cron expression, such as Europe/Berlin.")
@click.option(
    "--catch-up", type=click.Choice([each.value for each in CatchUpPolicy]), help="What becomes of missed firings."
)
@click.option("--default", "reset", is_flag=True, help="Go back to the default first.")
@options.server
@options.data_dir
@options.as_json
def set_(
    name: str,
    cron: str | None,
    every: float | None,
    zone: str | None,
    catch_up: str | None,
    reset: bool,
    server: str | None,
    data_dir: Path,
    as_json: bool,
) -> None:
    """Change when a schedule is due; upgrades and settings leave that alone until --default."""
    asked = {"cron": cron, "interval_seconds": every, "zone": zone, "catch_up": catch_up, "reset": reset or None}
    given = {field: value for field, value in asked.items() if value is not None}
    if not given:
        raise click.UsageError("name what to change: --cron or --every, --zone, --catch-up or --default")
    _change(name, given, server, data_dir, as_json=as_json)


@schedule.command(short_help="Stop firing a schedule.")
@_name
@options.server
@options.data_dir
@options.as_json
def pause(name: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Stop firing a schedule, until it is resumed; what is due meanwhile is not made up for."""
    _change(name, {"enabled": False}, server, data_dir, as_json=as_json)


@schedule.command(short_help="Fire a paused schedule again.")
@_name
@options.server
@options.data_dir
@options.as_json
def resume(name: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Fire a paused schedule again, from its next due time on."""
    _change(name, {"enabled": True}, server, data_dir, as_json=as_json)


@schedule.command(short_help="Run a schedule now.")
@_name
@options.server
@options.data_dir
@options.as_json
def run(name: str, server: str | None, data_dir: Path, as_json: bool) -> None:
    """Fire a schedule now, also when it is paused; its due times stay as they are."""
    with connect(server, data_dir) as client:
        answer = client.ask("POST", f"/schedules/{name}/run", headers={"Idempotency-Key": str(uuid4())})
        beats = ScheduleList.model_validate_json(client.ask("GET", "/schedules").content).beats
    if as_json:
        click.echo(answer.text)
    else:
        firing = FiringOut.model_validate_json(answer.content)
        click.echo(f"{name}: firing {firing.id}; see: partflow schedule show {name}")
    _warn(beats)


def _change(name: str, given: dict[str, Any], server: str | None, data_dir: Path, *, as_json: bool) -> None:
    with connect(server, data_dir) as client:
        answer = client.ask("PATCH", f"/schedules/{name}", json=given)
    if as_json:
        click.echo(answer.text)
    else:
        console().print(_schedules([ScheduleOut.model_validate_json(answer.content)]))


def _schedules(schedules: Sequence[ScheduleOut]) -> Table:
    shown = Table("schedule", "starts", "when", "catch up", "last due", "next due", box=SIMPLE, header_style="bold")
    for each in schedules:
        following = _time(each.next_due_at) if each.enabled else "[yellow]paused[/]"
        when = _when(each) + (" (changed)" if each.is_changed else "")
        shown.add_row(
            plain(each.name), plain(each.starts), plain(when), each.catch_up, _time(each.last_due_at), following
        )
    return shown


def _beats(beats: Sequence[BeatOut]) -> Table:
    shown = Table("beat", "", "last seen", "started", box=SIMPLE, header_style="bold")
    for each in beats:
        role = ("[green]leads[/]" if each.leads else "waits") if each.is_alive else "[yellow]is gone[/]"
        shown.add_row(plain(each.name), role, _time(each.seen_at), _time(each.started_at))
    return shown


def _firings(firings: Sequence[FiringOut]) -> Table:
    shown = Table("firing", "due", "by", "sent", box=SIMPLE, header_style="bold")
    for each in firings:
        sent = _time(each.sent_at) or ("replaced by a later one" if each.is_replaced else "[yellow]not yet[/]")
        shown.add_row(str(each.id), _time(each.due_at), "a person" if each.by_person else "time", sent)
    return shown


def _when(timing: ScheduleOut | ScheduleDefault) -> str:
    return f"every {timing.interval_seconds:g} s" if timing.cron is None else f"{timing.cron} in {timing.zone}"


def _time(moment: datetime | None) -> str:
    return f"{moment.astimezone():%Y-%m-%d %H:%M:%S}" if moment else ""


def _warn(beats: Sequence[BeatOut]) -> None:
    if not any(each.is_alive for each in beats):
        click.echo("partflow: no beat is alive, so nothing is fired; start one: celery -A tasks.bare beat", err=True)
