"""Brushes that all drawings share: text, codes, noise and blurred spots."""

from functools import cache
from typing import Any

import numpy as np
import zxingcpp
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFilter, ImageFont

type Colour = tuple[int, int, int] | tuple[int, int, int, int]
type Floats = NDArray[np.floating[Any]]


@cache
def font(size: int) -> ImageFont.FreeTypeFont:
    """Return the font that comes with Pillow, so that any machine draws the same letters."""
    loaded = ImageFont.load_default(size)
    assert isinstance(loaded, ImageFont.FreeTypeFont), "Pillow was built without FreeType"
    return loaded


def sheet(width: int, height: int, fill: Colour = (0, 0, 0, 0)) -> Image.Image:
    """Return an empty layer, see-through unless filled."""
    return Image.new("RGBA", (width, height), fill)


def write(
    layer: Image.Image,
    at: tuple[float, float],
    text: str,
    *,
    size: int,
    fill: Colour,
    bold: bool = False,
    spacing: float = 0.0,
    anchor: str = "la",
) -> None:
    """Write a line; `spacing` is extra room between letters as a share of the size, and then the line is centred."""
    pen, face, stroke = ImageDraw.Draw(layer), font(size), max(1, size // 30) if bold else 0
    if not spacing:
        pen.text(at, text, font=face, fill=fill, anchor=anchor, stroke_width=stroke, stroke_fill=fill)
        return
    steps = [face.getlength(letter) + spacing * size for letter in text]
    x = at[0] - (sum(steps) - spacing * size) / 2
    for letter, step in zip(text, steps, strict=True):
        pen.text((x, at[1]), letter, font=face, fill=fill, anchor="lm", stroke_width=stroke, stroke_fill=fill)
        x += step


def code(payload: str, symbology: zxingcpp.BarcodeFormat, *, module: int) -> Image.Image:
    """Return a real code with its quiet zone, `module` pixels per module."""
    made = zxingcpp.create_barcode(payload, symbology, force_square=True)
    return Image.fromarray(np.array(made.to_image(scale=module))).convert("RGBA")


def noise(width: int, height: int, rng: np.random.Generator, *, grain: tuple[int, int] = (1, 1)) -> Floats:
    """Return smooth noise around 0 with unit spread; `grain` is how many pixels a speck is wide and high."""
    coarse = rng.standard_normal((max(2, height // grain[1]), max(2, width // grain[0]))).astype(np.float32)
    spread = np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC), dtype=np.float32)
    return spread / max(float(spread.std()), 1e-6)


def speckle(layer: Image.Image, rng: np.random.Generator, *, strength: float, grain: int = 1) -> Image.Image:
    """Return the layer with a rough surface; what is see-through stays so."""
    pixels = np.asarray(layer, dtype=np.float32).copy()
    pixels[..., :3] += strength * noise(layer.width, layer.height, rng, grain=(grain, grain))[..., None]
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGBA")


def rounded(width: int, height: int, radius: int, fill: Colour) -> Image.Image:
    """Return a rectangle with round corners and smooth edges."""
    big = sheet(width * 2, height * 2)
    ImageDraw.Draw(big).rounded_rectangle((0, 0, width * 2 - 1, height * 2 - 1), radius * 2, fill=fill)
    return big.resize((width, height), Image.Resampling.LANCZOS)


def glow(width: int, height: int, box: tuple[float, float, float, float], *, blur: float, alpha: int) -> Image.Image:
    """Return a white spot with soft edges, as light leaves on what shines."""
    layer = sheet(width, height, (255, 255, 255, 0))
    ImageDraw.Draw(layer).ellipse(box, fill=(255, 255, 255, alpha))
    return layer.filter(ImageFilter.GaussianBlur(blur))
