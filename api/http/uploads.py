"""Taking in uploaded files: hashed and stored in constant memory, hostile until they are inspected."""

import hashlib
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage

from api.http.transaction import prepare_after_commit
from clients.files.document_reader import PDF, DocumentReader
from clients.object_store import Bucket, ObjectStore, content_key
from models.session import session_scope
from schemas.errors import InvalidInput, Refused, TooLarge, UnsupportedMedia
from services.document import BlobService

_CHUNK_BYTES = 1 << 18
_MAX_NAME = 200
_PREPARED_AT_ONCE = 20
"Files of one request; more of them are left to the schedule, so that they do not stand before other work."


@dataclass(frozen=True)
class Upload:
    """An uploaded file, in a temporary file of the server, and what it is."""

    filename: str | None
    content: BinaryIO
    sha256: str
    size: int
    media_type: str
    page_count: int | None = None


def receive_document(files: Sequence[FileStorage], reader: DocumentReader) -> Upload:
    """Look at an uploaded PDF or picture.

    Raises:
        InvalidInput: there is not exactly one, or it is empty.
        TooLarge: reading it takes more than a setting allows.
        UnsupportedMedia: it is not a PDF, JPEG, PNG or WebP, it is damaged, or it is of two kinds at once.
    """
    if len(files) != 1:
        raise InvalidInput("send one file at a time, in the form field file", field="file")
    name, content = clean(files[0].filename), cast(BinaryIO, files[0].stream)
    size = content.seek(0, os.SEEK_END)
    if not size:
        raise InvalidInput(f"{name or 'the file'} is empty; choose another", field="file", filename=name)
    try:
        found = reader.inspect(content)
    except Refused as refusal:
        raise _refused(name, refusal) from refusal
    return Upload(name, content, digest(content), size, found.media_type, found.page_count)


def keep(uploads: Sequence[Upload], store: ObjectStore) -> None:
    """Store files under their content, which makes a second time the same, and have them indexed and drawn.

    Their rows come first: see BlobService.
    """
    with session_scope() as session:
        # In one order for all, so that two requests with the same files cannot wait for each other.
        for upload in sorted(uploads, key=lambda upload: upload.sha256):
            BlobService.ensure(
                session,
                sha256=upload.sha256,
                bucket=_bucket(upload),
                s3_key=content_key(upload.sha256),
                size=upload.size,
                media_type=upload.media_type,
                page_count=upload.page_count,
            )
    for upload in uploads:
        upload.content.seek(0)
        store.put(
            _bucket(upload),
            content_key(upload.sha256),
            upload.content,
            size=upload.size,
            media_type=upload.media_type,
        )
    for upload in uploads[:_PREPARED_AT_ONCE]:
        prepare_after_commit(upload.sha256)


def digest(content: BinaryIO) -> str:
    """Return the sha256 of a file."""
    sha256 = hashlib.sha256()
    content.seek(0)
    while chunk := content.read(_CHUNK_BYTES):
        sha256.update(chunk)
    return sha256.hexdigest()


def clean(filename: str | None) -> str | None:
    """Return the plain name in what a browser says is the name of a file."""
    base = re.split(r"[\\/]", filename or "")[-1]
    return "".join(letter for letter in base if letter.isprintable()).strip()[-_MAX_NAME:] or None


def _bucket(upload: Upload) -> Bucket:
    return Bucket.DOCS if upload.media_type == PDF else Bucket.IMAGES


def _refused(name: str | None, refusal: Refused) -> TooLarge | UnsupportedMedia:
    shown = name or "the file"
    details = {"field": "file", "filename": name, "reason": refusal.code}
    if refusal.limit:
        return TooLarge(f"{shown} is too large to inspect ({refusal.detail}); {refusal.limit} set the limit", **details)
    return UnsupportedMedia(f"{shown} is not accepted: {refusal.detail}; send a PDF, JPEG, PNG or WebP", **details)
