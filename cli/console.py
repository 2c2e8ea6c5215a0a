"""Where tables are printed."""

import sys

from rich.console import Console

_FILE_WIDTH = 180
"Columns for what is not a terminal, so that nothing is cut that a program may look for."


def console() -> Console:
    """Return the console on stdout."""
    return Console() if sys.stdout.isatty() else Console(width=_FILE_WIDTH)
