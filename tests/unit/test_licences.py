"""The list of licences is current, and has none that would reach to Partflow itself."""

import re
import runpy
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
LISTED = (ROOT / "docs" / "licences.md").read_text()


def test_list_is_what_the_script_prints() -> None:
    assert runpy.run_path(str(ROOT / "scripts" / "licences.py"))["page"]() == LISTED


def test_every_licence_is_stated() -> None:
    assert "not stated" not in LISTED
    assert len(LISTED.splitlines()) > 100


def test_no_licence_reaches_to_what_uses_it() -> None:
    shipped = [row.split("|") for row in LISTED.splitlines() if row.startswith("|") and "to develop" not in row]
    found = {row[1].strip() for row in shipped if re.search(r"(?<!L)GPL|SSPL|BUSL", row[2])}

    assert found == set()
