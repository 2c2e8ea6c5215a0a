"""Room on the server's disks: a file is refused before it is received, rather than lost half-way."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from settings import Settings

_MEGABYTE = 1_000_000


def shortage(settings: Settings, *, coming: int = 0) -> str | None:
    """Return a sentence about the first disk with too little room for a number of bytes to come; None if all have it.

    What comes is counted twice: it is received into a temporary file, and stored.
    """
    least = settings.api.min_free_mb
    for folder in _folders(settings):
        free = (shutil.disk_usage(folder).free - 2 * coming) // _MEGABYTE
        if free < least:
            return (
                f"the server's disk is nearly full: {max(free, 0)} MB would be left, and PARTFLOW_API_MIN_FREE_MB asks "
                f"for {least} MB; free some room on the disk of {folder.name or folder}"
            )
    return None


def _folders(settings: Settings) -> Iterator[Path]:
    candidates = [Path(tempfile.gettempdir())]
    if settings.store.kind == "folder":
        candidates.append(settings.store.folder)
    if settings.broker.url.get_secret_value().startswith("filesystem"):
        candidates.append(settings.broker.folder)
    for folder in candidates:
        # A folder that is not there yet will be made on the disk of the one above it.
        yield next(each for each in (folder.resolve(), *folder.resolve().parents) if each.exists())
