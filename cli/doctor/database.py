"""Looking at PostgreSQL."""

import re
import time
from collections.abc import Callable
from typing import Final

from alembic.util import CommandError
from sqlalchemy import Connection, NullPool, create_engine, make_url, text
from sqlalchemy.exc import OperationalError

from cli.doctor.examination import Examination, Seen, broken, fine, warning
from cli.migrate import pending
from embedded.postgres import EXTENSIONS
from models.session import connect_args
from settings import Settings
from settings.groups import DatabaseSettings

_CONNECT_SECONDS: Final = 5
_OLDEST: Final = 15

_SKEW_SECONDS: Final = 5.0
_ADDRESS: Final = "correct PARTFLOW_DATABASE_URL"
_REASONS: Final = (
    ("password authentication failed", "PostgreSQL refuses the password of {user}",
     "{address}, or ALTER ROLE … PASSWORD"),
    ("no password supplied", "PostgreSQL asks for a password of {user}", "put it into PARTFLOW_DATABASE_URL"),
    (r'role ".*" does not exist', "PostgreSQL has no user {user}", "{address}, or createuser {user}"),
    (r'database ".*" does not exist', "PostgreSQL has no database {name}", "{address}, or createdb {name}"),
    ("no pg_hba.conf entry", "PostgreSQL lets {user} in from nowhere near here", "add a line to its pg_hba.conf"),
    ("too many clients|remaining connection slots", "all of PostgreSQL's connections are taken",
     "raise its max_connections, or lower PARTFLOW_DATABASE_POOL_SIZE"),
    ("starting up|shutting down|recovery mode", "PostgreSQL is starting or stopping", "wait, then ask again"),
    ("resolve|Name or service|nodename", "the host {host} is not known", "{address}, or look at the name server"),
    ("timeout|timed out|expired", "{host} does not answer", "{address}, or open the network to it"),
    ("refused|No such file", "nothing listens at {host}", "start PostgreSQL, or {address}"),
)  # fmt: skip
"What is in the driver's message, what it means, and what helps."


def _connected(look: Callable[[Connection], Seen]) -> Callable[[Settings], Seen]:
    """Return an examination that has a connection."""

    def connect(settings: Settings) -> Seen:
        database = settings.database
        arguments = connect_args(database) | {"connect_timeout": _CONNECT_SECONDS}
        engine = create_engine(database.url.get_secret_value(), poolclass=NullPool, connect_args=arguments)
        try:
            with engine.connect() as connection:
                return look(connection)
        except OperationalError as error:
            return _refused(database, str(error.orig))

    return connect


def _refused(database: DatabaseSettings, message: str) -> Seen:
    url = make_url(database.url.get_secret_value())
    host = f"{url.host}:{url.port or 5432}" if url.host else url.query.get("host", "the local socket")
    names = {"user": url.username, "name": url.database, "host": host, "address": _ADDRESS}
    for sign, detail, way_out in _REASONS:
        if re.search(sign, message):
            return broken(detail.format(**names), way_out.format(**names))
    return broken(message.strip(), _ADDRESS)


def _version(connection: Connection) -> Seen:
    version = str(connection.scalar(text("SHOW server_version")))
    if int(version.partition(".")[0]) < _OLDEST:
        return broken(f"PostgreSQL is of version {version}", f"upgrade it to {_OLDEST} or newer")
    return fine(f"PostgreSQL {version}")


def _extensions(connection: Connection) -> Seen:
    there = set(connection.scalars(text("SELECT extname FROM pg_extension")))
    known = set(connection.scalars(text("SELECT name FROM pg_available_extensions")))
    for name in EXTENSIONS:
        if name not in known:
            return broken(
                f"PostgreSQL has no extension {name}", "install its package of extensions (postgresql-contrib)"
            )
        if name not in there:
            way_out = f"run partflow migrate, or as a user who may: CREATE EXTENSION {name}"
            return broken(f"the database lacks the extension {name}", way_out)
    return fine(", ".join(EXTENSIONS))


def _migrations(settings: Settings) -> Seen:
    try:
        missing = pending(settings.database.url.get_secret_value())
    except CommandError:
        return broken("the database is of a newer release", "start the programs of that release")
    if missing:
        return broken(f"the database lacks {len(missing)} migrations, the first {missing[0]}", "run partflow migrate")
    return fine("the newest tables")


def _clock(connection: Connection) -> Seen:
    before = time.time()
    there = float(connection.scalar(text("SELECT extract(epoch FROM clock_timestamp())")) or 0)
    skew = there - (before + time.time()) / 2
    if abs(skew) < _SKEW_SECONDS:
        return fine(f"{abs(skew):.1f} s from this machine's")
    way = "ahead of" if skew > 0 else "behind"
    detail = f"PostgreSQL's clock is {abs(skew):.0f} s {way} this machine's"
    return warning(detail, "let both machines take their time from a time server (chrony or systemd-timesyncd)")


EXAMINATIONS: Final = (
    Examination("database", _connected(_version)),
    Examination("extensions", _connected(_extensions), ("database",)),
    Examination("migrations", _migrations, ("database",)),
    Examination("database clock", _connected(_clock), ("database",)),
)
