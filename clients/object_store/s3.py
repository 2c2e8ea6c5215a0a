"""S3 as object store, such as a Ceph RADOS Gateway."""

import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import IO, TYPE_CHECKING, BinaryIO, Final, cast

import structlog
from boto3.s3.transfer import TransferConfig
from botocore.exceptions import ClientError
from urllib3 import BaseHTTPResponse

from clients.object_store.base import Bucket, checked, contents, cut_short, digest_of, is_key, missing, verified
from clients.object_store.s3_client import Deadline, S3Upload, code_of, make_client, s3_errors
from schemas.errors import Permanent, Transient
from settings.groups import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_s3.type_defs import GetObjectRequestTypeDef

_MEGABYTE: Final = 1024 * 1024
_PIECE: Final = 64 * 1024
"The most bytes to take from a connection before the waiting time of a read is checked."
_TRANSFER: Final = TransferConfig(
    multipart_threshold=16 * _MEGABYTE,
    multipart_chunksize=8 * _MEGABYTE,
    # One part at a time: a single one is in memory, and no thread outlives the operation.
    use_threads=False,
)
_PROBE_SECONDS: Final = 3
"A readiness check needs a quick answer, not retries."
_ABSENT: Final = frozenset({"404", "NoSuchKey", "NotFound"})
_ABORT_RULE: Final = "partflow-abort-unfinished-uploads"

_log = structlog.get_logger()


class S3Store:
    """Stores objects in two buckets, addressed by path; each object has its sha256 in its metadata."""

    def __init__(self, settings: StoreSettings) -> None:
        self._settings = settings
        self._buckets = {Bucket.DOCS: settings.docs_bucket, Bucket.IMAGES: settings.images_bucket}
        self._deadline = Deadline(settings.total_seconds)
        self._prepared: set[Bucket] = set()

    @cached_property
    def _s3(self) -> "S3Client":
        return make_client(self._settings, self._deadline)

    @cached_property
    def _probe(self) -> "S3Client":
        """A client that checks quickly whether the store answers."""
        seconds = min(_PROBE_SECONDS, self._settings.read_seconds)
        return make_client(
            self._settings.model_copy(update={"read_seconds": seconds, "max_attempts": 1}), self._deadline
        )

    def put(self, bucket: Bucket, key: str, source: BinaryIO, *, size: int, media_type: str) -> None:
        """Upload the object, in parts when it is large, and check that all of it has arrived."""
        with self._operation(bucket) as (s3, name):
            if self._holds(name, checked(key), size):
                return
            # The source is checked before anything is sent, because an upload cannot be taken back.
            deque(contents(source, key, size), maxlen=0)
            source.seek(0)
            s3.upload_fileobj(
                cast("IO[bytes]", S3Upload(source, self._deadline)),
                name,
                key,
                ExtraArgs={"ContentType": media_type, "Metadata": {"sha256": digest_of(key)}},
                Config=_TRANSFER,
            )
            if not self._holds(name, key, size):
                raise cut_short(key)

    def _holds(self, name: str, key: str, size: int) -> bool:
        """Tell whether the object exists as a `put` of these bytes makes it."""
        try:
            head = self._s3.head_object(Bucket=name, Key=key)
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return False
            raise
        return head["ContentLength"] == size and head["Metadata"].get("sha256") == digest_of(key)

    @contextmanager
    def open(self, bucket: Bucket, key: str, *, start: int = 0, end: int | None = None) -> Iterator[Iterator[bytes]]:
        """Yield the object's bytes from `start` to `end`, in chunks."""
        if end is not None and end <= start:
            yield iter(())
            return
        with self._operation(bucket) as (s3, name):
            asked: GetObjectRequestTypeDef = {"Bucket": name, "Key": checked(key)}
            # An empty object has no range, so a request for the whole object has none.
            if (start, end) != (0, None):
                asked["Range"] = f"bytes={start}-{'' if end is None else end - 1}"
            try:
                answer = s3.get_object(**asked)
            except ClientError as error:
                raise (missing(bucket, key) if code_of(error) in _ABSENT else error) from error
        with answer["Body"] as opened:
            # Inside the block the body is the bare response, which botocore's type hints do not know.
            body = cast("BaseHTTPResponse", opened)
            size = answer["ContentLength"]
            if end is not None and size != end - start:
                raise cut_short(key)
            pieces = self._pieces(bucket, key, body, size)
            whole = answer.get("ContentRange", f"/{size}").endswith(f"/{size}")
            yield verified(pieces, key) if whole else pieces

    def _pieces(self, bucket: Bucket, key: str, body: BaseHTTPResponse, left: int) -> Iterator[bytes]:
        """Yield pieces as they arrive; only the time spent waiting for them counts, not the reader's own."""
        waited = 0.0
        while left:
            began = time.monotonic()
            with s3_errors(self._buckets[bucket]):
                piece = body.read1(min(_PIECE, left))
            waited += time.monotonic() - began
            if not piece:
                raise cut_short(key)
            if waited > self._settings.total_seconds:
                raise Transient(
                    "store_unavailable", f"the object store is too slow: it took {waited:.0f} s for a part of {key}"
                )
            left -= len(piece)
            yield piece

    def size(self, bucket: Bucket, key: str) -> int | None:
        """Return the object's size."""
        with self._operation(bucket) as (s3, name):
            try:
                return s3.head_object(Bucket=name, Key=checked(key))["ContentLength"]
            except ClientError as error:
                if code_of(error) not in _ABSENT:
                    raise
            # A missing bucket gives the same answer, and then the object's state is unknown.
            if not self._exists(s3, name):
                raise Permanent("store_refused", f"bucket {name} does not exist")
            return None

    def delete(self, bucket: Bucket, key: str) -> None:
        """Delete the object, but only once, because a versioned bucket would get another delete marker."""
        if self.size(bucket, key) is None:
            return
        with self._operation(bucket) as (s3, name):
            s3.delete_object(Bucket=name, Key=key)

    def keys(self, bucket: Bucket) -> Iterator[str]:
        """Yield all keys, page by page."""
        pages = iter(self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._buckets[bucket]))
        while True:
            with self._operation(bucket):
                page = next(pages, None)
            if page is None:
                return
            yield from filter(is_key, (entry["Key"] for entry in page.get("Contents", [])))

    def ready(self) -> None:
        """Create the missing buckets, and set them up once."""
        for bucket in Bucket:
            with self._operation(bucket) as (s3, name):
                if not self._exists(self._probe, name):
                    s3.create_bucket(Bucket=name)
                if bucket not in self._prepared:
                    self._prepare(name)
                    self._prepared.add(bucket)

    def _prepare(self, name: str) -> None:
        if self._settings.versioning:
            self._s3.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
        try:
            self._abort_unfinished_uploads(name)
        except ClientError as error:
            # The rule only saves space, so an access key without this permission still works.
            _log.warning("the bucket has no lifecycle rule", bucket=name, reason=code_of(error))

    def _abort_unfinished_uploads(self, name: str) -> None:
        """Let the store abort uploads whose process died, unless the bucket has its own rules."""
        try:
            self._s3.get_bucket_lifecycle_configuration(Bucket=name)
        except ClientError as error:
            if code_of(error) != "NoSuchLifecycleConfiguration":
                raise
            self._s3.put_bucket_lifecycle_configuration(
                Bucket=name,
                LifecycleConfiguration={
                    "Rules": [
                        {
                            "ID": _ABORT_RULE,
                            "Status": "Enabled",
                            "Filter": {"Prefix": ""},
                            "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 1},
                        }
                    ]
                },
            )

    @staticmethod
    def _exists(s3: "S3Client", name: str) -> bool:
        try:
            s3.head_bucket(Bucket=name)
        except ClientError as error:
            if code_of(error) in _ABSENT:
                return False
            raise
        return True

    @contextmanager
    def _operation(self, bucket: Bucket) -> Iterator[tuple["S3Client", str]]:
        """Yield the client and the bucket's name, with the deadline and the errors of an operation."""
        # The client is made before the deadline starts, because that takes a while and is not the store's fault.
        s3, name = self._s3, self._buckets[bucket]
        with self._deadline.running(), s3_errors(name):
            yield s3, name
