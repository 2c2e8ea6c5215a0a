"""boto3 as it suits a Ceph RADOS Gateway: how it connects, how long it tries, and what its errors mean."""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, BinaryIO, Final

import botocore.session
from boto3.session import Session
from botocore.config import Config
from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    NoCredentialsError,
    ParamValidationError,
    PartialCredentialsError,
)
from botocore.parsers import ResponseParserError
from urllib3.exceptions import HTTPError

from schemas.errors import Permanent, StepError, Transient
from settings.groups import StoreSettings

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PASSING: Final = frozenset(
    {
        "BadDigest",
        "IncompleteBody",
        "InvalidRange",
        "NoSuchUpload",
        "QuotaExceeded",
        "RequestTimeTooSkewed",
        "RequestTimeout",
        "XAmzContentSHA256Mismatch",
    }
)
"Refusals that are nobody's mistake: bytes lost on the way, a clock that is wrong, a store that is full."
_PASSING_STATUS: Final = frozenset({408, 409, 425, 429})
_FAULTS: Final = (BotoCoreError, HTTPError, OSError, ResponseParserError)
_MISCONFIGURED: Final = (NoCredentialsError, ParamValidationError, PartialCredentialsError)
_making: Final = threading.Lock()
"Threads may use a client together, but not make one."


class Deadline(threading.local):
    """When the operation under way must have ended; each thread has its own."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = math.inf

    @contextmanager
    def running(self) -> Iterator[None]:
        """Let an operation begin now."""
        self._end = time.monotonic() + self._seconds
        try:
            yield
        finally:
            self._end = math.inf

    def check(self, **_: object) -> None:
        """Go on only while there is time.

        Raises:
            Transient: there is none left.
        """
        if time.monotonic() > self._end:
            raise Transient("store_unavailable", f"the object store is not done after {self._seconds:.0f} s")


class S3Upload:
    """A source that is read only while there is time, and that boto3 cannot close."""

    def __init__(self, source: BinaryIO, deadline: Deadline) -> None:
        self._source = source
        self._deadline = deadline
        self.seek = source.seek
        self.tell = source.tell

    def read(self, amount: int = -1) -> bytes:
        """Read from the source."""
        self._deadline.check()
        return self._source.read(amount)

    def seekable(self) -> bool:
        """Tell boto3 that an attempt can begin again."""
        return True

    def close(self) -> None:
        """Leave the source open for its owner."""


def make_client(settings: StoreSettings, deadline: Deadline) -> "S3Client":
    """Return a client whose every attempt is made only before the deadline."""
    config = Config(
        s3={
            "addressing_style": "path",
            # The gateway compares what arrives with the signed sha256, over HTTPS as well.
            "payload_signing_enabled": True,
        },
        connect_timeout=settings.connect_seconds,
        read_timeout=settings.read_seconds,
        retries={"mode": "standard", "total_max_attempts": settings.max_attempts},
        # By default boto3 sends checksum trailers, which Ceph's gateway refuses over HTTPS.
        request_checksum_calculation="when_required",
        response_checksum_validation="when_required",
    )
    access, secret = settings.access_key, settings.secret_key
    with _making:
        client = _session().client(
            "s3",
            endpoint_url=str(settings.endpoint_url) if settings.endpoint_url else None,
            region_name=settings.region,
            aws_access_key_id=access.get_secret_value() if access else None,
            aws_secret_access_key=secret.get_secret_value() if secret else None,
            verify=str(settings.ca_file) if settings.ca_file else None,
            config=config,
        )
    client.meta.events.register("before-send.s3", deadline.check)
    return client


@cache
def _session() -> Session:
    """Return what clients are made from; it has read S3's description once, which takes the most of it."""
    session = botocore.session.get_session()
    # Without keys it would ask for some at an address that no setting names.
    session.get_component("credential_provider").remove("iam-role")
    return Session(botocore_session=session)


@contextmanager
def s3_errors(bucket: str) -> Iterator[None]:
    """Turn errors of the store and on the way to it into ours.

    Raises:
        Transient: trying again may help.
        Permanent: somebody must change a setting or a permission first.
    """
    try:
        yield
    except ClientError as error:
        raise _refusal(error, bucket) from error
    except _MISCONFIGURED as error:
        raise Permanent("store_refused", f"the object store cannot be asked as it is configured: {error}") from error
    except _FAULTS as error:
        raise Transient("store_unavailable", f"the object store cannot be reached: {error}") from error


def code_of(error: ClientError) -> str:
    """Return S3's code of an error; where there is no body to say it, that is the status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _refusal(error: ClientError, bucket: str) -> StepError:
    code, status = code_of(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if status < 500 and status not in _PASSING_STATUS and code not in _PASSING:
        return Permanent("store_refused", f"the object store refuses the bucket {bucket}: {code}")
    return Transient("store_unavailable", f"the object store answers {code}")
