"""boto3 configured for a Ceph RADOS Gateway: its connections, its retries, and its errors as ours."""

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

from observability.traces import span
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
"Refusals that may pass by themselves: bytes lost on the way, a wrong clock, a full store."
_PASSING_STATUS: Final = frozenset({408, 409, 425, 429})
_FAULTS: Final = (BotoCoreError, HTTPError, OSError, ResponseParserError)
_MISCONFIGURED: Final = (NoCredentialsError, ParamValidationError, PartialCredentialsError)
_making: Final = threading.Lock()
"Threads may share a client, but not make one at the same time."


class Deadline(threading.local):
    """The deadline of the current operation; each thread has its own."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._end = math.inf

    @contextmanager
    def running(self) -> Iterator[None]:
        """Start the time of an operation now."""
        self._end = time.monotonic() + self._seconds
        try:
            with span("object store", "client"):
                yield
        finally:
            self._end = math.inf

    def check(self, **_: object) -> None:
        """Check that the deadline has not passed.

        Raises:
            Transient: the deadline has passed.
        """
        if time.monotonic() > self._end:
            raise Transient("store_unavailable", f"the object store did not finish within {self._seconds:.0f} s")


class S3Upload:
    """A source that is read only before the deadline, and that boto3 cannot close."""

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
        """Tell boto3 that it can retry from the start."""
        return True

    def close(self) -> None:
        """Leave the source open for its owner."""


def make_client(settings: StoreSettings, deadline: Deadline) -> "S3Client":
    """Return a client that makes every attempt only before the deadline."""
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
    """Return the session that makes clients; it reads S3's description once, which takes most of the time."""
    session = botocore.session.get_session()
    # Without keys it would ask for some at an address that no setting names.
    session.get_component("credential_provider").remove("iam-role")
    return Session(botocore_session=session)


@contextmanager
def s3_errors(bucket: str) -> Iterator[None]:
    """Turn errors of the store, and on the way to it, into ours.

    Raises:
        Transient: a retry may help.
        Permanent: an administrator must change a setting or a permission first.
    """
    try:
        yield
    except ClientError as error:
        raise _refusal(error, bucket) from error
    except _MISCONFIGURED as error:
        raise Permanent("store_refused", f"the configuration of the object store is wrong: {error}") from error
    except _FAULTS as error:
        raise Transient("store_unavailable", f"the object store cannot be reached: {error}") from error


def code_of(error: ClientError) -> str:
    """Return S3's code of an error; without a body it is the HTTP status."""
    return str(error.response.get("Error", {}).get("Code", ""))


def _refusal(error: ClientError, bucket: str) -> StepError:
    code, status = code_of(error), error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 500)
    if status < 500 and status not in _PASSING_STATUS and code not in _PASSING:
        return Permanent("store_refused", f"the object store refuses the bucket {bucket}: {code}")
    return Transient("store_unavailable", f"the object store answers {code}")
