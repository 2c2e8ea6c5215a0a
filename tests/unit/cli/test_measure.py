"""What evaluations print, and what they make of bad data."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from cli.measure import bench, evaluate
from schemas.errors import InvalidInput

LABEL = {
    "payload": "[)>\x1e06\x1dP296-LM358-ND\x1d1PLM358\x1dQ10\x1d11ZPICK\x1e\x04",
    "distributor": "digikey",
    "mpn": "LM358",
    "qty": 10,
    "supplier_sku": "296-LM358-ND",
    "symbology": "datamatrix",
}


def rows(folder: Path, *lines: str) -> str:
    file = folder / "rows.jsonl"
    file.write_text("\n".join(lines))
    return str(file)


def test_evaluation_prints_one_document(tmp_path: Path) -> None:
    result = CliRunner().invoke(evaluate, ["labels", "--json", "--data", rows(tmp_path, json.dumps(LABEL))])
    document = json.loads(result.stdout)

    assert result.exit_code == 0
    assert document.keys() == {"name", "commit", "figures", "checks"}
    assert document["figures"]["digikey.right"] == 1


def test_check_that_is_out_exits_1(tmp_path: Path) -> None:
    wrong = LABEL | {"mpn": "LM393"}
    result = CliRunner().invoke(evaluate, ["labels", "--data", rows(tmp_path, json.dumps(wrong))])

    assert result.exit_code == 1
    assert "out" in result.stdout


@pytest.mark.parametrize(
    ("line", "sentence"),
    [
        ("{", "line 2: not JSON"),
        ("[]", "line 2: not a JSON object"),
        ('{"payload": "x"}', "line 2: the field distributor is missing"),
    ],
)
def test_bad_row_is_named(tmp_path: Path, line: str, sentence: str) -> None:
    result = CliRunner().invoke(evaluate, ["labels", "--data", rows(tmp_path, json.dumps(LABEL), line)])

    assert isinstance(result.exception, InvalidInput)
    assert sentence in result.exception.message


def test_empty_data_is_refused(tmp_path: Path) -> None:
    result = CliRunner().invoke(evaluate, ["labels", "--data", rows(tmp_path)])

    assert isinstance(result.exception, InvalidInput)


@pytest.mark.parametrize("command", [bench, evaluate])
def test_unknown_name_lists_the_known(command: object) -> None:
    result = CliRunner().invoke(command, ["nonsense"])  # type: ignore[arg-type]  # both are click commands

    assert result.exit_code == 2
    assert "demo" in result.output or "labels" in result.output
