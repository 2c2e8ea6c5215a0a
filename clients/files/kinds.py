"""The kinds of files, by their first bytes and not by their name."""

import os
import re
from typing import BinaryIO, Final, NamedTuple

HEAD_BYTES: Final = 2048
"The number of first bytes that `kind_of` reads."


class FileKind(NamedTuple):
    """A kind of file: its name in a sentence, and its media type."""

    name: str
    media_type: str


PDF: Final = FileKind("a PDF", "application/pdf")
JPEG: Final = FileKind("a JPEG", "image/jpeg")
PNG: Final = FileKind("a PNG", "image/png")
WEBP: Final = FileKind("a WebP", "image/webp")
GIF: Final = FileKind("a GIF", "image/gif")
BMP: Final = FileKind("a BMP", "image/bmp")
TIFF: Final = FileKind("a TIFF", "image/tiff")
HTML: Final = FileKind("an HTML page", "text/html")

_OTHER: Final = "application/octet-stream"
_HTML_TAGS: Final = rb"(?:!doctype\s+html|html|head|body|script|meta|title|iframe)\b"
_SIGNATURES: Final = (
    (rb"\xff\xd8\xff", JPEG),
    (rb"\x89PNG\r\n\x1a\n", PNG),
    (rb"RIFF....WEBPVP8", WEBP),
    (rb"GIF8", GIF),
    (rb"II[*+]\0|MM\0[*+]", TIFF),
    (rb"%PDF-\d", PDF),
    (rb"PK\x03\x04", FileKind("a ZIP archive or an office document", _OTHER)),
    (rb"(?:Rar!|\x1f\x8b)", FileKind("an archive", _OTHER)),
    (rb"MZ|\x7fELF", FileKind("a program", _OTHER)),
    (rb"8BPS", FileKind("a Photoshop file", _OTHER)),
    (rb"\x00\x00\x00\x0cjP  |\xff\x4f\xff\x51", FileKind("a JPEG 2000", _OTHER)),
    (rb"\x00\x00\x00\x0cJXL |\xff\x0a", FileKind("a JPEG XL", _OTHER)),
    (rb"....ftypavi[fs]", FileKind("an AVIF", _OTHER)),
    (rb"....ftyp(?:hei[cxms]|hev[cx]|m[is]f1)", FileKind("a HEIC", _OTHER)),
    (rb"....ftyp", FileKind("a video", _OTHER)),
    (rb"icns", FileKind("an Apple icon", _OTHER)),
    (rb"DDS |\x01\xda|BLP", FileKind("a texture or an SGI picture", _OTHER)),
    (rb"BM", BMP),
)
_MARKUP: Final = (
    (rb"(?:\xef\xbb\xbf)?(?:\s|<\?xml[^>]*>|(?><!--.*?-->))*+<" + _HTML_TAGS, HTML),
    (rb".*<svg\b", FileKind("an SVG, which can run scripts", "image/svg+xml")),
)
_KINDS: Final = (
    *((re.compile(pattern, re.DOTALL), kind) for pattern, kind in _SIGNATURES),
    *((re.compile(pattern, re.DOTALL | re.IGNORECASE), kind) for pattern, kind in _MARKUP),
)


def kind_of(head: bytes) -> FileKind | None:
    """Return the kind of a file with these first bytes; None when it is not known."""
    return next((kind for pattern, kind in _KINDS if pattern.match(head[:HEAD_BYTES])), None)


def head_of(content: bytes | BinaryIO) -> bytes:
    """Return the first bytes of a file, and keep its position."""
    if isinstance(content, bytes):
        return content[:HEAD_BYTES]
    head = content.read(HEAD_BYTES)
    content.seek(-len(head), os.SEEK_CUR)
    return head
