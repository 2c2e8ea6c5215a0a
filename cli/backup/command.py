"""Backing up and restoring from the command line."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from alembic.util import CommandError
from rich.progress import MofNCompleteColumn, Progress
from sqlalchemy import Engine, NullPool, create_engine
from sqlalchemy.exc import OperationalError

from cli import options
from cli.backup import restoring, saving
from cli.backup.repository import BackupError, BackupManifest, find, forget, held, read
from cli.client import ServerError
from cli.console import errors
from cli.installation import settings_of
from clients.object_store import make_store
from schemas.errors import StepError


@click.command(short_help="Copy database and objects into a folder.")
@click.argument("folder", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@click.option("--keep", metavar="N", type=click.IntRange(1), help="Then delete all but the N newest backups in it.")
@options.data_dir
@options.as_json
def backup(folder: Path, keep: int | None, data_dir: Path, as_json: bool) -> None:
    """Copy database and objects into a folder, while everything goes on: as they are at one moment.

    An object that is in the folder already is not copied again. It is about the installation of the settings, or else
    about what runs in the data folder.
    """
    settings = settings_of(data_dir)
    url = settings.database.url.get_secret_value()
    with _reachable(), held(folder), _connected(url) as engine, _progress() as progress:
        bar = progress.add_task("objects", total=None)

        def on_object(done: int, total: int) -> None:
            progress.update(bar, completed=done, total=total)

        manifest = saving.save(engine, url, make_store(settings.store), folder, on_object)
        deleted = forget(folder, keep=keep) if keep else []
    for name in deleted:
        click.echo(f"partflow: deleted the backup {name}", err=True)
    _say(manifest, f"saved to {folder / manifest.name}", as_json=as_json)


@click.command(short_help="Put a backup into an empty installation.")
@click.argument("backup_folder", metavar="DIR", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Only compare all files and objects with their checksums.")
@options.data_dir
@options.as_json
def restore(backup_folder: Path, check: bool, data_dir: Path, as_json: bool) -> None:
    """Put a backup, or the newest of a folder of backups, into an installation that has no parts, boxes or documents.

    The backup may be of an older release: its tables are migrated. Runs that were going on when it was made go on.
    """
    chosen = find(backup_folder)
    if check:
        _say(restoring.check(chosen), f"{chosen} is whole", as_json=as_json)
        return
    settings = settings_of(data_dir)
    url = settings.database.url.get_secret_value()
    manifest = read(chosen)
    with _reachable(), _connected(url) as engine, _progress() as progress:
        bar = progress.add_task("objects", total=manifest.objects)
        restoring.restore(engine, url, make_store(settings.store), chosen, lambda: progress.advance(bar))
    _say(manifest, f"restored {chosen}", as_json=as_json)


def _say(manifest: BackupManifest, sentence: str, *, as_json: bool) -> None:
    megabytes = manifest.object_bytes / 1e6
    if as_json:
        click.echo(manifest.model_dump_json(indent=2))
    else:
        click.echo(f"{sentence}: the database at {manifest.revision}, {manifest.objects} objects ({megabytes:.0f} MB)")


def _progress() -> Progress:
    return Progress(*Progress.get_default_columns(), MofNCompleteColumn(), console=errors(), transient=True)


@contextmanager
def _connected(url: str) -> Iterator[Engine]:
    engine = create_engine(url, poolclass=NullPool)
    try:
        yield engine
    finally:
        engine.dispose()


@contextmanager
def _reachable() -> Iterator[None]:
    try:
        yield
    except OperationalError as error:
        way_out = "start partflow up, or set PARTFLOW_DATABASE_URL"
        raise ServerError(f"the database cannot be used: {error.orig}; {way_out}") from error
    except StepError as error:
        raise ServerError(f"the object store cannot be used: {error}") from error
    except OSError as error:
        raise BackupError(f"{error.filename or 'the folder'}: {error.strerror}; name another, or make room") from error
    except CommandError as error:
        raise ServerError(f"{error}: this is of a newer release; use its programs") from error
