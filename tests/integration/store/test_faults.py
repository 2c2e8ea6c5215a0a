"""A real Ceph that is down, slow, or fails half way: errors in bounded time, and nothing that looks complete."""

import hashlib
import io
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest

from clients.object_store import Bucket, ObjectStore, content_key, make_store
from embedded import Ceph
from schemas.errors import Permanent, StepError, Transient
from settings.groups import StoreSettings
from tests.support.faulty_proxy import FaultyProxy, faulty_proxy
from tests.support.s3 import ceph_settings

CONTENT = b"a marked word " * 40_000
LARGE = CONTENT * 40
QUICK: dict[str, Any] = {"connect_seconds": 1, "read_seconds": 1, "total_seconds": 3, "max_attempts": 2}
LONGEST = 20.0
"Seconds that an operation with these settings may take: all its time, one more attempt, and a busy machine."


@pytest.fixture
def gateway(ceph: Ceph) -> Iterator[Ceph]:
    """The gateway, as a test may stop it; afterwards it runs."""
    yield ceph
    ceph.resume()
    ceph.start()


@pytest.fixture
def proxy(ceph: Ceph) -> Iterator[FaultyProxy]:
    with faulty_proxy(("127.0.0.1", urlsplit(ceph.endpoint_url).port or 0)) as proxy:
        yield proxy


@pytest.fixture
def store(ceph: Ceph) -> ObjectStore:
    return quick(ceph_settings(ceph))


@pytest.fixture
def behind_proxy(ceph: Ceph, proxy: FaultyProxy) -> ObjectStore:
    return quick(ceph_settings(ceph, endpoint_url=proxy.url))


def quick(settings: StoreSettings) -> ObjectStore:
    """Make the buckets in the usual time, then a store that gives up soon."""
    make_store(settings).ready()
    return make_store(settings.model_copy(update=QUICK))


def key_of(content: bytes) -> str:
    return content_key(hashlib.sha256(content).hexdigest())


def put(store: ObjectStore, content: bytes = CONTENT) -> None:
    store.put(Bucket.DOCS, key_of(content), io.BytesIO(content), size=len(content), media_type="application/pdf")


def read(store: ObjectStore, content: bytes = CONTENT, **span: Any) -> bytes:
    with store.open(Bucket.DOCS, key_of(content), **span) as chunks:
        return b"".join(chunks)


def fresh(store: Any) -> None:
    """Forget the connections that are open, so that the next request makes one."""
    store._s3.close()
    del store._s3


OPERATIONS: dict[str, Callable[[ObjectStore], object]] = {
    "put": put,
    "put of much": lambda store: put(store, LARGE),
    "open": read,
    "size": lambda store: store.size(Bucket.DOCS, key_of(CONTENT)),
    "delete": lambda store: store.delete(Bucket.DOCS, key_of(CONTENT)),
    "keys": lambda store: list(store.keys(Bucket.DOCS)),
    "ready": lambda store: store.ready(),
}


@pytest.mark.parametrize("operation", OPERATIONS)
def test_paused_gateway_is_given_up_in_bounded_time(gateway: Ceph, store: ObjectStore, operation: str) -> None:
    gateway.pause()
    began = time.monotonic()
    with pytest.raises(Transient, match="store_unavailable"):
        OPERATIONS[operation](store)

    assert time.monotonic() - began < LONGEST


def test_stopped_gateway_heals_without_a_new_store(gateway: Ceph, store: ObjectStore) -> None:
    put(store)
    gateway.kill()
    for operation in OPERATIONS.values():
        with pytest.raises(Transient, match="store_unavailable"):
            operation(store)
    gateway.start()

    assert read(store) == CONTENT
    assert list(store.keys(Bucket.DOCS)) == [key_of(CONTENT)]


def test_gateway_killed_during_a_read_does_not_look_complete(gateway: Ceph, store: ObjectStore) -> None:
    put(store, LARGE)
    with store.open(Bucket.DOCS, key_of(LARGE)) as chunks:
        next(chunks)
        gateway.kill()
        with pytest.raises(Transient, match="store_unavailable"):
            list(chunks)


def test_gateway_killed_during_an_upload_leaves_no_object(gateway: Ceph, store: ObjectStore) -> None:
    class KillsTheGateway(io.BytesIO):
        passes = 0

        def read(self, size: int | None = -1) -> bytes:
            # The first pass is the store's own look at the source.
            if self.tell() == 0:
                self.passes += 1
            if self.passes > 1 and self.tell() > len(LARGE) / 2:
                gateway.kill()
            return super().read(size)

    with pytest.raises(Transient, match="store_unavailable"):
        store.put(Bucket.DOCS, key_of(LARGE), KillsTheGateway(LARGE), size=len(LARGE), media_type="application/pdf")
    gateway.start()
    assert list(store.keys(Bucket.DOCS)) == []
    put(store, LARGE)

    assert read(store, LARGE) == LARGE


@pytest.mark.parametrize(("passed", "span"), [(0, {}), (100_000, {}), (100_000, {"start": 0, "end": 300_000})])
def test_connection_lost_during_a_read_is_transient(
    behind_proxy: ObjectStore, proxy: FaultyProxy, passed: int, span: dict[str, Any]
) -> None:
    put(behind_proxy)
    fresh(behind_proxy)
    proxy.cut_answer_after = passed
    with pytest.raises(Transient, match="store_unavailable"):
        read(behind_proxy, **span)
    proxy.cut_answer_after = None

    assert read(behind_proxy) == CONTENT


def test_bytes_changed_on_the_way_are_never_stored(behind_proxy: ObjectStore, proxy: FaultyProxy) -> None:
    fresh(behind_proxy)
    proxy.corrupt = b"marked"
    with pytest.raises(Transient, match="XAmzContentSHA256Mismatch"):
        put(behind_proxy)
    proxy.corrupt = None
    fresh(behind_proxy)

    assert list(behind_proxy.keys(Bucket.DOCS)) == []


def test_dripping_answer_is_given_up_in_bounded_time(behind_proxy: ObjectStore, proxy: FaultyProxy) -> None:
    put(behind_proxy)
    fresh(behind_proxy)
    proxy.drip_after = 400_000
    began = time.monotonic()
    with pytest.raises(Transient, match="too slow"):
        read(behind_proxy)

    assert time.monotonic() - began < LONGEST


def test_slow_reader_is_not_taken_for_a_slow_store(ceph: Ceph) -> None:
    settings = ceph_settings(ceph)
    make_store(settings).ready()
    put(make_store(settings))
    store = make_store(settings.model_copy(update={"total_seconds": 1.5}))
    with store.open(Bucket.DOCS, key_of(CONTENT)) as chunks:
        content = next(chunks)
        time.sleep(1.6)
        content += b"".join(chunks)

    assert content == CONTENT


@pytest.mark.parametrize("status", [500, 503])
def test_error_that_passes_is_tried_again_once_then_told(
    behind_proxy: ObjectStore, proxy: FaultyProxy, status: int
) -> None:
    fresh(behind_proxy)
    proxy.errors = [status]
    assert behind_proxy.size(Bucket.DOCS, key_of(CONTENT)) is None
    fresh(behind_proxy)
    proxy.errors = [status, status]
    with pytest.raises(Transient, match=str(status)):
        behind_proxy.size(Bucket.DOCS, key_of(CONTENT))


@pytest.mark.parametrize(
    ("status", "kind"), [(400, Permanent), (403, Permanent), (408, Transient), (409, Transient), (429, Transient)]
)
def test_refusal_is_of_the_right_kind(
    behind_proxy: ObjectStore, proxy: FaultyProxy, status: int, kind: type[StepError]
) -> None:
    fresh(behind_proxy)
    proxy.errors = [status] * 2
    with pytest.raises(kind, match="store_"):
        behind_proxy.size(Bucket.DOCS, key_of(CONTENT))


def test_two_threads_may_use_a_new_store_at_once(ceph: Ceph) -> None:
    store = make_store(ceph_settings(ceph))
    store.ready()
    threads = [threading.Thread(target=put, args=(store, bytes([number]) * 1000)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(list(store.keys(Bucket.DOCS))) == len(threads)


def test_reader_that_stops_early_leaves_the_store_usable(store: ObjectStore) -> None:
    put(store, LARGE)
    for _ in range(12):
        with store.open(Bucket.DOCS, key_of(LARGE)) as chunks:
            next(chunks)

    assert read(store, LARGE, start=3, end=9) == LARGE[3:9]
