"""The demo's parts, as `parts.toml` describes them."""

import tomllib
from enum import StrEnum
from functools import cache
from pathlib import Path

from schemas.base import Dto

DESCRIPTIONS = Path(__file__).parent / "parts.toml"
type Rows = tuple[tuple[str, ...], ...]


class Lead(StrEnum):
    """What a catalogue's link to a datasheet leads to: the datasheet, or one of the web's traps."""

    SHEET = "sheet"
    VIEWER = "viewer"
    SHELL = "shell"
    WRONG_PART = "wrong_part"
    BROCHURE = "brochure"
    ERRATA = "errata"
    TRUNCATED = "truncated"
    INTERRUPTED = "interrupted"
    LOOP = "loop"
    DRIP = "drip"
    BOT_WALL = "bot_wall"
    PRIVATE = "private"
    METADATA = "metadata"
    ENCRYPTED = "encrypted"
    PICTURE = "picture"
    SCAN = "scan"
    MISSING = "missing"
    HUGE = "huge"


class DemoPart(Dto):
    """A part, what its datasheet says, and the leads to it."""

    number: str
    family: str
    near_miss: tuple[str, str]
    "number and family of another part that is easily taken for this one"
    maker: str
    type_name: str
    title: str
    edition: str = "Revision C, March 2024"
    keywords: str
    leads: tuple[Lead, ...]
    package: str
    features: tuple[str, ...]
    applications: tuple[str, ...]
    text: tuple[str, ...]
    pins: Rows
    ratings: Rows
    values: Rows
    ordering: Rows

    @property
    def slug(self) -> str:
        """The number as it stands in addresses."""
        return "".join(letter for letter in self.number.lower() if letter.isalnum())

    def fill(self, template: str) -> str:
        """Put the part's number and family into a text of its datasheet."""
        return template.format(number=self.number, family=self.family)

    def misled(self) -> "DemoPart":
        """Return the near miss, with the same datasheet under its own number."""
        number, family = self.near_miss
        return self.model_copy(update={"number": number, "family": family})


@cache
def demo_parts() -> tuple[DemoPart, ...]:
    """Return the parts of the demo that can be identified."""
    return tuple(map(DemoPart.model_validate, tomllib.loads(DESCRIPTIONS.read_text("utf-8"))["part"]))
