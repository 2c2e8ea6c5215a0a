"""The hash-pinned exports and the lock file say the same."""

import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LOCK = {
    re.sub(r"[-_.]+", "-", package["name"]).lower(): package
    for package in tomllib.loads((ROOT / "poetry.lock").read_text())["package"]
}
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)[^\n]*((?:\n +--hash=[^\n]+)+)", re.MULTILINE)


def pins(name: str) -> list[tuple[str, str, set[str]]]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text()
    return [
        (re.sub(r"[-_.]+", "-", package).lower(), version, set(re.findall(r"--hash=(\S+)", hashes)))
        for package, version, hashes in PIN.findall(text)
    ]


@pytest.mark.parametrize("name", ["production", "embedded", "dev", "benchmark", "deploy", "image"])
def test_export_agrees_with_the_lock(name: str) -> None:
    for package, version, hashes in pins(name):
        assert LOCK[package]["version"] == version
        assert hashes == {file["hash"] for file in LOCK[package]["files"]}


@pytest.mark.parametrize(
    ("smaller", "larger"), [("production", "embedded"), ("embedded", "dev"), ("dev", "benchmark"), ("dev", "deploy")]
)
def test_larger_export_holds_the_smaller(smaller: str, larger: str) -> None:
    assert {pin[:2] for pin in pins(smaller)} <= {pin[:2] for pin in pins(larger)}


def test_every_declared_dependency_is_locked() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = project["dependency-groups"].values(), project["project"]["optional-dependencies"].values()
    declared = [*project["project"]["dependencies"], *(each for group in groups for names in group for each in names)]
    names = {re.sub(r"[-_.]+", "-", re.split(r"[\[ ]", each)[0]).lower() for each in declared}

    assert names <= LOCK.keys()
