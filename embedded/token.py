"""The token that keeps other accounts of this machine out, in a file that only its user reads."""

import os
import secrets
import stat
from pathlib import Path

from embedded.errors import EmbeddedError
from embedded.layout import make_layout

_OTHERS = stat.S_IRWXG | stat.S_IRWXO


def token_path(data: Path) -> Path:
    """Name the file of a data folder's token."""
    return data.expanduser() / "token"


def make_token(data: Path) -> Path:
    """Make the token of a data folder, and return its file; one that others could have read is replaced.

    Raises:
        EmbeddedError: the folder or the file cannot be made.
    """
    file = token_path(make_layout(data).data)
    try:
        if not _is_private(file):
            _write(file, secrets.token_urlsafe(32))
    except OSError as error:
        raise EmbeddedError(f"{file} cannot be written: {error.strerror}; choose another --data-dir.") from error
    return file


def _is_private(file: Path) -> bool:
    try:
        info = file.lstat()
    except FileNotFoundError:
        return False
    ours = stat.S_ISREG(info.st_mode) and info.st_uid == os.geteuid() and not info.st_mode & _OTHERS
    return ours and info.st_size > 0


def _write(file: Path, token: str) -> None:
    new = file.with_suffix(".new")
    new.unlink(missing_ok=True)
    with os.fdopen(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as written:
        written.write(f"{token}\n")
    new.replace(file)
