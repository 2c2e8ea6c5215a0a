"""The base of the groups of settings, and the types of their fields."""

from ipaddress import IPv6Network, ip_address
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, IPvAnyNetwork
from pydantic_settings import NoDecode

Seconds = Annotated[float, Field(gt=0, le=86_400)]
Count = Annotated[int, Field(ge=1, le=1_000_000)]
Megabytes = Annotated[int, Field(ge=1, le=10_000)]


def _split(value: object) -> object:
    return tuple(filter(None, (word.strip() for word in value.split(",")))) if isinstance(value, str) else value


Endpoint = Annotated[str, Field(pattern=r"^(\d+(\.\d+){3}|\[[0-9a-fA-F:.]+\]):\d{1,5}$")]
Endpoints = Annotated[tuple[Endpoint, ...], NoDecode, BeforeValidator(_split)]
Networks = Annotated[tuple[IPvAnyNetwork, ...], NoDecode, BeforeValidator(_split)]
HostNames = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z0-9.-]{1,253}$")], ...], NoDecode, BeforeValidator(_split)
]


def _translates(prefix: IPv6Network) -> IPv6Network:
    if prefix.prefixlen not in {32, 40, 48, 56, 64, 96}:
        raise ValueError("expected a length of 32, 40, 48, 56, 64 or 96, as RFC 6052 has them")
    return prefix


Nat64Prefixes = Annotated[
    tuple[Annotated[IPv6Network, AfterValidator(_translates)], ...], NoDecode, BeforeValidator(_split)
]

Sides = Annotated[
    tuple[Annotated[int, Field(ge=16, le=4096)], ...],
    NoDecode,
    BeforeValidator(_split),
    Field(min_length=1, max_length=8),
]


def is_loopback(host: str) -> bool:
    """Tell whether only this machine can reach an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class Group(BaseModel):
    """A frozen group of settings."""

    model_config = ConfigDict(frozen=True, extra="ignore")
