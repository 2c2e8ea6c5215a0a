"""Alerts fire when they should, and say what to do."""

import re
import shutil
import subprocess

import pytest

from embedded.layout import CHECKOUT
from tests.support.watching import RULES, alerts, expressions

OPERATIONS = (CHECKOUT / "docs" / "operations.md").read_text()


def promtool(*words: str) -> subprocess.CompletedProcess[str]:
    program = shutil.which("promtool")
    if program is None:
        pytest.skip("promtool is not installed; Debian's package prometheus has it")
    return subprocess.run((program, *words), cwd=RULES, capture_output=True, text=True, check=False)


def test_rules_are_valid() -> None:
    checked = promtool("check", "rules", "alerts.yml")
    assert checked.returncode == 0, checked.stdout + checked.stderr
    assert f"{len(alerts())} rules found" in checked.stdout


def test_each_alert_fires_when_it_should_and_only_then() -> None:
    tested = promtool("test", "rules", "alerts_test.yml")
    assert tested.returncode == 0, tested.stdout + tested.stderr


def test_each_alert_has_a_case_in_which_it_fires() -> None:
    fired = re.findall(r'\{labels: \'\{alertname="(\w+)"\}\', value: 1\}', (RULES / "alerts_test.yml").read_text())
    assert set(fired) == set(alerts())


@pytest.mark.parametrize("alert", alerts())
def test_each_alert_says_what_it_means_and_what_to_do(alert: str) -> None:
    assert f"docs/operations.md#{alert.lower()}" in (RULES / "alerts.yml").read_text()
    _, _, entry = OPERATIONS.partition(f"#### {alert}\n")
    assert len(entry.partition("\n#")[0].strip().split("\n\n")) == 2, "expected a paragraph each"


@pytest.mark.parametrize("expression", expressions())
def test_panel_asks_something_that_can_be_asked(expression: str) -> None:
    brackets = re.sub(r'"[^"]*"|[^][(){}]', "", expression)
    while brackets != (brackets := re.sub(r"\(\)|\[\]|\{\}", "", brackets)):
        pass
    assert not brackets
