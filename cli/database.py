"""Looking after the database from outside of it."""

import click
from alembic.util import CommandError
from sqlalchemy.exc import OperationalError

from cli.client import ServerError
from cli.migrate import MigrationLimits, migrate, pending
from models.locks import is_locked, is_too_slow
from settings import get_settings

_LIMITS = MigrationLimits()


@click.command(name="migrate", short_help="Bring the database to the newest tables.")
@click.option("--check", is_flag=True, help="Change nothing; exit 1 when migrations are missing.")
@click.option(
    "--lock-seconds",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    default=_LIMITS.lock_seconds,
    show_default=True,
    help="Seconds to wait for a table that another transaction uses.",
)
@click.option(
    "--statement-seconds",
    metavar="S",
    type=click.FloatRange(min=0, min_open=True),
    default=_LIMITS.statement_seconds,
    show_default=True,
    help="Seconds that one statement may take.",
)
def migrate_command(check: bool, lock_seconds: float, statement_seconds: float) -> None:
    """Apply the migrations that PARTFLOW_DATABASE_URL lacks: all of them, or none if one fails. Part of each deploy.

    Programs of the release before go on while it runs. Two at once take turns.
    """
    url = get_settings().database.url.get_secret_value()
    try:
        missing = pending(url)
        for name in missing:
            click.echo(f"partflow: {'missing' if check else 'to apply'}: {name}", err=True)
        if not check:
            migrate(url, MigrationLimits(lock_seconds, statement_seconds))
    except OperationalError as error:
        raise ServerError(_explained(error)) from error
    except CommandError as error:
        raise ServerError(f"{error}; the database is of a newer release: use its programs") from error
    click.echo("partflow: the tables are the newest" if not (check and missing) else "partflow: run partflow migrate")
    if check and missing:
        raise SystemExit(1)


def _explained(error: OperationalError) -> str:
    if is_locked(error):
        return (
            "another transaction uses a table that a migration changes; nothing was changed: "
            "run it again, or allow more with --lock-seconds"
        )
    if is_too_slow(error):
        return "a statement took too long; nothing was changed: allow more with --statement-seconds"
    return f"the database cannot be reached: {error.orig}; see PARTFLOW_DATABASE_URL"
