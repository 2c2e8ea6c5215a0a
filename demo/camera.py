"""Tables to lie on, shadows to cast, and a phone that takes the picture."""

import io
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter

from demo.paint import Floats, noise
from schemas.base import Dto

MARGIN = 1.25
"""How much larger than the photo the scene is, along each side."""
LARGEST = 230_000
ORIENTATION_TAG = 0x0112
TURNS = {1: None, 3: Image.Transpose.ROTATE_180, 6: Image.Transpose.ROTATE_90, 8: Image.Transpose.ROTATE_270}
"""EXIF orientation → how the sensor's picture lies, before a viewer turns it upright."""


class Shot(Dto):
    """How the phone is held, and by what light."""

    size: tuple[int, int] = (1600, 1200)
    tilt: float = 0.05
    "how far the corners run off, as a share of the side"
    blur: float = 0.7
    "pixels"
    light: float = 0.25
    "how much darker the far side of the light is"
    warmth: float = 0.03
    exposure: float = 1.22
    grain: float = 3.0
    orientation: int = 1

    @property
    def scene(self) -> tuple[int, int]:
        """The size of the scene that is photographed."""
        return int(self.size[0] * MARGIN), int(self.size[1] * MARGIN)


def table(kind: str, size: tuple[int, int], rng: np.random.Generator) -> Image.Image:
    """Return an empty table: wood, mat, cloth or bench."""
    width, height = size
    pixels = TABLES[kind](width, height, rng)
    top = Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")
    if kind == "mat":
        pen = ImageDraw.Draw(top)
        for at in range(0, width, 110):
            pen.line((at, 0, at, height), fill=(150, 182, 160), width=2)
            pen.line((0, at, width, at), fill=(150, 182, 160), width=2)
    return top


def put(scene: Image.Image, layer: Image.Image, *, at: tuple[int, int], angle: float = 0.0, lift: int = 10) -> None:
    """Lay the layer on the scene around a centre, turned anticlockwise by degrees, with its shadow."""
    turned = layer.rotate(angle, Image.Resampling.BICUBIC, expand=True)
    corner = (at[0] - turned.width // 2, at[1] - turned.height // 2)
    shade = Image.new("L", scene.size, 0)
    shade.paste(turned.getchannel("A").point(lambda alpha: alpha * 0.55), (corner[0] + lift, corner[1] + lift))
    shade = shade.filter(ImageFilter.GaussianBlur(lift))
    scene.paste((8, 8, 12), (0, 0), shade)
    scene.paste(turned, corner, turned)


def shoot(scene: Image.Image, shot: Shot, rng: np.random.Generator) -> bytes:
    """Take the picture and return it as a JPEG below `LARGEST` bytes."""
    seen = scene.transform(
        shot.size, Image.Transform.PERSPECTIVE, _perspective(scene.size, shot, rng), Image.Resampling.BICUBIC
    )
    seen = seen.filter(ImageFilter.GaussianBlur(shot.blur))
    pixels = _light(np.asarray(seen, dtype=np.float32), shot, rng)
    developed = Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB")
    turn = TURNS[shot.orientation]
    return _jpeg(developed.transpose(turn) if turn is not None else developed, shot.orientation)


def _light(pixels: Floats, shot: Shot, rng: np.random.Generator) -> Floats:
    height, width = pixels.shape[:2]
    y, x = np.mgrid[-1 : 1 : complex(height), -1 : 1 : complex(width)].astype(np.float32)
    angle = rng.uniform(0, 2 * np.pi)
    slope = 1 - shot.light * (0.5 + 0.5 * (np.cos(angle) * x + np.sin(angle) * y))
    vignette = 1 - 0.16 * (x**2 + y**2)
    grain = shot.grain * noise(width, height, rng, grain=(2, 2))
    tint = np.array([1 + shot.warmth, 1.0, 1 - shot.warmth], dtype=np.float32)
    lit: Floats = pixels * (shot.exposure * slope * vignette)[..., None] * tint + grain[..., None]
    return lit


def _jpeg(picture: Image.Image, orientation: int) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION_TAG] = orientation
    for quality in range(88, 20, -4):
        file = io.BytesIO()
        picture.save(file, "JPEG", quality=quality, exif=exif, optimize=True)
        if file.tell() <= LARGEST:
            return file.getvalue()
    raise ValueError(f"the photo does not fit into {LARGEST} bytes")


def _perspective(size: tuple[int, int], shot: Shot, rng: np.random.Generator) -> list[float]:
    """Return Pillow's eight numbers that take the photo's corners to corners a little inside the scene."""
    width, height = size
    left, top = width * 0.04, height * 0.04
    jitter = rng.uniform(0, shot.tilt, (4, 2)) * width
    corners = [(left, top), (width - left, top), (width - left, height - top), (left, height - top)]
    inward = [(1, 1), (-1, 1), (-1, -1), (1, -1)]
    sources = [
        (x + dx * jx, y + dy * jy) for (x, y), (dx, dy), (jx, jy) in zip(corners, inward, jitter.tolist(), strict=True)
    ]
    w, h = shot.size
    return _solve([(0, 0), (w, 0), (w, h), (0, h)], sources)


def _solve(targets: list[tuple[int, int]], sources: list[tuple[float, float]]) -> list[float]:
    rows, values = [], []
    for (x, y), (u, v) in zip(targets, sources, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    solved: list[float] = np.linalg.solve(np.array(rows, dtype=float), np.array(values)).tolist()
    return solved


def _surface(colour: tuple[int, int, int], *rough: tuple[float, NDArray[np.floating]]) -> Floats:
    height, width = rough[0][1].shape
    base = np.broadcast_to(np.array(colour, dtype=np.float32), (height, width, 3)).copy()
    for strength, field in rough:
        base += strength * field[..., None]
    return base


def _wood(width: int, height: int, rng: np.random.Generator) -> Floats:
    y = np.arange(height, dtype=np.float32)[:, None]
    rings = np.sin(y / 26 + 2.2 * noise(width, height, rng, grain=(900, 130)))
    fibres = noise(width, height, rng, grain=(160, 2))
    return _surface((158, 112, 72), (11, rings), (7, fibres), (6, noise(width, height, rng, grain=(500, 60))))


def _mat(width: int, height: int, rng: np.random.Generator) -> Floats:
    return _surface(
        (46, 98, 76), (3, noise(width, height, rng, grain=(3, 3))), (4, noise(width, height, rng, grain=(300, 300)))
    )


def _cloth(width: int, height: int, rng: np.random.Generator) -> Floats:
    y, x = np.mgrid[0:height, 0:width].astype(np.float32)
    weave = np.sin(x * 0.9) * np.sin(y * 0.9)
    return _surface(
        (122, 126, 134),
        (7, weave),
        (4, noise(width, height, rng, grain=(4, 4))),
        (7, noise(width, height, rng, grain=(260, 260))),
    )


def _bench(width: int, height: int, rng: np.random.Generator) -> Floats:
    return _surface(
        (206, 202, 194), (2, noise(width, height, rng, grain=(2, 2))), (5, noise(width, height, rng, grain=(400, 300)))
    )


TABLES: Mapping[str, Callable[[int, int, np.random.Generator], Floats]] = {
    "wood": _wood,
    "mat": _mat,
    "cloth": _cloth,
    "bench": _bench,
}
