"""Text in a cell of a CSV file, which a spreadsheet may take for a formula."""

import re
from typing import Final

_FORMULA: Final = re.compile(r"'*[=+\-@\t\r]")
"How a formula begins, with the apostrophes before it: one more goes before text that has some of its own."


def guarded(text: str) -> str:
    """Return text as a spreadsheet shows it: with an apostrophe before what it would carry out as a formula."""
    return f"'{text}" if _FORMULA.match(text) else text


def unguarded(cell: str) -> str:
    """Return the text that `guarded` made a cell of."""
    return cell[1:] if cell.startswith("'") and _FORMULA.match(cell) else cell
