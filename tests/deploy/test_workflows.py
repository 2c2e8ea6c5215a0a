"""The workflows: clean by the linters of GitHub's format and of its security, and pinned."""

import re
from pathlib import Path

import pytest
import yaml

from tests.deploy.tools import ROOT, module, passes, tool

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))

every_workflow = pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.stem)


@every_workflow
def test_workflow_fits_its_schema(path: Path) -> None:
    passes([*module("check_jsonschema"), "--builtin-schema", "vendor.github-workflows", str(path)])


@every_workflow
def test_workflow_is_correct_by_actionlint(path: Path) -> None:
    # Scripts of one line need no check of their own.
    passes([tool("actionlint"), "-shellcheck=", "-pyflakes=", str(path)])


@every_workflow
def test_workflow_is_secure_by_zizmor(path: Path) -> None:
    passes([tool("zizmor"), "--offline", "--quiet", "--persona=auditor", str(path)])


@every_workflow
def test_actions_are_pinned_by_their_commit(path: Path) -> None:
    used = re.findall(r"uses: (\S+@\S+)(.*)", path.read_text())

    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) and said.startswith(" # v") for action, said in used)


def test_one_workflow_does_what_ci_run_does() -> None:
    steps = [step for job in yaml.safe_load(WORKFLOWS[0].read_text())["jobs"].values() for step in job["steps"]]
    commands = " ".join(step.get("run", "") for step in steps)
    script = (ROOT / ".ci" / "run").read_text()

    for command in (
        "./partflow check",
        "./partflow test",
        "./partflow audit",
        "requirements/deploy.txt",
        "install_helm.py",
    ):
        assert command in commands
        assert command in script
