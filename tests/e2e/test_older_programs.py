"""During a deploy the programs of the commit before go on, on the tables of this one."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import PHOTOS, ROOT

CHOSEN = ("lcsc_bag_mosfet.jpg", "mouser_bag_regulator.jpg")
DEMO = """
import os, subprocess, sys
import cli.demo, cli.up, embedded.stack
from pathlib import Path

# Programs from before November 28th, 2026, say that they are not ready on newer tables, though they work.
embedded.stack.READY_PATH = "/health"

def migrate(url):
    names = {"PYTHONPATH": sys.argv[1], "PARTFLOW_DATABASE_URL": url}
    words = [sys.executable, "-m", "cli", "migrate"]
    subprocess.run(words, cwd=sys.argv[1], env={**os.environ, **names}, check=True, stdout=subprocess.DEVNULL)

cli.up.migrate = migrate
cli.demo.PHOTOS = Path(sys.argv[2])
cli.demo.demo(["--exit", "--json", "--data-dir", sys.argv[3]])
"""
"The demo of older code, whose tables newer code makes."


def git(*words: str) -> str:
    ended = subprocess.run(("git", *words), cwd=ROOT, capture_output=True, text=True, check=False)
    if ended.returncode:
        pytest.skip("needs the history of the repository")
    return ended.stdout.strip()


@pytest.fixture
def older(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Extract the commit before the newest migration."""
    if not request.config.getoption("--older"):
        pytest.skip("takes a minute: --older runs it")
    newest = git("log", "-1", "--format=%H", "--", "migrations/versions")
    commit = git("rev-parse", "--verify", f"{newest}^")
    folder = tmp_path / "older"
    folder.mkdir()
    archive = subprocess.run(("git", "archive", commit), cwd=ROOT, capture_output=True, check=True).stdout
    subprocess.run(("tar", "-x", "-C", str(folder)), input=archive, check=True)
    return folder


def test_older_programs_do_the_main_job_on_the_newest_tables(older: Path, tmp_path: Path) -> None:
    photos = tmp_path / "photos"
    photos.mkdir()
    for name in CHOSEN:
        shutil.copy(PHOTOS / name, photos)
    words = (sys.executable, "-c", DEMO, str(ROOT), str(photos), str(tmp_path / "data"))

    ended = subprocess.run(
        words, cwd=older, env={**os.environ, "PYTHONPATH": str(older)}, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    runs = json.loads(ended.stdout)["runs"]
    assert {run["photo"]: run["state"] for run in runs} == dict.fromkeys(CHOSEN, "succeeded")
    assert all(run["manufacturer_code"] and run["datasheet"] for run in runs)
