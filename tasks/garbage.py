"""The task that deletes bytes nothing refers to."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import batched

import structlog
from celery import shared_task

from clients.object_store import Bucket, content_key
from engine.worker.routes import Queue, assign
from models.session import session_scope
from services.document import GarbageService
from settings import get_settings
from tasks.clients import object_store

_KEYS_AT_A_TIME = 1000

_log = structlog.get_logger()

assign("garbage.collect", Queue.MAINTENANCE)


@shared_task(name="garbage.collect", soft_time_limit=1200, time_limit=1260)
def collect_garbage() -> int:
    """Delete garbage, and return how many objects went; safe to run twice at once, and beside uploads."""
    retention = get_settings().retention
    grace = timedelta(hours=retention.garbage_grace_hours)
    with session_scope() as session:
        found = GarbageService.list(session, grace, limit=retention.garbage_batch)
    deleted = sum(_delete(sha256, grace) for sha256 in found)
    adopted = sum(_adopt(bucket, keys) for bucket in Bucket for keys in batched(_keys(bucket), _KEYS_AT_A_TIME))
    if deleted or adopted:
        _log.info("collected garbage", deleted=deleted, objects_without_row=adopted)
    return deleted


def _delete(sha256: str, grace: timedelta) -> bool:
    """Delete an object and its row, if it is still garbage.

    This is the one place where a transaction stays open beside a call to the outside: a request that uploads these
    bytes now waits for the row, and then stores them again. A crash in between leaves a row without an object, which
    the next sweep deletes and the next upload makes good.
    """
    with session_scope() as session:
        blob = GarbageService.seize(session, sha256, grace)
        if blob is None:
            return False
        object_store().delete(Bucket(blob.bucket), blob.s3_key)
        session.delete(blob)
    return True


def _keys(bucket: Bucket) -> Iterator[str]:
    return (key for key in object_store().keys(bucket) if key == _key(key))


def _key(key: str) -> str | None:
    try:
        return content_key(key.rpartition("/")[2])
    except ValueError:
        return None


def _adopt(bucket: Bucket, keys: tuple[str, ...]) -> int:
    """Give objects without a row one, as garbage that is young; return how many there were."""
    by_sha256 = {key.rpartition("/")[2]: key for key in keys}
    with session_scope() as session:
        unknown = GarbageService.list_unknown(session, list(by_sha256))
    sizes = {sha256: object_store().size(bucket, by_sha256[sha256]) for sha256 in unknown}
    with session_scope() as session:
        GarbageService.adopt(
            session,
            [(sha256, bucket, by_sha256[sha256], size) for sha256, size in sizes.items() if size is not None],
        )
    return len(unknown)
