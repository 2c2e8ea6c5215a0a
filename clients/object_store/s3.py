"""S3 as object store, such as a Ceph RADOS Gateway."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import TYPE_CHECKING, BinaryIO

import boto3
from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from clients.object_store.base import CHUNK, Bucket, StoreMissing, checked, missing
from schemas.errors import Permanent, Transient
from settings.groups import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_ABSENT = {"404", "NoSuchKey", "NotFound"}
_REFUSED = {"400", "403", "AccessDenied", "InvalidAccessKeyId", "NoSuchBucket", "SignatureDoesNotMatch"}


class S3Store:
    """Objects in two buckets, addressed by path."""

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._buckets = {Bucket.DOCS: settings.docs_bucket, Bucket.IMAGES: settings.images_bucket}

    @cached_property
    def _s3(self) -> "S3Client":
        settings = self._settings
        config = Config(
            s3={"addressing_style": "path"},
            connect_timeout=settings.timeout_seconds,
            read_timeout=settings.timeout_seconds,
            retries={"mode": "standard", "max_attempts": 3},
            # By default boto3 sends checksum trailers, which Ceph's gateway refuses over HTTPS.
            request_checksum_calculation="when_required",
            response_checksum_validation="when_required",
        )
        access, secret = settings.access_key, settings.secret_key
        return boto3.client(
            "s3",
            endpoint_url=str(settings.endpoint_url) if settings.endpoint_url else None,
            region_name=settings.region,
            aws_access_key_id=access.get_secret_value() if access else None,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            config=config,
        )

    def put(self, bucket: Bucket, key: str, source: BinaryIO, *, size: int, media_type: str) -> None:
        """Upload, in parts when it is large."""
        if self.size(bucket, key) == size:
            return
        with self._errors(bucket, key):
            self._s3.upload_fileobj(source, self._buckets[bucket], checked(key), ExtraArgs={"ContentType": media_type})

    @contextmanager
    def open(self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        """Yield the object's bytes from `start` to `end`, in chunks."""
        if end is not None and end <= start:
            yield iter(())
            return
        asked = f"bytes={start}-{'' if end is None else end - 1}"
        with self._errors(bucket, key):
            body = self._s3.get_object(Bucket=self._buckets[bucket], Key=checked(key), Range=asked)["Body"]
        try:
            yield self._chunks(bucket, key, body.iter_chunks(CHUNK))
        finally:
            body.close()

    def _chunks(self, bucket: Bucket, key: str, chunks: Iterator[bytes]) -> Iterator[bytes]:
        with self._errors(bucket, key):
            yield from chunks

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return the object's size."""
        try:
            with self._errors(bucket, key):
                return self._s3.head_object(Bucket=self._buckets[bucket], Key=checked(key))["ContentLength"]
        except Permanent as error:
            if error.code == "store_missing":
                return None
            raise

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete the object."""
        with self._errors(bucket, key):
            self._s3.delete_object(Bucket=self._buckets[bucket], Key=checked(key))

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield all keys, page by page."""
        with self._errors(bucket, ""):
            for page in self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._buckets[bucket]):
                yield from (entry["Key"] for entry in page.get("Contents", []))

    def ready(self) -> None:
        """Make the buckets that are missing."""
        for bucket, name in self._buckets.items():
            try:
                with self._errors(bucket, ""):
                    self._s3.head_bucket(Bucket=name)
            except StoreMissing:
                with self._errors(bucket, ""):
                    self._s3.create_bucket(Bucket=name)

    @contextmanager
    def _errors(self, bucket: Bucket, key: str) -> Iterator[None]:
        try:
            yield
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            if code in _ABSENT:
                raise missing(bucket, key) from error
            if code in _REFUSED:
                raise Permanent("store_refused", f"the object store refuses {self._buckets[bucket]}: {code}") from error
            raise Transient("store_unavailable", f"the object store answers {code}") from error
        except (Boto3Error, BotoCoreError, OSError) as error:
            raise Transient("store_unavailable", f"the object store cannot be reached: {error}") from error
