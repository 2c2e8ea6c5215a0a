"""Taking in uploaded photos: hostile files until their first bytes say what they are."""

import os
from collections.abc import Sequence
from typing import BinaryIO, cast

from werkzeug.datastructures import FileStorage

from api.http.uploads import Upload as Photo
from api.http.uploads import clean, digest, keep
from clients.files import kinds
from schemas.errors import InvalidInput, TooLarge, UnsupportedMedia

__all__ = ["Photo", "keep", "receive"]

_ACCEPTED = (kinds.JPEG, kinds.PNG, kinds.WEBP)


def receive(files: Sequence[FileStorage], *, limit: int) -> list[Photo]:
    """Check uploaded files by their content and hash them, in constant memory.

    Raises:
        InvalidInput: no photo was sent, or one is empty.
        TooLarge: there are more than the limit.
        UnsupportedMedia: one is not a photo.
    """
    if not files:
        raise InvalidInput("send at least one photo, as a file in the form field photo", field="photo")
    if len(files) > limit:
        raise TooLarge(
            f"{len(files)} photos are too many: PARTFLOW_API_MAX_PHOTOS allows {limit}; send fewer at once",
            field="photo",
            limit=limit,
        )
    return [_photo(file) for file in files]


def _photo(file: FileStorage) -> Photo:
    name = clean(file.filename)
    shown = name or "the photo"
    content = cast(BinaryIO, file.stream)
    size = content.seek(0, os.SEEK_END)
    content.seek(0)
    if not size:
        raise InvalidInput(f"{shown} is empty; take the photo again", field="photo", filename=name)
    kind = kinds.kind_of(kinds.head_of(content))
    if kind not in _ACCEPTED:
        raise UnsupportedMedia(
            f"{shown} is not a JPEG, PNG or WebP photo; send it as one of these", field="photo", filename=name
        )
    return Photo(filename=name, content=content, sha256=digest(content), size=size, media_type=kind.media_type)
