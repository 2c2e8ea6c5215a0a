"""The demo, as a newcomer starts it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from cli.client import connect
from cli.demo import demo_stack, intake_all
from demo.site import TRAPS
from tests.e2e.conftest import PHOTOS

ROOT = Path(__file__).resolve().parents[2]
TRUTH = [json.loads(line) for line in (ROOT / "demo" / "photos" / "truth.jsonl").read_text().splitlines()]
READABLE = [row for row in TRUTH if row["expect"] == "identified"]
ASKING = [row for row in TRUTH if row["expect"] == "ask"]


def demo(data_dir: Path, servers: dict[str, str]) -> dict[str, Any]:
    """Run it as `./partflow demo --exit --json` does, from another folder; on other servers, what that command runs."""
    if servers:
        with demo_stack(data_dir, None, servers) as stack, connect(stack.address.api, data_dir) as client:
            runs = intake_all(client, sorted(PHOTOS.glob("*.jpg"))).runs
        return {run.photo: run.model_dump(mode="json") for run in runs}
    command = [sys.executable, "-m", "cli", "demo", "--exit", "--json", "--data-dir", str(data_dir)]
    ended = subprocess.run(
        command, cwd=data_dir, env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"}, capture_output=True, text=True
    )
    assert ended.returncode == 0, ended.stderr
    return {run["photo"]: run for run in json.loads(ended.stdout)["runs"]}


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory: pytest.TempPathFactory, servers: dict[str, str]) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def results(data_dir: Path, servers: dict[str, str]) -> dict[str, Any]:
    return demo(data_dir, servers)


@pytest.mark.parametrize("row", READABLE, ids=lambda row: row["file"])
def test_readable_photo_ends_with_the_right_number(row: dict[str, Any], results: dict[str, Any]) -> None:
    result = results[row["file"]]

    assert result["manufacturer_code"] == row["mpn"]
    assert result["evidence"]
    assert result["id4"].isalpha()


@pytest.mark.parametrize("row", ASKING, ids=lambda row: row["file"])
def test_photo_that_is_not_clear_asks(row: dict[str, Any], results: dict[str, Any]) -> None:
    result = results[row["file"]]

    assert result["manufacturer_code"] is None
    assert "part.identify" in {gap["step"] for gap in result["gaps"]}


def test_five_parts_and_more_are_complete(results: dict[str, Any]) -> None:
    complete = [
        run
        for run in results.values()
        if run["datasheet"] and run["datasheet"]["pages"] and run["tags"] and run["type"] and run["slot"]
    ]

    assert len(complete) >= 5
    assert all(run["state"] == "succeeded" for run in complete)


def test_every_trap_is_refused_for_its_own_reason(results: dict[str, Any]) -> None:
    verdicts = {
        urlsplit(candidate["url"]).path: candidate["verdict"]
        for run in results.values()
        for candidate in run["candidates"]
    }

    assert TRAPS.items() <= verdicts.items()


def test_second_demo_shows_the_same_parts(results: dict[str, Any], data_dir: Path, servers: dict[str, str]) -> None:
    again = demo(data_dir, servers)

    assert {photo: run["id4"] for photo, run in again.items()} == {photo: run["id4"] for photo, run in results.items()}
