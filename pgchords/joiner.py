"""What a complete chord comes to: its body is published with the results of its parts, or fails with their error."""

import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any, Protocol
from uuid import uuid4

from celery import maybe_signature, states
from celery.backends.base import _create_chord_error_with_cause  # type: ignore[attr-defined] # the stubs lack it
from celery.exceptions import BackendGetMetaError, ChordError, SoftTimeLimitExceeded
from celery.result import GroupResult, allow_join_result, result_from_tuple
from celery.utils.log import get_logger
from kombu.exceptions import OperationalError
from sqlalchemy.exc import OperationalError as DatabaseAway

from pgchords.header import Header, task_ids, values_of
from pgchords.store import Claim, Store

_REAPING = 30.0
"Seconds after which one call of the reaper takes no further chord."

_PAUSE = timedelta(seconds=5)
"After which a body that the broker did not take is published again."

_log = get_logger(__name__)


type Rows = dict[str, tuple[str, bytes | None]]
"State and result of each part that has ended, by task id."


class _Incomplete(Exception):
    """Parts of the chord have not returned."""


class Host(Protocol):
    """What the joiner needs of the backend."""

    app: Any
    store: Store
    chord_lease: timedelta
    chord_publishing: timedelta
    chord_lifetime: timedelta | None

    def at(self, point: str) -> None: ...  # noqa: D102 - see Backend
    def safely[T](self, statement: Callable[..., T], *args: Any, **kwargs: Any) -> T: ...  # noqa: D102 - see Backend
    def decode(self, payload: Any) -> Any: ...  # noqa: D102 - Celery's
    def chord_error_from_stack(self, callback: Any, exc: Exception | None = None) -> object: ...  # noqa: D102 - Celery's


def finish_if_complete(host: Host, task_id: str) -> None:
    """Finish the chord of which a task was the last part, if it was."""
    host.at("before_chord_claim")
    try:
        for claim in host.safely(host.store.claim, task_id, uuid4().hex, lease=host.chord_lease):
            _finish(host, claim)
    except Exception:  # noqa: BLE001 - Celery would take it for the part's own failure, and call its error callbacks
        # That the part has returned is committed with its result, so nothing is lost.
        _log.exception("the chord of part %s is left to the reaper", task_id)


def reap(host: Host) -> int:
    """Finish abandoned chords, and return how many were taken; may run twice at once."""
    began, taken = time.monotonic(), 0
    while time.monotonic() - began < _REAPING:
        claim = host.safely(
            host.store.claim_due,
            uuid4().hex,
            lease=host.chord_lease,
            publishing=host.chord_publishing,
            lifetime=host.chord_lifetime,
        )
        if claim is None:
            break
        taken += 1
        try:
            _finish(host, claim)
        except Exception:  # noqa: BLE001 - one that cannot be finished must not stand before the others
            _log.exception("chord %s is not finished; it is due again when its lease ends", claim.group_id)
    return taken


def _finish(host: Host, claim: Claim) -> None:
    host.at("after_chord_claim")
    callback = maybe_signature(host.decode(claim.body), app=host.app)
    rows = host.safely(host.store.part_results, claim.group_id)
    try:
        values = _values(host, claim, rows)
    except _Incomplete as error:
        _fail(host, claim, callback, ChordError(str(error)))
    except Exception as error:
        if _is_ours(error, rows):
            raise
        _fail(host, claim, callback, _create_chord_error_with_cause(message=repr(error), original_exc=error))
    else:
        _publish(host, claim, callback, values)


def _is_ours(error: Exception, rows: Rows) -> bool:
    """Tell whether no part raised it: the database is away, or this process has no time left."""
    if isinstance(error, SoftTimeLimitExceeded):
        return not _has_failed(rows)
    return isinstance(error, BackendGetMetaError) and error.__cause__ is not None


def _has_failed(rows: Rows) -> bool:
    return any(status in states.PROPAGATE_STATES for status, _result in rows.values())


def _fail(host: Host, claim: Claim, callback: Any, error: Exception) -> None:
    """Let the body fail; called in the handler of what went wrong, because Celery takes the traceback from there."""
    _log.exception("chord %s failed", claim.group_id)
    host.chord_error_from_stack(callback, error)
    host.safely(host.store.finish, claim, "failed")


def _values(host: Host, claim: Claim, rows: Rows) -> list[Any]:
    """Return the results of all parts, as nested as the header is.

    Raises:
        _Incomplete: parts are missing.
        Exception: the error of the first part that failed.
    """
    header: Header = host.decode(claim.header)
    missing = [task_id for task_id in task_ids(header) if task_id not in rows]
    if missing:
        raise _Incomplete(f"gave up waiting for {len(missing)} of its parts, among them {missing[0]}")
    if _has_failed(rows):
        return _join(host, claim, header, rows)
    return values_of(header, lambda task_id: host.decode(rows[task_id][1]))


def _join(host: Host, claim: Claim, header: Header, rows: Rows) -> list[Any]:
    """Join as Celery does, for which of several errors is raised: it looks into nested chords too."""
    waited_for: list[Any] = [result_from_tuple(each, host.app) for each in header]
    for result in waited_for:
        if result.id in rows and rows[result.id][0] == states.SUCCESS:
            # What is known is not asked for again: a query for each part takes longer than a large header may.
            result._cache = {"status": states.SUCCESS, "result": None}  # noqa: SLF001 - there is no other way
    results = GroupResult(claim.group_id, waited_for, app=host.app)
    with allow_join_result():
        return results.join(timeout=host.app.conf.result_chord_join_timeout, propagate=True)


def _publish(host: Host, claim: Claim, callback: Any, values: list[Any]) -> None:
    host.at("before_chord_publish")
    try:
        # The body's task id was fixed before the header was published: sent twice, it is the same task.
        host.app.amqp._retry_publish(callback.delay, values)  # noqa: SLF001 - Celery's backends publish by it
    except (OperationalError, DatabaseAway, SoftTimeLimitExceeded):
        _log.exception("the body of chord %s is not published, but left to the reaper", claim.group_id)
        host.safely(host.store.postpone, claim, _PAUSE)
    except Exception as error:  # noqa: BLE001 - whatever it is, it would be the same the next time
        message = f"Callback error: {error!r}"
        _fail(host, claim, callback, _create_chord_error_with_cause(message=message, original_exc=error))
    else:
        host.at("after_chord_publish")
        host.safely(host.store.finish, claim, "done")
