"""The local assistant's rules, read from the data files beside it."""

import hashlib
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Final, NamedTuple

from schemas.base import Dto
from schemas.part_number import canonical_key

_NOT_KEY: Final = re.compile(r"[^A-Z0-9]")
_LONGEST_NUMBER: Final = 64
_DATA: Final = files(__package__) / "data"


class TypeRule(Dto):
    """The usual descriptions of parts of a type, and the user's possible names for it."""

    name: str
    phrases: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    broader: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()


class Family(Dto):
    """Part numbers of one kind: the pattern of their letters and digits, their type and tags."""

    pattern: str
    type: str
    tags: tuple[str, ...] = ()
    decisive: bool = False
    "whether it outweighs a description that contradicts it"


class Rules(NamedTuple):
    """All rules, and a version that changes with any of them."""

    types: Sequence[TypeRule]
    families: Sequence[Family]
    version: str

    def family_of(self, manufacturer_code: str) -> Family | None:
        """Return the first family that a number belongs to."""
        key = _NOT_KEY.sub("", canonical_key(manufacturer_code))
        if len(key) > _LONGEST_NUMBER:
            return None
        return next((family for family in self.families if re.fullmatch(family.pattern, key)), None)


@cache
def load_rules() -> Rules:
    """Read and check the rules."""
    texts = [(_DATA / name).read_text("utf-8") for name in ("types.toml", "number_families.toml")]
    types, families = (tomllib.loads(text) for text in texts)
    return Rules(
        types=_parse(TypeRule, types["type"]),
        families=_parse(Family, families["family"]),
        version=hashlib.sha256("".join(texts).encode()).hexdigest()[:8],
    )


def _parse[T: Dto](kind: type[T], rows: Sequence[Mapping[str, object]]) -> tuple[T, ...]:
    return tuple(kind.model_validate(row) for row in rows)
