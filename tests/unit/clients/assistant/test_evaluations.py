"""The evaluations count right answers as right and wrong ones as wrong."""

import gzip
import json
from pathlib import Path

import pytest

from benchmarks import eval_tags, eval_types

ROWS = (
    {"mpn": "SN74HC00N", "description": "Quad NAND gate", "keywords": "", "library": "74xx"},
    {"mpn": "ZZZ-1", "description": "Power relay", "keywords": None, "category": "Zener Diodes"},
    {"mpn": "ZZZ-2", "description": "", "keywords": "", "category": "Tactile Switches"},
    {"mpn": "ZZZ-3", "description": "Thing", "keywords": "", "category": "Odds and ends"},
    {"mpn": None, "description": "Relay", "category": "Power Relays"},
)


@pytest.fixture
def data(tmp_path: Path) -> Path:
    path = tmp_path / "rows.jsonl.gz"
    with gzip.open(path, "wt") as lines:
        lines.writelines(json.dumps(row) + "\n" for row in ROWS)
    return path


def test_types_are_counted(data: Path) -> None:
    report = eval_types.run(data, quick=False)["figures"]

    assert (report["rows"], report["accuracy_of_answers"], report["coverage_of_described"]) == (3, 0.5, 1.0)


def test_tags_are_counted(data: Path) -> None:
    report = eval_tags.run(data, quick=True)["figures"]

    assert (report["rows"], report["described_rows_served"], report["stable"]) == (3, 0.5, 1.0)
