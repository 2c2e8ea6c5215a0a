"""Whether the server lives, whether it can work, and what there is."""

from typing import Literal

from schemas.base import Dto


class Live(Dto):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Check(Dto):
    """Whether one thing that the server needs is there."""

    ok: bool
    detail: str


class Readiness(Dto):
    """What the server needs, one by one; ready when all of it is there."""

    ready: bool
    database: Check
    migrations: Check
    broker: Check
    storage: Check


class Index(Dto):
    """Where to go from here."""

    name: str
    version: str
    links: dict[str, str]
