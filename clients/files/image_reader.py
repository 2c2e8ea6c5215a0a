"""Decoding hostile photos into plain JPEGs, in a child process with limits."""

import os
from typing import Annotated, BinaryIO, Final, Literal

from pydantic import Field, ValidationError

from clients.files import sandbox
from schemas.base import Dto
from schemas.errors import Transient
from settings.groups import ImageSettings

_HEAD: Final = 1024
_MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
_ACCEPTED: Final = (
    b"\xff\xd8\xff",
    b"\x89PNG\r\n\x1a\n",
    b"GIF8",
    b"BM",
    b"II*\x00",
    b"MM\x00*",
    b"II+\x00",
    b"MM\x00+",
)
_UNSUPPORTED: Final = (
    ("Photoshop", b"8BPS"),
    ("JPEG 2000", b"\x00\x00\x00\x0cjP  "),
    ("JPEG 2000", b"\xff\x4f\xff\x51"),
    ("JPEG XL", b"\x00\x00\x00\x0cJXL "),
    ("JPEG XL", b"\xff\x0a"),
    ("PDF", b"%PDF-"),
    ("Apple icon", b"icns"),
    ("DDS", b"DDS "),
    ("SGI", b"\x01\xda"),
    ("BLP", b"BLP"),
)
_BRANDS: Final = {b"avif": "AVIF", b"avis": "AVIF"} | dict.fromkeys(
    (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"), "HEIC"
)
_SENTENCES: Final = {
    "too_many_pixels": "the picture has more pixels than are decoded here",
    "truncated": "the file ends before the picture does",
    "damaged": "the picture is damaged beyond reading",
}


class ImageRefused(Exception):
    """The bytes are no picture that can be read; `code` is stable, `detail` a sentence for a person.

    Codes: not_an_image, unsupported_format, too_many_pixels, truncated, damaged, timeout.
    """

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


class PreparedImage(Dto):
    """An upright RGB picture without metadata, its size in pixels, and the media type that it came as."""

    jpeg: bytes
    width: int
    height: int
    media_type: str


class _Answer(Dto):
    """The first line of what the child says; it may have been taken over."""

    refused: Literal["too_many_pixels", "truncated", "damaged"] | None = None
    width: Annotated[int, Field(ge=0, le=100_000)] = 0
    height: Annotated[int, Field(ge=0, le=100_000)] = 0
    format: Literal["JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF"] = "JPEG"


class ImageReader:
    """Decodes photos that strangers send."""

    def __init__(self, settings: ImageSettings) -> None:
        self._options = {"max_pixels": settings.max_megapixels * 1_000_000, "max_side": settings.max_side}
        self._limits = sandbox.Limits(settings.timeout_seconds, settings.memory_mb)

    def prepare(self, content: bytes | BinaryIO, *, max_side: int | None = None) -> PreparedImage:
        """Return the picture turned upright, flattened on white and scaled down, to `max_side` pixels if given.

        Raises:
            ImageRefused: not a picture, or none that can be decoded within the limits.
        """
        _refuse_other_kinds(_head(content))
        options = {**self._options, "max_side": max_side or self._options["max_side"]}
        answer, jpeg = self._ask(content, options)
        if answer.refused is not None:
            raise ImageRefused(answer.refused, _SENTENCES[answer.refused])
        return PreparedImage(
            jpeg=jpeg, width=answer.width, height=answer.height, media_type=_MEDIA_TYPES[answer.format]
        )

    def _ask(self, content: bytes | BinaryIO, options: dict[str, int]) -> tuple[_Answer, bytes]:
        try:
            said = sandbox.run("clients.files._image_child", content, options, limits=self._limits)
            line, _, jpeg = said.partition(b"\n")
            answer = _Answer.model_validate_json(line)
        except sandbox.NotStarted as error:
            raise Transient("sandbox_unavailable", str(error)) from error
        except sandbox.TimedOut:
            raise ImageRefused("timeout", f"decoding it takes over {self._limits.seconds:g} s") from None
        except sandbox.OutOfMemory:
            raise ImageRefused("too_many_pixels", f"decoding it takes over {self._limits.memory_mb} MB") from None
        except (sandbox.SandboxError, ValidationError) as error:
            raise ImageRefused("damaged", "the picture breaks its decoder") from error
        if answer.refused is None and not (jpeg.startswith(b"\xff\xd8\xff") and answer.width and answer.height):
            raise ImageRefused("damaged", "the picture breaks its decoder")
        return answer, jpeg


def _head(content: bytes | BinaryIO) -> bytes:
    if isinstance(content, bytes):
        return content[:_HEAD]
    head = content.read(_HEAD)
    content.seek(-len(head), os.SEEK_CUR)
    return head


def _refuse_other_kinds(head: bytes) -> None:
    if head.startswith(_ACCEPTED) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP"):
        return
    name = next((name for name, magic in _UNSUPPORTED if head.startswith(magic)), None)
    if head[4:8] == b"ftyp":
        name = _BRANDS.get(head[8:12], "video")
    if b"<svg" in head.lower():
        name = "SVG"
    if name is None:
        raise ImageRefused("not_an_image", "the file is not a picture" if head else "the file is empty")
    raise ImageRefused("unsupported_format", f"{name} files are not taken; please send a JPEG, PNG or WebP")
