"""Where tables are printed."""

import sys

from rich.console import Console
from rich.markup import escape

_FILE_WIDTH = 180
"Columns for what is not a terminal, so that nothing is cut that a program may look for."


def visible(text: object) -> str:
    """Return text from outside without the control characters of a terminal."""
    return "".join(letter for letter in str(text or "") if letter.isprintable())


def plain(text: object) -> str:
    """Return text from outside as it may be printed in a table: no markup of ours, no control characters either."""
    return escape(visible(text))


def errors() -> Console:
    """Return the console on stderr, where progress is shown."""
    return Console(stderr=True)


def console() -> Console:
    """Return the console on stdout."""
    return Console() if sys.stdout.isatty() else Console(width=_FILE_WIDTH)
