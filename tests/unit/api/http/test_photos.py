import hashlib
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage

from api.http.photos import receive
from schemas.errors import InvalidInput, TooLarge, UnsupportedMedia

JPEG = b"\xff\xd8\xff\xe0 a photo"


def upload(content: bytes, name: str | None = "bag.jpg") -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


@pytest.mark.parametrize(
    ("content", "media_type"),
    [
        (JPEG, "image/jpeg"),
        (b"\x89PNG\r\n\x1a\n rest", "image/png"),
        (b"RIFF\n\n\n\nWEBPVP8L rest", "image/webp"),
    ],
)
def test_photo_is_known_by_its_first_bytes(content: bytes, media_type: str) -> None:
    (photo,) = receive([upload(content, "a.txt")], limit=1)
    assert (photo.media_type, photo.size) == (media_type, len(content))
    assert photo.sha256 == hashlib.sha256(content).hexdigest()


@pytest.mark.parametrize(
    "content",
    [
        b"<html><script>alert(1)</script></html>",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.7",
        b"GIF89a",
        b"%!PS-Adobe",
        b" " + JPEG,
        b"\xff\xd8",
        b"RIFF\0\0\0\0WAVEfmt ",
    ],
)
def test_other_files_are_refused_by_name(content: bytes) -> None:
    with pytest.raises(UnsupportedMedia, match=r"bag\.jpg"):
        receive([upload(content)], limit=1)


@pytest.mark.parametrize(
    ("files", "error"),
    [([], InvalidInput), ([upload(b"")], InvalidInput), ([upload(JPEG), upload(JPEG)], TooLarge)],
)
def test_wrong_number_or_nothing_is_refused(files: list[FileStorage], error: type[Exception]) -> None:
    with pytest.raises(error):
        receive(files, limit=1)


@pytest.mark.parametrize(
    ("given_name", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\photos\\bag.jpg", "bag.jpg"),
        ("a\0b\nc.jpg", "abc.jpg"),
        ("gpj.\u202eexe", "gpj.exe"),
        ("/", None),
        ("", None),
        (None, None),
    ],
)
def test_file_name_is_a_plain_name(given_name: str | None, kept: str | None) -> None:
    assert receive([upload(JPEG, given_name)], limit=1)[0].filename == kept


@given(st.text())
def test_any_file_name_becomes_harmless(name: str) -> None:
    kept = receive([upload(JPEG, name)], limit=1)[0].filename
    assert kept is None or (kept.isprintable() and len(kept) <= 200 and not set(kept) & set("/\\"))
