"""The app of the clock and the dashboard."""

import json
import re
import subprocess
import sys
from pathlib import Path

from engine.worker.schedule import JOBS
from schemas.schedule import CatchUpPolicy
from tasks.app import app

SCHEDULES = Path(__file__).resolve().parents[3] / "docs" / "schedules.md"
PROGRAM = """
import json
from engine.worker.schedule import JOBS
from tasks.bare import app
app.loader.import_default_modules()
tasks = [name for name in app.tasks if not name.startswith("celery.")]
print(json.dumps([app.conf.beat_scheduler, sorted(JOBS), tasks]))
"""


def test_bare_app_has_the_jobs_and_no_tasks() -> None:
    printed = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True).stdout

    assert json.loads(printed) == [app.conf.beat_scheduler, sorted(JOBS), []]


def test_every_schedule_is_described() -> None:
    # Jobs are registered when Celery is configured.
    assert app.conf.beat_scheduler == "engine.beat:BeatScheduler"
    described = re.findall(r"^\| `(\w+)` \|", SCHEDULES.read_text(), re.MULTILINE)

    assert {*JOBS, "dead_letters"} == set(described) - set(CatchUpPolicy)


def test_every_job_names_a_task() -> None:
    app.loader.import_default_modules()

    assert {job.task for job in JOBS.values()} <= set(app.tasks)
