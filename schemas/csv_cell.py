"""Text in a cell of a CSV file, which a spreadsheet may take for a formula."""

from typing import Final

_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def guarded(text: str) -> str:
    """Return text as a spreadsheet shows it: with an apostrophe before what it would carry out as a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made a cell of."""
    return cell[1:] if cell.startswith(tuple(f"'{sign}" for sign in _FORMULA)) else cell
