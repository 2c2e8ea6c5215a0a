"""Looking after the queues."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from amqp import AMQPError
from kombu.exceptions import OperationalError
from pydantic import TypeAdapter
from rich.box import SIMPLE
from rich.table import Column, Table
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError as DatabaseError

import pipelines  # noqa: F401 - registers the steps, which say the queue that each waits for
from cli import options
from cli.client import ServerError
from cli.console import console, plain
from embedded import running
from engine.dead_letters import drop, list_dead, redrive
from engine.queues import declare_queues, is_rabbitmq, show_queues
from schemas.queue import DeadLetterOut, QueueOut
from settings import get_settings
from settings.groups import BrokerSettings

_queue = click.option("--queue", help="Only those of this queue.")
_ids = click.argument("ids", metavar="[ID]...", nargs=-1)


@click.group(invoke_without_command=True, short_help="Show the queues; declare them, look after dead letters.")
@options.data_dir
@click.pass_context
def queues(context: click.Context, data_dir: Path) -> None:
    """Show the queues, or do one of the things below.

    The broker is the one of the settings, else that of the data folder.
    """
    context.obj = data_dir
    if context.invoked_subcommand is None:
        context.invoke(show)


@queues.command()
@options.as_json
@click.pass_obj
def show(data_dir: Path, as_json: bool) -> None:
    """Show each queue's messages and workers, and how long runs have been waiting for it."""
    with _reachable():
        found = show_queues(_broker(data_dir), _engine(data_dir))
    if as_json:
        click.echo(TypeAdapter(list[QueueOut]).dump_json(found, indent=2))
        return
    numbers = ("messages", "workers", "runs waiting", "oldest, s")
    shown = Table("queue", *(Column(name, justify="right") for name in numbers), header_style="bold", box=SIMPLE)
    for each in found:
        oldest = None if each.oldest_seconds is None else round(each.oldest_seconds)
        cells = ("missing" if each.messages is None else each.messages, each.consumers, each.runs, oldest)
        shown.add_row(each.name, *("" if cell is None else str(cell) for cell in cells))
    console().print(shown)


@queues.command()
@click.option("--recreate", is_flag=True, help="Delete and declare again queues with other arguments; no run is lost.")
@click.pass_obj
def declare(data_dir: Path, recreate: bool) -> None:
    """Make exchanges and queues where they are missing; part of each deploy."""
    broker = _broker(data_dir)
    if not is_rabbitmq(broker):
        click.echo("partflow: a folder needs no declaring", err=True)
        return
    with _reachable():
        differences = declare_queues(broker, recreate=recreate)
    for each in differences:
        click.echo(f"partflow: {each.queue} stays as it is: {each.what}", err=True)
    if differences:
        click.echo(
            "partflow: to change them: partflow queues declare --recreate, which deletes their messages; "
            "the reconciler sends the runs again",
            err=True,
        )
        raise SystemExit(1)


@queues.command()
@options.as_json
@click.pass_obj
def dead(data_dir: Path, as_json: bool) -> None:
    """List the messages that the broker gave up, and why."""
    with _reachable():
        letters = list_dead(_broker(data_dir))
    if as_json:
        click.echo(TypeAdapter(list[DeadLetterOut]).dump_json(letters, indent=2))
        return
    columns = ("id", "queue", "reason", "times", "at", "task", "run")
    shown = Table(*(Column(name, no_wrap=name == "id") for name in columns), header_style="bold", box=SIMPLE)
    for each in letters:
        at = f"{each.at.astimezone():%m-%d %H:%M:%S}" if each.at else ""
        cells = (each.id, each.queue, each.reason, each.count, at, each.task, each.run_id)
        shown.add_row(*(plain(cell) for cell in cells))
    console().print(shown)


@queues.command(name="redrive")
@_ids
@_queue
@click.pass_obj
def redrive_letters(data_dir: Path, ids: tuple[str, ...], queue: str | None) -> None:
    """Give dead letters another chance: all of them, those of a queue, or those named."""
    broker, engine = _broker(data_dir), _engine(data_dir) or _engine_of_settings()
    with _reachable():
        count = redrive(broker, _chosen(ids, queue), engine) if is_rabbitmq(broker) else 0
    click.echo(f"{count} sent again")


@queues.command(name="drop")
@_ids
@_queue
@click.option("--all", "everything", is_flag=True, help="All of them.")
@click.pass_obj
def drop_letters(data_dir: Path, ids: tuple[str, ...], queue: str | None, everything: bool) -> None:
    """Forget dead letters; their runs stay as they are."""
    if not (ids or queue or everything):
        raise click.UsageError("name dead letters by ID, or with --queue, or take --all")
    broker = _broker(data_dir)
    with _reachable():
        count = drop(broker, _chosen(ids, queue)) if is_rabbitmq(broker) else 0
    click.echo(f"{count} dropped")


def _chosen(ids: tuple[str, ...], queue: str | None) -> Callable[[DeadLetterOut], bool]:
    return lambda letter: (not ids or letter.id in ids) and queue in (None, letter.queue)


def _broker(data_dir: Path) -> BrokerSettings:
    broker = get_settings().broker
    if "url" in broker.model_fields_set or "folder" in broker.model_fields_set:
        return broker
    return BrokerSettings(folder=data_dir.expanduser() / "broker")


def _engine(data_dir: Path) -> Engine | None:
    """Connect to the database of the settings, else to the one that runs in the data folder, if any does."""
    if "url" in get_settings().database.model_fields_set:
        return _engine_of_settings()
    address = running(data_dir)
    return create_engine(address.database_url, poolclass=NullPool) if address else None


def _engine_of_settings() -> Engine:
    return create_engine(get_settings().database.url.get_secret_value(), poolclass=NullPool)


@contextmanager
def _reachable() -> Iterator[Any]:
    try:
        yield
    except (OperationalError, ConnectionError, TimeoutError) as error:
        raise ServerError(f"RabbitMQ cannot be reached: {error}; see PARTFLOW_BROKER_URL") from error
    except AMQPError as error:
        raise ServerError(
            f"RabbitMQ refuses: {error}; see PARTFLOW_BROKER_URL, or run: partflow queues declare"
        ) from error
    except DatabaseError as error:
        raise ServerError(f"the database cannot be reached: {error.orig}; see PARTFLOW_DATABASE_URL") from error
