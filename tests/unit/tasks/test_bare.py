"""The app of the clock and the dashboard."""

import json
import subprocess
import sys

from tasks.app import app

PROGRAM = """
import json
from tasks.bare import app
app.loader.import_default_modules()
print(json.dumps([sorted(app.conf.beat_schedule), [name for name in app.tasks if not name.startswith("celery.")]]))
"""


def test_bare_app_has_the_schedule_and_no_tasks() -> None:
    printed = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout

    assert json.loads(printed) == [sorted(app.conf.beat_schedule), []]


def test_every_entry_of_the_schedule_names_a_task() -> None:
    app.loader.import_default_modules()

    assert {entry["task"] for entry in app.conf.beat_schedule.values()} <= set(app.tasks)
