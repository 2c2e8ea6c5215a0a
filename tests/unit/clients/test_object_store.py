"""What a folder does when the disk fails or writers die, and what makes a key."""

import hashlib
import io
import os
import time
from pathlib import Path

import pytest

from clients.object_store import Bucket, content_key, make_store
from schemas.errors import Permanent, Transient
from settings.groups import StoreKind, StoreSettings

CONTENT = b"a datasheet"
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = content_key(SHA256)


@pytest.mark.parametrize("sha256", ["", "AB", SHA256.upper(), SHA256 + "\n"])
def test_what_is_no_sha256_makes_no_key(sha256: str) -> None:
    with pytest.raises(ValueError, match="not a sha256"):
        content_key(sha256)


def test_failed_write_leaves_no_file(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            raise OSError("disk gone")

    store = make_store(StoreSettings(folder=tmp_path))
    with pytest.raises(Transient, match="disk gone"):
        store.put(Bucket.DOCS, KEY, Broken(), size=1, media_type="application/pdf")

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_dead_writers_left_is_deleted_after_a_day(tmp_path: Path) -> None:
    store = make_store(StoreSettings(folder=tmp_path))
    store.ready()
    old, new = tmp_path / "unfinished" / "old", tmp_path / "unfinished" / "new"
    old.touch()
    new.touch()
    long_ago = time.time() - 2 * 86_400
    os.utime(old, (long_ago, long_ago))
    store.ready()

    assert list((tmp_path / "unfinished").iterdir()) == [new]


def test_file_in_place_of_a_folder_is_transient(tmp_path: Path) -> None:
    (tmp_path / "docs").touch()
    store = make_store(StoreSettings(folder=tmp_path))

    with pytest.raises(Transient, match="store_unavailable"):
        store.ready()
    with pytest.raises(Transient, match="store_unavailable"):
        store.put(Bucket.DOCS, KEY, io.BytesIO(CONTENT), size=len(CONTENT), media_type="application/pdf")


def test_store_out_of_reach_is_transient() -> None:
    settings = StoreSettings(
        kind=StoreKind.S3, endpoint_url="http://127.0.0.1:9", access_key="k", secret_key="s", max_attempts=1
    )

    with pytest.raises(Transient, match="store_unavailable"):
        make_store(settings).size(Bucket.DOCS, KEY)


def test_store_without_keys_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    settings = StoreSettings(kind=StoreKind.S3, endpoint_url="http://127.0.0.1:9")

    with pytest.raises(Permanent, match="store_refused"):
        make_store(settings).size(Bucket.DOCS, KEY)
