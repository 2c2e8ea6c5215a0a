"""The same promises, kept by a folder, by moto, and by a real Ceph over HTTP and HTTPS."""

import hashlib
import io
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

import pytest
from moto import mock_aws

from clients.object_store import Bucket, ObjectStore, StoreMissing, content_key, make_store
from embedded import Ceph
from schemas.errors import Permanent, Transient
from settings.groups import StoreKind, StoreSettings
from tests.support.s3 import ceph_settings

CONTENT = bytes(range(256)) * 2000
LARGE = CONTENT * 40
OTHER = bytes(len(CONTENT))

Meddle = Callable[[str, bytes], None]
"Writes bytes under a key, behind the store's back."


@pytest.fixture(scope="module", params=["folder", "moto", "ceph-http", "ceph-https"])
def settings(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[StoreSettings]:
    match request.param.partition("-"):
        case "folder", _, _:
            yield StoreSettings(folder=tmp_path_factory.mktemp("store"))
        case "moto", _, _:
            with mock_aws():
                yield StoreSettings(kind=StoreKind.S3, access_key="key", secret_key="secret")
        case _, _, scheme:
            yield ceph_settings(request.getfixturevalue("ceph"), https=scheme == "https")


@pytest.fixture(scope="module")
def shared_store(settings: StoreSettings) -> ObjectStore:
    return make_store(settings)


@pytest.fixture
def store(shared_store: ObjectStore) -> ObjectStore:
    shared_store.ready()
    for key in list(shared_store.keys(Bucket.DOCS)):
        shared_store.delete(Bucket.DOCS, key)
    return shared_store


@pytest.fixture
def meddle(settings: StoreSettings, store: ObjectStore) -> Meddle:
    def write(key: str, content: bytes) -> None:
        if settings.kind == StoreKind.FOLDER:
            path = settings.folder / "docs" / key
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        else:
            raw: Any = store
            raw._s3.put_object(Bucket=settings.docs_bucket, Key=key, Body=content)

    return write


def key_of(content: bytes) -> str:
    return content_key(hashlib.sha256(content).hexdigest())


def put(store: ObjectStore, content: bytes = CONTENT, **more: Any) -> str:
    given = {"size": len(content), "media_type": "application/pdf", **more}
    source = given.pop("source", io.BytesIO(content))
    store.put(Bucket.DOCS, key_of(content), source, **given)
    return key_of(content)


def read(store: ObjectStore, content: bytes = CONTENT, **span: int | None) -> bytes:
    with store.open(Bucket.DOCS, key_of(content), **span) as chunks:  # type: ignore[arg-type]  # start is never None
        return b"".join(chunks)


@pytest.mark.parametrize("content", [b"", b"x", CONTENT, LARGE], ids=["empty", "byte", "500 kB", "20 MB in parts"])
def test_what_is_put_is_read_back(store: ObjectStore, content: bytes) -> None:
    key = put(store, content)

    assert read(store, content) == content
    assert store.size(Bucket.DOCS, key) == len(content)


@pytest.mark.parametrize("span", [(0, 1), (0, 512_000), (511_999, None), (300_000, 300_010), (5, 5)])
def test_range_is_read(store: ObjectStore, span: tuple[int, int | None]) -> None:
    put(store)

    assert read(store, start=span[0], end=span[1]) == CONTENT[slice(*span)]


@pytest.mark.parametrize("span", [(0, 512_001), (511_000, 513_000), (600_000, 600_001)])
def test_range_past_the_end_never_looks_complete(store: ObjectStore, span: tuple[int, int]) -> None:
    put(store)

    with pytest.raises(Transient, match="store_unavailable"):
        read(store, start=span[0], end=span[1])


def test_source_is_read_from_its_start_and_left_open(store: ObjectStore) -> None:
    source = io.BytesIO(CONTENT)
    source.seek(100)
    put(store, source=source)

    assert read(store) == CONTENT
    assert not source.closed


@pytest.mark.parametrize("given", [CONTENT[:-1], CONTENT + b"x", OTHER, b""], ids=["short", "long", "other", "empty"])
def test_source_that_is_not_what_was_said_stores_nothing(store: ObjectStore, given: bytes) -> None:
    with pytest.raises(Permanent, match="store_refused"):
        put(store, source=io.BytesIO(given))

    assert list(store.keys(Bucket.DOCS)) == []


@pytest.mark.parametrize("before", [CONTENT[:10], OTHER], ids=["cut short", "other bytes of the same size"])
def test_damaged_object_is_not_read_and_the_next_put_mends_it(
    store: ObjectStore, meddle: Meddle, before: bytes
) -> None:
    meddle(key_of(CONTENT), before)
    with pytest.raises(Transient, match="store_unavailable"):
        read(store)
    put(store)

    assert read(store) == CONTENT


def test_second_put_changes_nothing(store: ObjectStore) -> None:
    put(store)
    put(store)

    assert list(store.keys(Bucket.DOCS)) == [key_of(CONTENT)]


def test_same_object_is_put_by_many_at_once(store: ObjectStore) -> None:
    with ThreadPoolExecutor(4) as threads:
        list(threads.map(lambda _: put(store, LARGE), range(4)))

    assert read(store, LARGE) == LARGE


def test_buckets_are_apart(store: ObjectStore) -> None:
    key = put(store)

    assert store.size(Bucket.IMAGES, key) is None
    assert list(store.keys(Bucket.IMAGES)) == []


def test_absent_object_is_missing(store: ObjectStore) -> None:
    with pytest.raises(StoreMissing):
        read(store)
    assert store.size(Bucket.DOCS, key_of(CONTENT)) is None


def test_deleting_twice_is_harmless(store: ObjectStore) -> None:
    key = put(store)
    store.delete(Bucket.DOCS, key)
    store.delete(Bucket.DOCS, key)

    assert store.size(Bucket.DOCS, key) is None
    assert list(store.keys(Bucket.DOCS)) == []


def test_foreign_objects_are_not_listed(store: ObjectStore, meddle: Meddle) -> None:
    key = put(store)
    meddle("sha256/notes.txt", b"not ours")

    assert list(store.keys(Bucket.DOCS)) == [key]


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "sha256/ab/../x", "/etc/passwd", f"sha256/zz/{'0' * 64}"])
def test_key_that_is_no_content_key_is_refused(store: ObjectStore, key: str) -> None:
    with pytest.raises(ValueError, match="not a key"):
        store.delete(Bucket.DOCS, key)
    with pytest.raises(ValueError, match="not a key"):
        store.put(Bucket.DOCS, key, io.BytesIO(), size=0, media_type="application/pdf")


class TestCephOnly:
    @pytest.fixture
    def settings(self, ceph: Ceph) -> StoreSettings:
        return ceph_settings(ceph, https=True)

    @pytest.fixture
    def store(self, settings: StoreSettings) -> ObjectStore:
        store = make_store(settings)
        store.ready()
        return store

    def test_more_than_a_page_of_keys_is_listed(self, settings: StoreSettings, store: Any) -> None:
        expected = [content_key(hashlib.sha256(str(number).encode()).hexdigest()) for number in range(1_010)]
        with ThreadPoolExecutor(4) as threads:
            list(threads.map(lambda key: store._s3.put_object(Bucket=settings.docs_bucket, Key=key), expected))

        assert list(store.keys(Bucket.DOCS)) == sorted(expected)

    def test_kind_and_sha256_are_kept_with_the_object(self, settings: StoreSettings, store: Any) -> None:
        head = store._s3.head_object(Bucket=settings.docs_bucket, Key=put(store, LARGE))

        assert (head["ContentType"], head["Metadata"]) == (
            "application/pdf",
            {"sha256": hashlib.sha256(LARGE).hexdigest()},
        )

    def test_deleted_object_can_be_brought_back_where_versions_are_kept(self, settings: StoreSettings) -> None:
        store: Any = make_store(settings.model_copy(update={"versioning": True}))
        store.ready()
        key = put(store)
        store.delete(Bucket.DOCS, key)
        store.delete(Bucket.DOCS, key)
        assert store.size(Bucket.DOCS, key) is None
        assert list(store.keys(Bucket.DOCS)) == []

        listed = store._s3.list_object_versions(Bucket=settings.docs_bucket)
        (mark,) = listed["DeleteMarkers"]
        store._s3.delete_object(Bucket=settings.docs_bucket, Key=key, VersionId=mark["VersionId"])
        assert read(store) == CONTENT

    def test_put_after_a_delete_is_there_again_where_versions_are_kept(self, settings: StoreSettings) -> None:
        store = make_store(settings.model_copy(update={"versioning": True}))
        store.ready()
        store.delete(Bucket.DOCS, put(store))
        put(store)

        assert read(store) == CONTENT

    def test_unfinished_uploads_are_cleaned_up_by_the_store(self, settings: StoreSettings, store: Any) -> None:
        (rule,) = store._s3.get_bucket_lifecycle_configuration(Bucket=settings.docs_bucket)["Rules"]

        assert rule["AbortIncompleteMultipartUpload"] == {"DaysAfterInitiation": 1}

    def test_rules_of_the_administrator_are_left_alone(self, settings: StoreSettings, store: Any) -> None:
        rule = {"ID": "mine", "Status": "Enabled", "Filter": {"Prefix": "x/"}, "Expiration": {"Days": 9}}
        store._s3.put_bucket_lifecycle_configuration(
            Bucket=settings.docs_bucket, LifecycleConfiguration={"Rules": [rule]}
        )
        make_store(settings).ready()

        found = store._s3.get_bucket_lifecycle_configuration(Bucket=settings.docs_bucket)["Rules"]
        assert [each["ID"] for each in found] == ["mine"]

    def test_wrong_secret_is_refused_and_right_again_nothing_is_lost(
        self, settings: StoreSettings, store: ObjectStore
    ) -> None:
        key = put(store)
        wrong = make_store(settings.model_copy(update={"secret_key": settings.access_key}))
        for use in (wrong.ready, lambda: wrong.size(Bucket.DOCS, key), lambda: read(wrong), lambda: put(wrong)):
            with pytest.raises(Permanent, match="store_refused"):
                use()

        assert read(make_store(settings)) == CONTENT

    def test_wrong_bucket_is_no_empty_store(self, settings: StoreSettings) -> None:
        wrong = make_store(settings.model_copy(update={"docs_bucket": f"none-{uuid4()}"}))
        key = key_of(CONTENT)
        for use in (
            lambda: wrong.size(Bucket.DOCS, key),
            lambda: read(wrong),
            lambda: put(wrong),
            lambda: wrong.delete(Bucket.DOCS, key),
            lambda: list(wrong.keys(Bucket.DOCS)),
        ):
            with pytest.raises(Permanent, match="store_refused"):
                use()


def test_certificate_that_nobody_vouches_for_is_not_trusted(ceph: Ceph) -> None:
    settings = ceph_settings(ceph, https=True).model_copy(update={"ca_file": None, "max_attempts": 1})

    with pytest.raises(Transient, match="CERTIFICATE_VERIFY_FAILED"):
        make_store(settings).ready()
