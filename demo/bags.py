"""What labels stick on: zip bags with their sheen, antistatic bags and reels."""

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from demo.paint import Colour, glow, noise, rounded, sheet, speckle

CLEAR: Colour = (226, 232, 236, 92)
ANTISTATIC: Colour = (150, 152, 158, 232)


def bag(label: Image.Image, rng: np.random.Generator, *, tint: Colour = CLEAR, parts: int = 6) -> Image.Image:
    """Return a zip bag a little larger than its label, with some parts inside below the label."""
    width, height = label.width + 190, label.height + 420
    made = rounded(width, height, 18, tint)
    _zip(made)
    inside = _contents(width, parts, rng)
    made.alpha_composite(inside, (0, height - inside.height - 24))
    made.alpha_composite(_creases(width, height, rng))
    made.alpha_composite(label, (95, 170))
    made.alpha_composite(_sheen(width, height, rng))
    inside_edges = rounded(width, height, 18, (255, 255, 255, 255)).getchannel("A")
    made.putalpha(Image.composite(made.getchannel("A"), Image.new("L", made.size, 0), inside_edges))
    return speckle(made, rng, strength=1.5)


def reel(label: Image.Image, rng: np.random.Generator, *, across: int = 1900) -> Image.Image:
    """Return a plastic reel with its label."""
    made, middle = sheet(across, across), across / 2
    pen = ImageDraw.Draw(made)
    for radius, colour in (
        (middle - 4, (38, 60, 104, 255)),
        (middle - 26, (52, 78, 128, 255)),
        (250, (40, 62, 106, 255)),
    ):
        pen.ellipse((middle - radius, middle - radius, middle + radius, middle + radius), fill=colour)
    pen.ellipse((middle - 70, middle - 70, middle + 70, middle + 70), fill=(0, 0, 0, 0))
    for turn in np.arange(3) * 2 * np.pi / 3 + 0.4:
        x, y = middle + 165 * np.cos(turn), middle + 165 * np.sin(turn)
        pen.ellipse((x - 52, y - 52, x + 52, y + 52), fill=(0, 0, 0, 0))
    made = speckle(made, rng, strength=2.5, grain=2)
    shine = glow(across, across, (120, 60, across * 0.8, across * 0.4), blur=110, alpha=60)
    made = Image.composite(Image.alpha_composite(made, shine), made, made.getchannel("A"))
    made.alpha_composite(label, (int(middle - label.width / 2), int(middle + 118)))
    return made


def _zip(made: Image.Image) -> None:
    pen = ImageDraw.Draw(made)
    for y, colour in ((70, (205, 60, 62, 235)), (84, (236, 240, 244, 170)), (102, (236, 240, 244, 170))):
        pen.rectangle((0, y, made.width, y + 7), fill=colour)
    pen.ellipse((made.width / 2 - 17, 18, made.width / 2 + 17, 52), outline=(240, 244, 248, 190), width=4)


def _contents(width: int, parts: int, rng: np.random.Generator) -> Image.Image:
    tray = sheet(width, 230)
    for _ in range(parts):
        chip = rounded(96, 60, 5, (34, 34, 38, 255))
        ImageDraw.Draw(chip).line((8, 12, 88, 12), fill=(70, 70, 76, 255), width=4)
        turned = chip.rotate(rng.uniform(0, 180), Image.Resampling.BICUBIC, expand=True)
        tray.alpha_composite(turned, (int(rng.uniform(40, width - 160)), int(rng.uniform(40, 100))))
    return tray.filter(ImageFilter.GaussianBlur(1.6))


def _creases(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    """Return the light and dark sides of the film's folds."""
    folds = noise(width, height, rng, grain=(230, 60)) + 0.5 * noise(width, height, rng, grain=(60, 24))
    slopes = np.gradient(folds, axis=0) + 0.6 * np.gradient(folds, axis=1)
    slopes /= slopes.std()
    layer = np.zeros((height, width, 4), dtype=np.float32)
    layer[..., :3] = np.where(slopes > 0, 255.0, 20.0)[..., None]
    layer[..., 3] = np.clip(np.abs(slopes) - 0.6, 0, 2.2) ** 2 * np.where(slopes > 0, 22, 8)
    return Image.fromarray(layer.clip(0, 255).astype(np.uint8), "RGBA").filter(ImageFilter.GaussianBlur(2))


def _sheen(width: int, height: int, rng: np.random.Generator) -> Image.Image:
    """Return streaks of light on the film, over the label too."""
    streaks = sheet(width, height, (255, 255, 255, 0))
    pen = ImageDraw.Draw(streaks)
    for _ in range(5):
        x, y, length = rng.uniform(-100, width), rng.uniform(0, height), rng.uniform(200, 520)
        pen.line((x, y, x + length * 0.45, y + length), fill=(255, 255, 255, 150), width=int(rng.uniform(6, 34)))
    return streaks.filter(ImageFilter.GaussianBlur(11))
