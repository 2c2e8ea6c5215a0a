"""What `partflow queues` shows, in a process that has imported nothing else."""

import json
import os
import subprocess
import sys

from embedded.layout import CHECKOUT
from tests.support.rows import new_part, new_run


def test_runs_that_wait_are_shown_with_the_age_of_the_oldest(database: str) -> None:
    for _ in range(3):
        new_run(new_part())
    command = (sys.executable, "-m", "cli", "queues", "show", "--json")
    shown = subprocess.run(command, cwd=CHECKOUT, env=dict(os.environ), capture_output=True, text=True, check=True)
    waiting = {each["name"]: (each["runs"], each["oldest_seconds"]) for each in json.loads(shown.stdout)}
    (found,) = [each for each in waiting.values() if each[0]]
    assert found[0] == 3
    assert 0 <= found[1] < 60
