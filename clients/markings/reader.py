"""Reading the machine codes on a photo, in a child process with limits."""

from typing import Annotated, Final

from pydantic import Field, TypeAdapter, ValidationError

from clients.files import sandbox
from schemas.base import Dto
from schemas.errors import Permanent, Transient
from schemas.markings import Code, Markings
from schemas.region import Region

_LIMITS: Final = sandbox.Limits(seconds=60, memory_mb=1024, output_mb=4)
_Corner = tuple[Annotated[float, Field(ge=-2, le=3)], Annotated[float, Field(ge=-2, le=3)]]


class _Code(Dto):
    """A code as the child answers; a hostile photo may have taken the child over."""

    text: Annotated[str, Field(max_length=4000, pattern=r"^[^\x00]*$")]
    symbology: Annotated[str, Field(pattern=r"^[a-z0-9-]{1,40}$")]
    corners: tuple[_Corner, _Corner, _Corner, _Corner]


_ANSWER: Final = TypeAdapter(Annotated[list[_Code], Field(max_length=64)])


class MarkingReader:
    """Reads codes off prepared photos (upright JPEGs within the limits of the image reader)."""

    def read(self, jpeg: bytes) -> Markings:
        """Return the machine codes in any orientation; `lines` stays empty.

        Raises:
            Transient: the child could not be started (`sandbox_unavailable`).
            Permanent: the photo breaks the reader of codes (`codes_unread`).
        """
        try:
            codes = _ANSWER.validate_json(sandbox.run("clients.markings._code_child", jpeg, {}, limits=_LIMITS))
        except sandbox.NotStarted as error:
            raise Transient("sandbox_unavailable", str(error)) from error
        except (sandbox.SandboxError, ValidationError) as error:
            raise Permanent("codes_unread", f"the photo breaks the reader of codes ({error}); take another") from error
        return Markings(
            codes=tuple(
                Code(text=each.text, symbology=each.symbology, region=Region.around(each.corners, (1, 1)))
                for each in codes
            )
        )
