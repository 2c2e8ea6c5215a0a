"""Drawings: rectangles and lines of text, which are written as SVG or drawn as PNG."""

from typing import NamedTuple


class DrawnRect(NamedTuple):
    """A rectangle, in pixels; `title` is shown when the mouse rests on it."""

    x: int
    y: int
    width: int
    height: int
    fill: str
    stroke: str
    stroke_width: int = 1
    title: str = ""


class DrawnText(NamedTuple):
    """A line of text that starts at x and stands on y, or is centred on x."""

    x: int
    y: int
    size: int
    text: str
    centred: bool = False
    fill: str = "#000000"


class Drawing(NamedTuple):
    """A drawing on white."""

    width: int
    height: int
    rects: tuple[DrawnRect, ...]
    texts: tuple[DrawnText, ...]
