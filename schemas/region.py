"""Regions of photos."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from schemas.base import Dto

Share = Annotated[float, Field(ge=0, le=1)]


class Region(Dto):
    """An upright rectangle in a photo, in shares of its width and height as it is seen upright.

    So it fits the photo, its thumbnails, and whatever size a front end draws them in.
    """

    x: Share
    "of the left edge"
    y: Share
    "of the top edge"
    width: Share
    height: Share

    @classmethod
    def around(cls, points: Sequence[tuple[float, float]], size: tuple[int, int]) -> "Region":
        """Return the smallest region around points, which are in pixels of a photo of a size."""
        across, down = zip(*points, strict=True)
        left, right = _share(min(across), size[0]), _share(max(across), size[0])
        top, bottom = _share(min(down), size[1]), _share(max(down), size[1])
        return cls(x=left, y=top, width=round(right - left, 4), height=round(bottom - top, 4))

    def turned(self) -> "Region":
        """Return the region in the photo of one that was found after turning the photo left by a quarter."""
        return Region(x=round(max(0.0, 1 - self.y - self.height), 4), y=self.x, width=self.height, height=self.width)


def _share(pixels: float, most: int) -> float:
    return round(min(1.0, max(0.0, pixels / most)), 4)
