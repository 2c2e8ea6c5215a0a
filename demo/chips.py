"""Parts without a label: chips marked by laser, and a module with silkscreen."""

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from demo.paint import glow, rounded, sheet, speckle, write

EPOXY = (43, 43, 46, 255)
LASER = (142, 142, 138, 235)
TIN = (172, 174, 178, 255)
SILK = (236, 240, 242, 255)


def dip(lines: Sequence[str], rng: np.random.Generator, *, pins: int) -> Image.Image:
    """Return a dual in-line chip from above, pin 1 at the lower left."""
    pitch, body, leg = 150, 560, 96
    width = pins // 2 * pitch + 60
    made = sheet(width, body + 2 * leg)
    for pin in range(pins // 2):
        x = 30 + pin * pitch + 34
        for top in (0, body + leg - 14):
            made.alpha_composite(_leg(82, leg + 14, flip=top > 0), (x, top))
    made.alpha_composite(_body(width, body, lines, rng), (0, leg))
    return made


def _leg(width: int, height: int, *, flip: bool) -> Image.Image:
    shades = np.linspace(0.55, 1.15, height, dtype=np.float32)[:: -1 if flip else 1, None, None]
    across = 1 - 0.3 * np.abs(np.linspace(-1, 1, width, dtype=np.float32))[None, :, None]
    pixels = np.array(TIN[:3], dtype=np.float32) * shades * across
    return Image.fromarray(pixels.clip(0, 255).astype(np.uint8), "RGB").convert("RGBA")


def _body(width: int, height: int, lines: Sequence[str], rng: np.random.Generator) -> Image.Image:
    body = rounded(width, height, 12, EPOXY)
    pen = ImageDraw.Draw(body)
    pen.line((10, 7, width - 10, 7), fill=(74, 74, 78, 255), width=8)
    pen.line((10, height - 8, width - 10, height - 8), fill=(24, 24, 26, 255), width=10)
    pen.pieslice((-62, height / 2 - 62, 62, height / 2 + 62), -90, 90, fill=(30, 30, 32, 255))
    pen.arc((-62, height / 2 - 62, 62, height / 2 + 62), -90, 90, fill=(64, 64, 68, 255), width=5)
    pen.ellipse((52, height - 112, 104, height - 60), fill=(33, 33, 35, 255), outline=(60, 60, 63, 255), width=4)
    body = speckle(body, rng, strength=3.5, grain=3)
    body.alpha_composite(_marking(width, height, lines, rng))
    shine = glow(width, height, (width * 0.2, -height * 0.5, width * 1.1, height * 0.35), blur=90, alpha=46)
    return Image.composite(Image.alpha_composite(body, shine), body, body.getchannel("A"))


def _marking(width: int, height: int, lines: Sequence[str], rng: np.random.Generator) -> Image.Image:
    """Return laser marking: thin grey letters, a little uneven."""
    layer = sheet(width, height, (*LASER[:3], 0))
    step = height / (len(lines) + 0.6)
    for at, text in enumerate(lines):
        size = int(min(step * 0.72, (width - 220) / (len(text) * 0.68)))
        write(layer, (width / 2 + 30, step * (at + 0.8)), text, size=size, fill=LASER, bold=True, spacing=0.07)
    worn = np.asarray(layer, dtype=np.float32).copy()
    worn[..., 3] *= np.clip(0.88 + 0.1 * rng.standard_normal((height, width)), 0, 1)
    return Image.fromarray(worn.astype(np.uint8), "RGBA").filter(ImageFilter.GaussianBlur(0.8))


def ultrasonic_module(rng: np.random.Generator) -> Image.Image:
    """Return an ultrasonic distance module: two silver transducers and white silkscreen on a blue board."""
    width, height = 1480, 660
    board = rounded(width, height, 16, (22, 66, 138, 255))
    board = speckle(board, rng, strength=3, grain=5)
    pen = ImageDraw.Draw(board)
    for x, y in ((44, 44), (width - 44, 44), (44, height - 44), (width - 44, height - 44)):
        pen.ellipse((x - 26, y - 26, x + 26, y + 26), fill=(0, 0, 0, 0), outline=(196, 174, 110, 255), width=8)
    for middle, letter in ((310, "T"), (width - 310, "R")):
        _transducer(board, (middle, 310))
        outer = 120 if letter == "T" else width - 120
        write(board, (outer, 580), letter, size=60, fill=SILK, bold=True, anchor="mm")
    can = rounded(210, 96, 44, (186, 188, 192, 255))
    board.alpha_composite(speckle(can, rng, strength=4), (width // 2 - 105, 214))
    write(board, (width / 2, 270), "4.000", size=34, fill=(110, 110, 114, 255), anchor="mm")
    write(board, (width / 2, 120), "HC-SR04", size=78, fill=SILK, bold=True, spacing=0.04)
    for pin, name in enumerate(("Vcc", "Trig", "Echo", "Gnd")):
        x = width // 2 - 165 + pin * 110
        pen.ellipse((x - 30, 566, x + 30, 626), fill=(198, 178, 118, 255))
        pen.ellipse((x - 14, 582, x + 14, 610), fill=(38, 36, 34, 255))
        write(board, (x, 536), name, size=34, fill=SILK, anchor="mm")
    for x in range(width // 2 - 130, width // 2 + 140, 70):
        pen.rectangle((x, 380, x + 40, 402), fill=(34, 34, 36, 255))
        pen.rectangle((x - 10, 380, x, 402), fill=TIN)
        pen.rectangle((x + 40, 380, x + 50, 402), fill=TIN)
    return board


def _transducer(board: Image.Image, at: tuple[int, int]) -> None:
    pen, (x, y) = ImageDraw.Draw(board), at
    for radius, grey in ((268, 128), (260, 196), (236, 150), (228, 92), (205, 118)):
        pen.ellipse((x - radius, y - radius, x + radius, y + radius), fill=(grey, grey, grey + 3, 255))
    for step in range(-196, 200, 14):
        reach = int((205**2 - step**2) ** 0.5)
        pen.line((x - reach, y + step, x + reach, y + step), fill=(70, 70, 74, 255), width=4)
        pen.line((x + step, y - reach, x + step, y + reach), fill=(70, 70, 74, 255), width=4)
    board.alpha_composite(glow(board.width, board.height, (x - 190, y - 240, x + 90, y - 110), blur=30, alpha=90))
