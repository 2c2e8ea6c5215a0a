"""Sending stored bytes, which may be hostile, without harm to the browser and without reading them into memory."""

from contextlib import ExitStack
from itertools import chain
from urllib.parse import quote

from flask import Response, request

from api.http.ranges import byte_range
from clients.object_store import Bucket, ObjectStore
from models import Blob

_SUFFIXES = {"image/jpeg": ".jpg", "image/png": ".png", "image/webp": ".webp", "application/pdf": ".pdf"}
"Files of any other kind are sent as application/octet-stream."
_UNKNOWN = "application/octet-stream"
STORED_TYPES = (*_SUFFIXES, _UNKNOWN)
# What an address leads to never changes, because a document's bytes never do.
_CACHE = "private, max-age=31536000, immutable"
_SANDBOX = "sandbox; default-src 'none'"


def deliver(blob: Blob, filename: str | None, store: ObjectStore) -> Response:
    """Answer with a blob or the range asked for; pictures are shown, all else is downloaded."""
    etag = f'"{blob.sha256}"'
    if request.if_none_match.contains_weak(blob.sha256):
        # Browsers put the headers of a 304 in place of those that they have kept.
        kept = {"ETag": etag, "Cache-Control": _CACHE, "Content-Security-Policy": _SANDBOX}
        return Response(status=304, headers=kept)
    span = byte_range(request.range if _takes_range(etag) else None, blob.size)
    start, stop = span or (0, blob.size)
    answer = _head(blob, filename, status=206 if span else 200)
    answer.headers.update({"ETag": etag, "Content-Length": str(stop - start)})
    if span:
        answer.headers["Content-Range"] = f"bytes {start}-{stop - 1}/{blob.size}"
    if request.method == "GET":
        _stream(answer, blob, store, span=span)
    return answer


def _takes_range(etag: str) -> bool:
    return request.method == "GET" and request.headers.get("If-Range", etag) == etag


def _head(blob: Blob, filename: str | None, *, status: int) -> Response:
    media_type = blob.media_type if blob.media_type in _SUFFIXES else _UNKNOWN
    answer = Response(status=status, content_type=media_type)
    answer.headers["Accept-Ranges"] = "bytes"
    answer.headers["Cache-Control"] = _CACHE
    answer.headers["Content-Security-Policy"] = _SANDBOX
    disposition = "inline" if media_type.startswith("image/") else "attachment"
    answer.headers.set("Content-Disposition", disposition, **_names(filename or blob.sha256, media_type))
    return answer


def _names(filename: str, media_type: str) -> dict[str, str]:
    suffix = _SUFFIXES.get(media_type, ".bin")
    name = "".join(letter if letter.isprintable() and letter not in '\\/"' else "_" for letter in filename)
    name = name if name.lower().endswith(suffix) else name + suffix
    plain = name.encode("ascii", "replace").decode().replace("?", "_")
    return {"filename": plain} if plain == name else {"filename": plain, "filename*": f"UTF-8''{quote(name, safe='')}"}


def _stream(answer: Response, blob: Blob, store: ObjectStore, *, span: tuple[int, int] | None) -> None:
    start, stop = span or (0, None)
    with ExitStack() as opened:
        chunks = opened.enter_context(store.open(Bucket(blob.bucket), blob.s3_key, start=start, end=stop))
        # Read before anything is sent, so that a store that fails at once makes a 503. One that fails later leaves an
        # answer that is shorter than its Content-Length, which no client takes for complete.
        answer.response = chain([next(chunks, b"")], chunks)
        answer.call_on_close(opened.pop_all().close)
