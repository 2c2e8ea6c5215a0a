"""Where tables are printed."""

import sys

from rich.console import Console
from rich.markup import escape

_FILE_WIDTH = 180
"Columns for what is not a terminal, so that nothing is cut that a program may look for."


def plain(text: object) -> str:
    """Return text from outside as it may be printed: no markup of ours, no control characters of the terminal's."""
    return escape("".join(letter for letter in str(text or "") if letter.isprintable()))


def console() -> Console:
    """Return the console on stdout."""
    return Console() if sys.stdout.isatty() else Console(width=_FILE_WIDTH)
