"""The chart as Helm renders it for a set of values."""

import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.deploy.tools import ROOT, tool

CHART = ROOT / "charts" / "partflow"
DEFAULT = CHART / "values.yaml"
VALUES = (DEFAULT, *sorted((CHART / "ci").glob("*-values.yaml")))
"The chart's own, and one file for each way to deploy that the chart is made for."

Manifest = dict[str, Any]


@cache
def rendered(values: Path) -> str:
    """Return the chart's manifests as YAML."""
    words = [tool("helm"), "template", "parts", str(CHART), "--namespace", "inventory", "--values", str(values)]
    done = subprocess.run(words, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def manifests(values: Path, *kinds: str) -> list[Manifest]:
    """Return the manifests of some kinds, or all."""
    return [each for each in yaml.safe_load_all(rendered(values)) if each and (not kinds or each["kind"] in kinds)]


def pods(values: Path) -> Iterator[tuple[str, Manifest]]:
    """Yield the name of each program, and the specification of its pods."""
    for each in manifests(values, "Deployment", "Job"):
        spec = each["spec"]["template"]["spec"]
        yield spec["containers"][0]["name"], spec


def policies(values: Path) -> dict[str, Manifest]:
    """Return the specification of each program's network policy."""
    found = manifests(values, "NetworkPolicy")
    return {each["spec"]["podSelector"]["matchLabels"]["app.kubernetes.io/component"]: each["spec"] for each in found}
