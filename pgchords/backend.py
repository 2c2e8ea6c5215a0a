"""The result backend: Celery's database backend with its own way to store results and to join chords."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from celery import states
from celery.app.task import get_actual_ignore_result  # type: ignore[attr-defined] # the stubs lack it
from celery.backends.database import DatabaseBackend
from celery.exceptions import ImproperlyConfigured
from celery.utils.time import maybe_timedelta
from kombu.utils.encoding import ensure_bytes
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from pgchords import joiner
from pgchords.engines import engine_for
from pgchords.header import task_ids
from pgchords.store import Store

_BATCH = 1000
"Rows that retention deletes in one transaction."


class Backend(DatabaseBackend):
    """Results and chords on PostgreSQL; README.md says what it promises.

    Raises:
        ImproperlyConfigured: the address is not PostgreSQL's, or the settings rename Celery's tables.
    """

    # What the stubs of Celery lack.
    app: Any
    url: str
    expires: timedelta | None
    engine_options: dict[str, Any]
    session_manager: Any
    _ensure_retryable: Callable[..., Any]
    _get_result_meta: Callable[..., dict[str, Any]]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        conf = self.app.conf
        if not self.url.startswith("postgresql"):
            raise ImproperlyConfigured(f"pgchords works on PostgreSQL only, not on {self.as_uri()}")
        if conf.database_table_names or conf.database_table_schemas:
            raise ImproperlyConfigured("pgchords uses Celery's tables by their own names; unset database_table_*")
        options = conf.result_backend_transport_options or {}
        self.chord_lease = timedelta(seconds=options.get("chord_lease", 60))
        self.chord_publishing = timedelta(seconds=options.get("chord_publishing", 600))
        self.chord_lifetime: timedelta | None = maybe_timedelta(conf.result_chord_expires) or self.expires
        self.store = Store(self._engine)

    def at(self, point: str) -> None:
        """Be told that a named point is reached; a subclass may want to fail there."""

    def safely[T](self, statement: Callable[..., T], *args: Any, **kwargs: Any) -> T:
        """Execute a statement, and again if the database is away, as often as result_backend_max_retries says."""
        done: T = self._ensure_retryable(statement, *args, **kwargs)
        return done

    def _engine(self) -> Engine:
        return engine_for(self.url, self.engine_options, prepare=self.session_manager.engine_callback)

    def ResultSession(self, session_manager: Any | None = None) -> Session:  # noqa: ARG002, N802 - Celery's names
        """Open a session on the process's engine; Celery's own way would make and alter tables."""
        return Session(self._engine())

    def _store_result(
        self, task_id: str, result: Any, state: str, traceback: str | None = None, request: Any = None, **_: Any
    ) -> None:
        meta = self._get_result_meta(
            result=ensure_bytes(self.encode(result)),
            state=state,
            # PostgreSQL's text cannot hold NUL, and a part that cannot be stored would never be counted.
            traceback=traceback and traceback.replace("\0", "\\0"),
            request=request,
            format_date=False,
            encode=True,
        )
        columns = {"status": state, "result": meta["result"], "traceback": meta["traceback"]}
        columns["children"] = self._encoded(meta["children"])
        if self.extended_result:
            columns |= {name: meta.get(name) for name in ("name", "args", "kwargs", "worker", "retries", "queue")}
            columns["stamps"] = self._encoded(_stamps(meta))
        self.store.put(task_id, columns, ready=state in states.READY_STATES)

    def _encoded(self, value: Any) -> bytes | None:
        return ensure_bytes(self.encode(value)) if value else None

    def _decode_stored_result(self, payload: Any) -> Any:
        # Celery's own falls back on pickle, which would let anyone who can write a row run code here.
        return None if payload is None else self.decode(ensure_bytes(payload))

    def _cleanup(self) -> None:
        if self.expires:
            self.store.delete_older(self.expires, lifetime=self.chord_lifetime or self.expires, batch=_BATCH)

    def apply_chord(self, header_result_args: tuple[Any, Any], body: Any, **_: Any) -> None:
        """Write down a chord before its parts are published."""
        group_id, results = header_result_args
        header = [result.as_tuple() for result in results]
        self.safely(
            self.store.open,
            group_id,
            ensure_bytes(self.encode(body)),
            ensure_bytes(self.encode(header)),
            task_ids=list(task_ids(header)),
        )

    def set_chord_size(self, group_id: str, chord_size: int) -> None:
        """Note that the last part of a chord is about to be published."""
        self.safely(self.store.set_size, group_id, chord_size)

    def on_chord_part_return(self, request: Any, state: str, result: Any, **_: Any) -> None:
        """Finish the chord if this was the last part of it."""
        task = self.app.tasks.get(request.task)
        if task and get_actual_ignore_result(task, request):
            # The body is made of it, whether or not anybody else wants it.
            self.store_result(request.id, result, state, request=request)
        joiner.finish_if_complete(self, request.id)

    def mark_as_failure(self, task_id: str, exc: Exception, *args: Any, **kwargs: Any) -> None:
        """Mark a task as failed; one without a request is the body of a failed chord, and perhaps itself a part."""
        super().mark_as_failure(task_id, exc, *args, **kwargs)
        if not kwargs.get("request"):
            joiner.finish_if_complete(self, task_id)

    def reap(self) -> int:
        """Finish abandoned chords, and return how many; may run twice at once."""
        return joiner.reap(self)


def _stamps(meta: dict[str, Any]) -> dict[str, Any] | None:
    headers = meta.get("stamped_headers")
    if not headers:
        return None
    return {"stamped_headers": headers, "stamps": {name: meta[name] for name in headers if name in meta}}
