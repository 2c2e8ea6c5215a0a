"""Decoding hostile photos into plain JPEGs, in a child process with limits."""

from typing import Annotated, BinaryIO, Final, Literal

from pydantic import Field, ValidationError

from clients.files import kinds, sandbox
from schemas.base import Dto
from schemas.errors import Refused, Transient
from settings.groups import ImageSettings

_MEDIA_TYPES: Final = {
    "JPEG": "image/jpeg",
    "MPO": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
    "GIF": "image/gif",
    "BMP": "image/bmp",
    "TIFF": "image/tiff",
}
_ACCEPTED: Final = (kinds.JPEG, kinds.PNG, kinds.WEBP, kinds.GIF, kinds.BMP, kinds.TIFF)
_SENTENCES: Final = {
    "too_many_pixels": "the picture has more pixels than the settings allow",
    "truncated": "the file ends before the picture does",
    "damaged": "the picture is damaged beyond reading",
}


class PreparedImage(Dto):
    """An upright RGB picture without metadata, its size in pixels, its original media type, and its look.

    The look is 256 bits in hex; copies of a picture that were scaled or compressed again differ in a few of them.
    """

    jpeg: bytes
    width: int
    height: int
    media_type: str
    look: str


class _Answer(Dto):
    """The first line of the child's answer; a hostile file may have taken the child over."""

    refused: Literal["too_many_pixels", "truncated", "damaged"] | None = None
    width: Annotated[int, Field(ge=0, le=100_000)] = 0
    height: Annotated[int, Field(ge=0, le=100_000)] = 0
    format: Literal["JPEG", "MPO", "PNG", "WEBP", "GIF", "BMP", "TIFF"] = "JPEG"
    look: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")] = "0" * 64


class ImageReader:
    """Decodes untrusted photos."""

    def __init__(self, settings: ImageSettings, *, nice: int = 0) -> None:
        self._options = {"max_pixels": settings.max_megapixels * 1_000_000, "max_side": settings.max_side}
        self._limits = sandbox.Limits(settings.timeout_seconds, settings.memory_mb, nice=nice)

    def prepare(self, content: bytes | BinaryIO, *, max_side: int | None = None) -> PreparedImage:
        """Return the picture turned upright, flattened on white and scaled down, to `max_side` pixels if given.

        Raises:
            Refused: the file is not a picture, or cannot be decoded within the limits.
        """
        _refuse_other_kinds(kinds.head_of(content))
        options = {**self._options, "max_side": max_side or self._options["max_side"]}
        answer, jpeg = self._ask(content, options)
        if answer.refused is not None:
            raise Refused(answer.refused, _SENTENCES[answer.refused])
        return PreparedImage(
            jpeg=jpeg,
            width=answer.width,
            height=answer.height,
            media_type=_MEDIA_TYPES[answer.format],
            look=answer.look,
        )

    def _ask(self, content: bytes | BinaryIO, options: dict[str, int]) -> tuple[_Answer, bytes]:
        try:
            said = sandbox.run("clients.files._image_child", content, options, limits=self._limits)
            line, _, jpeg = said.partition(b"\n")
            answer = _Answer.model_validate_json(line)
        except sandbox.NotStarted as error:
            raise Transient("sandbox_unavailable", str(error)) from error
        except sandbox.TimedOut:
            raise Refused("timeout", f"decoding the picture takes over {self._limits.seconds:g} s") from None
        except sandbox.OutOfMemory:
            raise Refused("too_many_pixels", f"decoding the picture takes over {self._limits.memory_mb} MB") from None
        except (sandbox.SandboxError, ValidationError) as error:
            raise Refused("damaged", "the picture breaks its decoder") from error
        if answer.refused is None and not (jpeg.startswith(b"\xff\xd8\xff") and answer.width and answer.height):
            raise Refused("damaged", "the picture breaks its decoder")
        return answer, jpeg


def _refuse_other_kinds(head: bytes) -> None:
    kind = kinds.kind_of(head)
    if kind is None:
        raise Refused("not_an_image", "the file is not a picture" if head else "the file is empty")
    if kind not in _ACCEPTED:
        raise Refused("unsupported_format", f"the file is {kind.name}; send a JPEG, PNG or WebP")
