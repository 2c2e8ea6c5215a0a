"""Named tokens, what they allow, and the record of what cannot be undone."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Final

from pydantic import Field

from schemas.base import Dto

INSTALLATION: Final = "installation"
"The name of whoever has the token of the settings, or calls an installation without any."


class AccessScope(StrEnum):
    """What a token allows; each allows what those before it do."""

    READ = "read"
    "look at everything"
    WRITE = "write"
    "change the inventory, start and stop runs"
    OPERATE = "operate"
    "change how the installation works: tokens and schedules"

    def covers(self, other: "AccessScope") -> bool:
        """Whether it allows what another does."""
        order = list(AccessScope)
        return order.index(self) >= order.index(other)


TokenName = Annotated[
    str,
    Field(
        pattern=r"^[a-z0-9][a-z0-9._-]{0,62}$",
        description="Lower-case letters, digits, '.', '_' and '-'; it says who calls.",
    ),
]


class NewAccessToken(Dto):
    """A token to make."""

    name: TokenName
    scope: AccessScope = AccessScope.WRITE


class AccessTokenOut(Dto):
    """A token, but not the secret, which nobody can show again."""

    name: str
    scope: AccessScope
    created_at: datetime
    last_used_at: datetime | None
    "about: it is written down once a minute"


class AccessTokenMade(AccessTokenOut):
    """A token with its secret, shown this once."""

    token: str


class AccessTokenList(Dto):
    """All tokens that count."""

    tokens: tuple[AccessTokenOut, ...]


class AuditEntryOut(Dto):
    """Something that was done and cannot be undone: by whom, what, and to what."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str


class AuditPage(Dto):
    """A page of entries, newest first; `next` is the cursor of the page after it."""

    entries: tuple[AuditEntryOut, ...]
    next: int | None


class AuditQuery(Dto):
    """Which entries to list."""

    actor: TokenName | None = Field(None, description="Only what this one did.")
    after: Annotated[int, Field(ge=0, lt=2**63)] | None = Field(None, description="`next` of the page before.")
    limit: Annotated[int, Field(ge=1, le=500)] = 100
