"""One pooled engine for each process, address and options."""

import os
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import Engine, create_engine

# Engines inherited over a fork stay in here, untouched: their connections are the parent's, and not ours to close.
_engines: dict[tuple[int, str, str], Engine] = {}


def engine_for(url: str, options: Mapping[str, Any], *, prepare: Callable[[Engine], object] | None = None) -> Engine:
    """Return this process's engine for an address, made at first use; `prepare` is given a new one.

    A statement is a transaction: it needs neither BEGIN nor COMMIT, each of which would be a round trip.
    """
    key = (os.getpid(), url, repr(sorted(options.items())))
    engine = _engines.get(key)
    if engine is None:
        engine = create_engine(url, isolation_level="AUTOCOMMIT", **options)
        if prepare:
            prepare(engine)
        # Of two threads that get here, one wins; the other's engine never connected.
        engine = _engines.setdefault(key, engine)
    return engine
