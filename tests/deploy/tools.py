"""The programs that check what is deployed: those of the group `deploy`, and the helm of scripts/install_helm.py."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


def tool(name: str) -> str:
    """Return where a program is, beside this Python or on the path, or skip the test."""
    beside = Path(sys.executable).parent
    found = shutil.which(name, path=str(beside)) or shutil.which(name) or shutil.which(name, path="/usr/sbin:/sbin")
    return found or pytest.skip(f"needs {name}; docs/development.md says how to install it")


def module(name: str) -> tuple[str, ...]:
    """Return the words that run a module of Python, or skip the test."""
    if find_spec(name) is None:
        pytest.skip(f"needs {name}; docs/development.md says how to install it")
    return sys.executable, "-m", name


def passes(words: Sequence[str]) -> str:
    """Run a check, whose complaints become the test's, and return what it prints."""
    done = subprocess.run(words, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout
