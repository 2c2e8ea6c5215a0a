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


class SandboxWalls(Dto):
    """The walls around the parsers of files, as docs/security.md names them.

    The server is ready without some of them, but when all are required, files are refused.
    """

    stand: tuple[str, ...]
    missing: tuple[str, ...]
    required: bool


class Readiness(Dto):
    """The dependencies of the server, which is ready when all of them are, and the walls around its parsers."""

    ready: bool
    database: Check
    migrations: Check
    broker: Check
    storage: Check
    disk: Check
    sandbox: SandboxWalls | None


class Index(Dto):
    """The server's name, version and entry points."""

    name: str
    version: str
    links: dict[str, str]
