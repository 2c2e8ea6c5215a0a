"""Manufacturers and sellers: the names of each, and the key that spellings of one name share.

A name is shown as a person wrote it; only comparisons use what is here.
"""

import re
import tomllib
from collections.abc import Iterable, Mapping
from importlib.resources import files
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from schemas.base import Dto

NAME_FOLDED_FROM: Final = ascii_uppercase
NAME_FOLDED_TO: Final = ascii_lowercase
NAME_ENDING: Final = (
    r"([ ,.]+(inc|incorporated|corp|corporation|co|ltd|limited|llc|gmbh|ag|plc|asa|bv|sa|electronics|semiconductors?"
    r"|technology|technologies|components|microelectronics|company))+[ ,.]*\Z"
)
"What a name's key leaves out at its end. Python and PostgreSQL read this expression alike, and the next one."
NAME_SEPARATORS: Final = r"[\u0001-/:-@\[-`{-\u007f]"

_FOLDED = str.maketrans(NAME_FOLDED_FROM, NAME_FOLDED_TO)
_ENDING = re.compile(NAME_ENDING)
_SEPARATORS = re.compile(NAME_SEPARATORS)


class Company(Dto):
    """A manufacturer or a seller."""

    name: str
    aliases: tuple[str, ...] = ()
    short: tuple[str, ...] = ()
    "names that are words or letters too, such as ON; they mean the company only where a company is named"
    history: Mapping[str, int] = {}
    "companies that it took over, spun off or came from, with the year"

    @property
    def names(self) -> tuple[str, ...]:
        """All names under which its parts are sold."""
        return (*self.distinct_names, *self.short)

    @property
    def distinct_names(self) -> tuple[str, ...]:
        """The names that mean the company in any text."""
        return (self.name, *self.aliases, *self.history)


def name_key(name: str) -> str:
    """Return the key that spellings of a company's name share: `Microchip Technology Inc.` is `microchip`."""
    folded = name.translate(_FOLDED)
    return _SEPARATORS.sub("", _ENDING.sub("", folded)) or _SEPARATORS.sub("", folded)


class Companies:
    """Companies by their names; one name may belong to several, as Motorola's parts went to two."""

    def __init__(self, companies: Iterable[Company]) -> None:
        self.all: Final = tuple(companies)
        self._by_key: dict[str, tuple[Company, ...]] = {}
        for company in self.all:
            for key in dict.fromkeys(map(name_key, company.names)):
                self._by_key[key] = (*self._by_key.get(key, ()), company)

    def find(self, name: str) -> tuple[Company, ...]:
        """Return the companies with this name, now or in their history."""
        return self._by_key.get(name_key(name), ())

    def key(self, name: str) -> str:
        """Return one key for all names of the company with this name."""
        found = self.find(name)
        return name_key(found[0].name if found else name)

    def keys(self, name: str) -> frozenset[str]:
        """Return the keys of all names of the companies with this name, and of the name itself."""
        return frozenset({name_key(name), *(name_key(each) for found in self.find(name) for each in found.names)})

    def are_same(self, one: str, other: str) -> bool:
        """Tell whether two names are of one company, or of two in one company's history."""
        return name_key(one) == name_key(other) or any(found in self.find(other) for found in self.find(one))

    def are_compatible(self, one: str | None, other: str | None) -> bool:
        """Tell whether two names may be of one company: one of them is unknown, or they are the same."""
        return not one or not other or self.are_same(one, other)


_NAMES: Final = tomllib.loads((files("schemas") / "companies.toml").read_text("utf-8"))
MANUFACTURERS: Final = Companies(map(Company.model_validate, _NAMES["manufacturer"]))
SELLERS: Final = Companies(map(Company.model_validate, _NAMES["seller"]))
