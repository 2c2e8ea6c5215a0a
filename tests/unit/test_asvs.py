"""The table of OWASP ASVS is whole, and the tests that it names exist."""

import ast
import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TABLE = (ROOT / "docs" / "asvs.md").read_text()
ROWS = re.findall(r"^\| (V\d+\.\d+\.\d+) \| ([12]) \| ([^|]+) \| ([^|]+) \|$", TABLE, re.MULTILINE)
OF_CHAPTER = {
    1: 27,
    2: 11,
    3: 19,
    4: 10,
    5: 9,
    6: 35,
    7: 18,
    8: 7,
    9: 7,
    10: 29,
    11: 14,
    12: 9,
    13: 13,
    14: 9,
    15: 13,
    16: 16,
    17: 7,
}
"The requirements of levels 1 and 2 in each chapter of ASVS 5.0.0."
NAMED = sorted(set(re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", TABLE)))


def test_every_requirement_has_one_row() -> None:
    ids = [row[0] for row in ROWS]

    assert len(ids) == len(set(ids)) == sum(line.startswith("| V") for line in TABLE.splitlines())
    assert Counter(int(each[1:].partition(".")[0]) for each in ids) == OF_CHAPTER
    assert Counter(row[1] for row in ROWS) == {"1": 70, "2": 183}


def test_every_row_has_a_test_or_a_reason() -> None:
    reason = re.compile(r"`tests/[\w/]+\.py::\w+`|(not applicable|declined|document): \S.{3,}")

    assert [row[0] for row in ROWS if not reason.match(row[3])] == []


def test_every_test_that_is_named_exists() -> None:
    assert len(NAMED) > 50
    assert [f"{file}::{name}" for file, name in NAMED if name not in names_in(ROOT / file)] == []


def names_in(file: Path) -> set[str]:
    body = ast.parse(file.read_text()).body if file.is_file() else []
    return {node.name for node in body if isinstance(node, ast.FunctionDef)}
