"""An idle installation is silent."""

import pytest
from structlog.testing import capture_logs

from tasks import celery_app

celery_app.loader.import_default_modules()
# Those two have servers of their own: RabbitMQ, and the database that Celery was told of when it was loaded.
ELSEWHERE = {"pipelines.settle", "pgchords.reap"}
TICKS = sorted({entry["task"] for entry in celery_app.conf.beat_schedule.values()} - ELSEWHERE)


@pytest.mark.parametrize("name", TICKS)
def test_tick_that_does_nothing_says_nothing(database: str, name: str) -> None:
    celery_app.tasks[name].apply(throw=True)  # what it does once after a start
    with capture_logs() as lines:
        celery_app.tasks[name].apply(throw=True)
    assert [line for line in lines if line["log_level"] != "debug"] == []
