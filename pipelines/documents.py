"""Making stored documents ready, as the edges ask for it."""

from collections.abc import Iterable

import structlog

from tasks.documents import prepare_document

_log = structlog.get_logger()


def prepare(sha256s: Iterable[str]) -> None:
    """Send blobs to be indexed and drawn, once their rows are committed; what is not sent, the schedule sends later."""
    for sha256 in sha256s:
        try:
            prepare_document.delay(sha256)
        except Exception as error:  # noqa: BLE001 - whatever kept it from being sent, the row says that it is to be
            _log.warning("document not sent; the schedule will", sha256=sha256, error=str(error))
            return
