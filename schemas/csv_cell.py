"""Guarding the cells of a CSV file, whose text a spreadsheet may take for a formula."""

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"The start of a formula, with the apostrophes before it, so that text that has some already gets one more."


def guarded(text: str) -> str:
    """Return text with an apostrophe before it if a spreadsheet would take it for a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text from which `guarded` made a cell."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
