"""The account that PostgreSQL runs as when the caller is root, because it refuses to run as root."""

import os
import pwd
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from embedded.commands import run_command
from embedded.errors import EmbeddedError

NAME: Final = "partflow-db"
_DEBIANS: Final = "postgres"
"The account that Debian's package makes; it is taken where we cannot make our own."
_USERADD: Final = ("useradd", "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent")
_PATIENCE_SECONDS: Final = 10.0


@dataclass(frozen=True, kw_only=True)
class Account:
    """An account without rights, which runs nothing else."""

    uid: int
    gid: int

    @property
    def options(self) -> tuple[str, ...]:
        """The options of `setpriv` that change to this account."""
        return f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"

    def can_enter(self, folder: Path) -> bool:
        """Tell whether this account may pass through `folder` and all above it."""
        return run_command("setpriv", *self.options, "test", "-x", folder).returncode == 0


def database_account() -> Account | None:
    """Return the database's own account, which is made at first use; None when the caller's own will do.

    Raises:
        EmbeddedError: there is none, and none can be made.
    """
    if os.geteuid() != 0:
        return None
    entry = _find(NAME) or _make() or _find(_DEBIANS)
    if entry is None:
        raise EmbeddedError(
            f"PostgreSQL does not run as root, and an account for it cannot be made: make one with "
            f"'{' '.join(_USERADD)} {NAME}', or start Partflow as another user."
        )
    return Account(uid=entry.pw_uid, gid=entry.pw_gid)


def caller() -> str:
    """Return the name of the account that this process runs as.

    Raises:
        EmbeddedError: it has none.
    """
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        raise EmbeddedError(
            f"The account {os.geteuid()} has no name, which PostgreSQL asks for: add it to /etc/passwd."
        ) from None


def _make() -> pwd.struct_passwd | None:
    program = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    began = time.monotonic()
    # While another start makes it, the file is locked.
    while program and time.monotonic() - began < _PATIENCE_SECONDS:
        made = run_command(program, *_USERADD[1:], "--shell", "/usr/sbin/nologin", NAME)
        if entry := _find(NAME):
            return entry
        if "lock" not in made.stderr:
            return None
        time.sleep(0.1)
    return None


def _find(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None
