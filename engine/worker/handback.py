"""Giving back the steps of a process that cannot do so itself."""

import os
import socket
from uuid import uuid4

import structlog
from sqlalchemy import NullPool, create_engine
from sqlalchemy.exc import SQLAlchemyError

from engine.ledger.ledger import Ledger
from models.session import session_scope
from settings import get_settings

_log = structlog.get_logger()


_WORKER = uuid4().hex[:8]
"What tells workers apart whose host name and process number are the same, as in containers; their processes share it."


def worker_name(pid: int | str | None = None) -> str:
    """Name a process of this worker, by default this one, as the ledger does."""
    return f"{socket.gethostname()}:{_WORKER}:{os.getpid() if pid is None else pid}"


def hand_back(pid: int | str | None, *, without_fault: bool = False) -> None:
    """End the leases of a process of this worker, so that another goes on at once."""
    if pid is None:
        return
    # The worker's main process forks, so it must not keep a connection.
    url = get_settings().database.url.get_secret_value()
    engine = create_engine(url, poolclass=NullPool, connect_args={"connect_timeout": 2})
    try:
        with session_scope(engine) as session:
            Ledger.hand_back(session, worker_name(pid), without_fault=without_fault)
    except SQLAlchemyError as error:
        _log.warning("leases not given back; they end by themselves", worker=worker_name(pid), error=str(error))
