"""Draws the demo's photographs-to-be and writes their truth: `python -m demo.draw`."""

import json
import tomllib
from pathlib import Path
from typing import Literal
from zlib import crc32

import numpy as np
from PIL import Image

from demo.bags import ANTISTATIC, bag, reel
from demo.camera import Shot, put, shoot, table
from demo.chips import dip, ultrasonic_module
from demo.labels import PRINTERS, DrawnLabel, Order
from schemas.base import Dto

FOLDER = Path(__file__).parent / "photos"
DESCRIPTIONS = Path(__file__).parent / "photos.toml"
KINDS = {"bag": "bag_label", "antistatic": "bag_label", "reel": "reel_label", "chip": "chip", "module": "module"}


class Photo(Dto):
    """A photo to be taken, and what should be made of it."""

    name: str
    surface: str
    subject: Literal["bag", "antistatic", "reel", "chip", "module"]
    angle: float
    zoom: float = 0.82
    "how much of the scene the subject fills"
    shot: Shot
    note: str
    mpn: str | None = None
    manufacturer: str | None = None
    orders: tuple[Order, ...] = ()
    pins: int = 8
    marking: tuple[str, ...] = ()

    @property
    def file(self) -> str:
        """Its file name."""
        return f"{self.name}.jpg"

    def labels(self) -> tuple[DrawnLabel, ...]:
        """Print its labels."""
        return tuple(PRINTERS[order.printer](order) for order in self.orders)

    def truth(self) -> dict[str, object]:
        """Return its row of the truth."""
        order = self.orders[0] if self.mpn and self.orders else None
        return {
            "file": self.file,
            "mpn": self.mpn,
            "manufacturer": order.maker if order else self.manufacturer,
            "kind": KINDS[self.subject],
            "quantity": order.quantity if order else None,
            "expect": "identified" if self.mpn else "ask",
            "note": self.note,
        }


def photos() -> tuple[Photo, ...]:
    """Return all photos of the demo, yet to be taken."""
    return tuple(map(Photo.model_validate, tomllib.loads(DESCRIPTIONS.read_text("utf-8"))["photo"]))


def take(photo: Photo) -> bytes:
    """Return the photo as a JPEG; the same each time on the same versions of the libraries."""
    rng = np.random.default_rng(crc32(photo.name.encode()))
    scene = table(photo.surface, photo.shot.scene, rng)
    things = _things(photo, rng)
    space = (scene.width / len(things), scene.height)
    for at, thing in enumerate(things):
        centre = (int(space[0] * (at + 0.5)), int(space[1] / 2))
        angle = photo.angle * (-1) ** at
        put(scene, _fitted(thing, angle, space, photo.zoom), at=centre, angle=angle)
    return shoot(scene, photo.shot, rng)


def _things(photo: Photo, rng: np.random.Generator) -> list[Image.Image]:
    match photo.subject:
        case "chip":
            return [dip(photo.marking, rng, pins=photo.pins)]
        case "module":
            return [ultrasonic_module(rng)]
        case "reel":
            return [reel(label.picture, rng) for label in photo.labels()]
        case "antistatic":
            return [bag(label.picture, rng, tint=ANTISTATIC) for label in photo.labels()]
        case "bag":
            return [bag(label.picture, rng) for label in photo.labels()]


def _fitted(thing: Image.Image, angle: float, space: tuple[float, float], zoom: float) -> Image.Image:
    """Return the thing in the size that nearly fills the space once turned."""
    turn = np.radians(angle)
    sine, cosine = abs(np.sin(turn)), abs(np.cos(turn))
    across, down = thing.width * cosine + thing.height * sine, thing.width * sine + thing.height * cosine
    scale = zoom * min(space[0] / across, space[1] / down)
    return thing.resize((int(thing.width * scale), int(thing.height * scale)), Image.Resampling.LANCZOS)


def main() -> None:
    """Write every photo and the truth."""
    taken = photos()
    FOLDER.mkdir(exist_ok=True)
    for photo in taken:
        (FOLDER / photo.file).write_bytes(take(photo))
    rows = "".join(json.dumps(photo.truth()) + "\n" for photo in taken)
    (FOLDER / "truth.jsonl").write_text(rows, "utf-8")


if __name__ == "__main__":
    main()
