"""Everything dies at random; nothing is lost, stuck or doubled."""

import json
import os
import subprocess
import sys

import pytest

from embedded.layout import CHECKOUT

UNAVAILABLE = 69


@pytest.mark.parametrize("broker", ["rabbitmq", "filesystem"])
def test_nothing_is_lost_stuck_or_doubled(broker: str) -> None:
    words = ("bench", "chaos", "--quick", "--seed", "3", "--broker", broker, "--json")
    ended = subprocess.run((sys.executable, "-m", "cli", *words), cwd=CHECKOUT, capture_output=True, text=True)
    if ended.returncode == UNAVAILABLE and "RabbitMQ" in ended.stderr:
        pytest.skip(ended.stderr)
    assert ended.stdout, ended.stderr
    measured = json.loads(ended.stdout)

    assert [check for check in measured["checks"] if not check["ok"]] == [], measured["figures"]
    assert ended.returncode == os.EX_OK
