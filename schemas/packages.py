"""Packages of components that have several names."""

import tomllib
from importlib.resources import files
from typing import Final

SAME_PACKAGES: Final[tuple[tuple[str, ...], ...]] = tuple(
    map(tuple, tomllib.loads((files("schemas") / "packages.toml").read_text("utf-8"))["same"])
)
"Groups of names that mean one package."
