"""Reading lines of print with rapidocr: lines are detected once, and each is read in its best orientation."""

import math
from collections.abc import Sequence
from itertools import batched
from typing import Final, NamedTuple

from PIL import Image, ImageOps

from clients.markings.recogniser import recogniser
from schemas.markings import TextLine
from schemas.region import Region

_DETECT_SIDE: Final = 1280
"The most pixels of the longer side of the copy for detecting lines; they are read from the photo itself."
_DETECT_SHORT_SIDE: Final = 736
"Pixels to which the shorter side of a small photo is enlarged for that."
_SLENDER: Final = 8
"""A copy this many times longer than high gets margins.

The recogniser would first enlarge one of a few pixels' height, and then add margins: 3000 by 1 becomes 38400 by 9600.
"""
_LETTER_HEIGHT: Final = 64
"Pixels to which taller lines are scaled down before they are read; the recogniser takes 48."
_LONGEST: Final = 32
"""A line this many times longer than high is squeezed, because its time and memory grow with its square.

The longest line on the photos of the evaluations is 16 times longer than high.
"""
_MAX_LINES: Final = 60
_TALL: Final = 1.5
"A box this many times taller than wide holds an upright line; a part number does not fit into a squarer one."
_CLEAR: Final = 0.95
"A line read with this confidence is not tried upside down."
_LEAST: Final = 0.5
_BATCH: Final = 4

type _Point = tuple[float, float]


class _Line(NamedTuple):
    """A line cut out of the photo and laid flat; `rotation` as in TextLine, `height` in pixels of the photo."""

    picture: Image.Image
    rotation: int
    height: float
    centre: _Point
    region: Region


class _Reading(NamedTuple):
    """The text of a line in one orientation."""

    text: str
    score: float


def read_lines(photo: Image.Image) -> tuple[TextLine, ...]:
    """Return the lines of print in reading order.

    Raises:
        Permanent: the recogniser is not installed (`ocr_missing`).
    """
    side = max(photo.size)
    lines = _read(_find(photo), side)
    across = tuple(line for line in lines if line.rotation in (0, 180))
    if sum(map(_worth, lines)) <= 2 * sum(map(_worth, across)):
        return lines
    # Detection works best for horizontal lines, so if most are upright, the photo is turned and searched again.
    turned = _read(_find(photo.transpose(Image.Transpose.ROTATE_90)), side)
    return (*(_turned_back(line) for line in turned if line.rotation in (0, 180)), *across)


def _turned_back(line: TextLine) -> TextLine:
    region = line.region and line.region.turned()
    return line.model_copy(update={"rotation": (line.rotation + 270) % 360, "region": region})


def _worth(line: TextLine) -> float:
    return float(len(line.text) ** 1.5 * line.confidence**4)


def _find(photo: Image.Image) -> list[_Line]:
    import numpy as np

    scale = min(_DETECT_SIDE / max(photo.size), max(1.0, _DETECT_SHORT_SIDE / min(photo.size)))
    copy = photo.resize((max(1, round(photo.width * scale)), max(1, round(photo.height * scale))))
    margins = _margins(copy)
    found = recogniser()(np.asarray(ImageOps.expand(copy, margins))[:, :, ::-1], use_cls=False, use_rec=False)
    corners_of = getattr(found, "boxes", None)
    corners = np.empty((0, 4, 2), np.float32) if corners_of is None else np.asarray(corners_of, np.float32)
    boxes = np.clip(corners - np.array(margins, np.float32), 0, np.array(copy.size, np.float32)) / scale
    cuts = (_cut(photo, [(float(x), float(y)) for x, y in box]) for box in boxes.tolist())
    lines = [line for line in cuts if line.picture.width >= _TALL * line.picture.height]
    return sorted(lines, key=lambda line: line.picture.width / line.picture.height, reverse=True)[:_MAX_LINES]


def _margins(copy: Image.Image) -> tuple[int, int]:
    """Return how much is added left and right, and above and below."""
    if max(copy.size) <= _SLENDER * min(copy.size):
        return 0, 0
    least = 2 * max(copy.size) // _SLENDER
    return max(0, least - copy.width) // 2, max(0, least - copy.height) // 2


def _cut(photo: Image.Image, corners: Sequence[_Point]) -> _Line:
    """Cut out a box, given by its corners clockwise from the top left."""
    top_left, top_right, bottom_right, bottom_left = corners
    width = max(math.dist(top_left, top_right), math.dist(bottom_left, bottom_right), 4.0)
    height = max(math.dist(top_left, bottom_left), math.dist(top_right, bottom_right), 4.0)
    shrink = min(1.0, _LETTER_HEIGHT / min(width, height))
    size = (min(width, _LONGEST * height) * shrink, min(height, _LONGEST * width) * shrink)
    quad = [coordinate for corner in (top_left, bottom_left, bottom_right, top_right) for coordinate in corner]
    picture = photo.transform(
        (max(1, round(size[0])), max(1, round(size[1]))),
        Image.Transform.QUAD,
        data=quad,
        resample=Image.Resampling.BICUBIC,
    )
    centre = (sum(x for x, _ in corners) / 4, sum(y for _, y in corners) / 4)
    region = Region.around(corners, photo.size)
    if height >= _TALL * width:
        return _Line(picture.transpose(Image.Transpose.ROTATE_90), 270, width, centre, region)
    return _Line(picture, 0, height, centre, region)


def _read(lines: Sequence[_Line], side: int) -> tuple[TextLine, ...]:
    upright = _recognise([line.picture for line in lines])
    unclear = [index for index, reading in enumerate(upright) if reading.score < _CLEAR]
    turned = _recognise([lines[index].picture.transpose(Image.Transpose.ROTATE_180) for index in unclear])
    best = [(line.rotation, reading) for line, reading in zip(lines, upright, strict=True)]
    for index, reading in zip(unclear, turned, strict=True):
        if reading.score > upright[index].score:
            best[index] = ((lines[index].rotation + 180) % 360, reading)
    read = [
        (
            line.centre,
            TextLine(
                text=reading.text,
                confidence=reading.score,
                height=min(1.0, line.height / side),
                rotation=turn,
                region=line.region,
            ),
        )
        for line, (turn, reading) in zip(lines, best, strict=True)
        if reading.text.strip() and reading.score >= _LEAST
    ]
    return _in_reading_order(read)


def _recognise(pictures: Sequence[Image.Image]) -> list[_Reading]:
    import numpy as np

    readings: list[_Reading] = []
    for some in batched(pictures, _BATCH):
        result = recogniser().recognize_txt([np.ascontiguousarray(np.asarray(one)[:, :, ::-1]) for one in some])
        readings += [
            _Reading(str(text), min(1.0, max(0.0, float(score))))
            for text, score in zip(result.txts or (), result.scores or (), strict=True)
        ]
    return readings


def _in_reading_order(lines: Sequence[tuple[_Point, TextLine]]) -> tuple[TextLine, ...]:
    texts = [line for _, line in lines]
    main = max((0, 90, 180, 270), key=lambda turn: sum(_worth(line) for line in texts if line.rotation == turn))

    def down(centre: _Point) -> float:
        x, y = centre
        return {0: y, 90: x, 180: -y, 270: -x}[main]

    return tuple(line for _, line in sorted(lines, key=lambda one: down(one[0])))
