"""The same promises, kept by a folder and by S3."""

import hashlib
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
from moto import mock_aws

from clients.object_store import Bucket, ObjectStore, StoreMissing, content_key, make_store
from schemas.errors import Transient
from settings.groups import StoreKind, StoreSettings

CONTENT = bytes(range(256)) * 2000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = content_key(SHA256)


@pytest.fixture(params=list(StoreKind))
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[ObjectStore]:
    settings = StoreSettings(kind=request.param, folder=tmp_path, access_key="key", secret_key="secret")
    with mock_aws():
        store = make_store(settings)
        store.ready()
        yield store


def put(store: ObjectStore, content: bytes = CONTENT) -> None:
    store.put(Bucket.DOCS, KEY, io.BytesIO(content), size=len(content), media_type="application/pdf")


def read(store: ObjectStore, **span: int) -> bytes:
    with store.open(Bucket.DOCS, KEY, **span) as chunks:
        return b"".join(chunks)


def test_what_is_put_is_read_back(store: ObjectStore) -> None:
    put(store)

    assert read(store) == CONTENT


@pytest.mark.parametrize(("start", "end"), [(0, 1), (0, 512_000), (511_999, None), (300_000, 300_010), (5, 5)])
def test_range_is_read(store: ObjectStore, start: int, end: int | None) -> None:
    put(store)
    span = {"start": start} if end is None else {"start": start, "end": end}

    assert read(store, **span) == CONTENT[start:end]


def test_second_put_changes_nothing(store: ObjectStore) -> None:
    put(store)
    put(store)

    assert list(store.keys(Bucket.DOCS)) == [KEY]


def test_object_cut_short_is_mended_by_the_next_put(store: ObjectStore) -> None:
    put(store, CONTENT[:10])
    put(store)

    assert read(store) == CONTENT


def test_buckets_are_apart(store: ObjectStore) -> None:
    put(store)

    assert store.size(Bucket.DOCS, KEY) == len(CONTENT)
    assert store.size(Bucket.IMAGES, KEY) is None


def test_absent_object_is_missing(store: ObjectStore) -> None:
    with pytest.raises(StoreMissing):
        read(store)


def test_deleting_twice_is_harmless(store: ObjectStore) -> None:
    put(store)
    store.delete(Bucket.DOCS, KEY)
    store.delete(Bucket.DOCS, KEY)

    assert store.size(Bucket.DOCS, KEY) is None


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "sha256/ab/../x", "/etc/passwd", f"sha256/zz/{SHA256}"])
def test_key_that_is_no_content_key_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.delete(Bucket.DOCS, key)


@pytest.mark.parametrize("sha256", ["", "AB", SHA256.upper(), SHA256 + "\n"])
def test_what_is_no_sha256_makes_no_key(sha256: str) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        content_key(sha256)


def test_failed_write_leaves_no_object(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("disk gone")

    store = make_store(StoreSettings(folder=tmp_path))
    with pytest.raises(Transient, match="disk gone"):
        store.put(Bucket.DOCS, KEY, Broken(), size=1, media_type="application/pdf")

    assert list(store.keys(Bucket.DOCS)) == []


def test_store_out_of_reach_is_transient() -> None:
    settings = StoreSettings(
        kind=StoreKind.S3, endpoint_url="http://127.0.0.1:9", access_key="k", secret_key="s", timeout_seconds=1
    )

    with pytest.raises(Transient, match="store_unavailable"):
        make_store(settings).size(Bucket.DOCS, KEY)
