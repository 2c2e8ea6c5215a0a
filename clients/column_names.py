"""Spellings of the names of columns."""

import re


def plain(name: str) -> str:
    """Return what all spellings of a column's name have in common."""
    return re.sub(r"[\W_]", "", name.replace("#", "no")).lower()
