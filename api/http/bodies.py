"""The largest body of each endpoint: known from the headers, so that nothing of a larger body is received."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from flask import Flask, request

from api.http.disk import shortage
from api.http.transaction import app
from schemas.errors import TooLarge, Unavailable
from settings.groups import ApiSettings

MAX_JSON_BYTES: Final = 1_000_000
_MEGABYTE: Final = 1_000_000
FORM: Final = "multipart/form-data"
_FULL_SECONDS = 60
"Seconds after which a client may ask whether there is room again."


class BodyLimit(NamedTuple):
    """The most bytes of a body, and the sentence for a larger one."""

    size: int
    sentence: str


def _photos(api: ApiSettings) -> BodyLimit:
    said = f"the photos are too large together: PARTFLOW_API_MAX_BATCH_MB allows {api.max_batch_mb} MB; send fewer"
    return BodyLimit(api.max_batch_mb * _MEGABYTE, said)


def _document(api: ApiSettings) -> BodyLimit:
    said = f"the file is too large: PARTFLOW_API_MAX_UPLOAD_MB allows {api.max_upload_mb} MB; send a smaller one"
    return BodyLimit(api.max_upload_mb * _MEGABYTE, said)


def _table(api: ApiSettings) -> BodyLimit:
    said = f"the file is too large: PARTFLOW_API_MAX_IMPORT_MB allows {api.max_import_mb} MB; split it"
    # The form's other fields come on top of the file.
    return BodyLimit(api.max_import_mb * _MEGABYTE + MAX_JSON_BYTES, said)


UPLOADS: Final[Mapping[str, Callable[[ApiSettings], BodyLimit]]] = {
    "documents.add": _document,
    "imports.add": _table,
    "intake.photo_intake": _photos,
}
"The endpoints that take files; all other bodies are JSON, or forms as small."

_JSON: Final = BodyLimit(MAX_JSON_BYTES, f"a body without a file may have {MAX_JSON_BYTES} bytes; send less")


def limit_bodies(app: Flask, api: ApiSettings) -> None:
    """Refuse a body by the size that its headers state, and stop reading one that states none."""
    app.before_request(lambda: _check(api))


def body_limit(api: ApiSettings) -> BodyLimit:
    """Return the limit of the current request's body."""
    upload = UPLOADS.get(request.endpoint or "")
    return upload(api) if upload and request.mimetype == FORM else _JSON


def _check(api: ApiSettings) -> None:
    limit = body_limit(api)
    if (request.content_length or 0) > limit.size:
        raise TooLarge(limit.sentence, limit=limit.size)
    request.max_content_length = limit.size
    if request.endpoint in UPLOADS and (full := shortage(app().settings, coming=request.content_length or 0)):
        raise Unavailable(full, retry_after=_FULL_SECONDS)
