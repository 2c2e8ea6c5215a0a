"""The check that nobody else can write to `.env`, and so change what Partflow does."""

import os
import stat
from pathlib import Path

from settings.errors import SettingsError

_OTHERS_WRITE = stat.S_IWGRP | stat.S_IWOTH


def refuse_foreign(file: Path) -> None:
    """Refuse a settings file that another account can change.

    Raises:
        SettingsError: it can; the message says what to type.
    """
    try:
        info, folder = file.stat(), file.parent.stat()
    except FileNotFoundError:
        return
    if info.st_uid not in (0, os.geteuid()):
        raise SettingsError(f"{file} belongs to another account, which could change the settings: chown it to yours")
    if info.st_mode & _OTHERS_WRITE:
        raise SettingsError(f"{file} can be changed by other accounts: chmod go-w {file}")
    if folder.st_mode & stat.S_IWOTH and not folder.st_mode & stat.S_ISVTX:
        raise SettingsError(f"{file} can be replaced by other accounts: chmod o-w {file.parent}")
