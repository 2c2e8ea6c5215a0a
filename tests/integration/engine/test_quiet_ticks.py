"""An idle installation is silent."""

import pytest
from structlog.testing import capture_logs

from engine.worker.schedule import JOBS
from tasks import celery_app

celery_app.loader.import_default_modules()
# These have servers of their own: RabbitMQ, and the database that Celery was told of when it was loaded.
ELSEWHERE = {"pipelines.settle", "pgchords.reap", "celery.backend_cleanup"}
assert celery_app.conf.beat_scheduler, "the jobs are registered when Celery is configured"
TICKS = sorted({job.task for job in JOBS.values()} - ELSEWHERE)


@pytest.mark.parametrize("name", TICKS)
def test_tick_that_does_nothing_says_nothing(database: str, name: str) -> None:
    celery_app.tasks[name].apply(throw=True)  # what it does once after a start
    with capture_logs() as lines:
        celery_app.tasks[name].apply(throw=True)
    assert [line for line in lines if line["log_level"] != "debug"] == []
