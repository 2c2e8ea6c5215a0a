"""The state of the buckets on S3, which nothing here changes."""

from typing import TYPE_CHECKING, NamedTuple

from botocore.exceptions import ClientError

from clients.object_store.s3_client import Deadline, code_of, make_client, s3_errors
from settings.groups import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

ABSENT = frozenset({"404", "NoSuchBucket", "NoSuchKey", "NotFound"})
"S3's codes for what is not there."


class BucketState(NamedTuple):
    """A bucket, whether it exists, and whether it keeps old versions of its objects."""

    name: str
    exists: bool
    versioned: bool = False


def bucket_states(settings: StoreSettings) -> list[BucketState]:
    """Return the state of both buckets, asked once, without retries.

    Raises:
        Transient, Permanent: as every method of the object store.
    """
    deadline = Deadline(settings.total_seconds)
    s3 = make_client(settings.model_copy(update={"max_attempts": 1}), deadline)
    states = []
    for name in (settings.docs_bucket, settings.images_bucket):
        with deadline.running(), s3_errors(name):
            states.append(_state(s3, name))
    return states


def _state(s3: "S3Client", name: str) -> BucketState:
    try:
        return BucketState(name, True, s3.get_bucket_versioning(Bucket=name).get("Status") == "Enabled")
    except ClientError as error:
        if code_of(error) in ABSENT:
            return BucketState(name, False)
        raise
