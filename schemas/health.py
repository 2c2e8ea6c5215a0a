"""Answers about the server itself: liveness, readiness and the index."""

from typing import Literal

from schemas.base import Dto


class Live(Dto):
    """The process answers."""

    status: Literal["ok"] = "ok"


class Check(Dto):
    """Whether one dependency of the server is ready."""

    ok: bool
    detail: str


class Readiness(Dto):
    """The dependencies of the server; the server is ready when all of them are."""

    ready: bool
    database: Check
    migrations: Check
    broker: Check
    storage: Check


class Index(Dto):
    """The server's name, version and entry points."""

    name: str
    version: str
    links: dict[str, str]
