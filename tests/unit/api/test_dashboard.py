"""What Flower shows of a task."""

from typing import Any
from uuid import uuid4

import pytest
from celery.events.state import Task

from api.dashboard.task import shown
from engine.step.description import StepDescription

RUN = str(uuid4())


def task(**fields: Any) -> Task:
    about = StepDescription("photo_intake", "ABCD", RUN, 0, 1)
    return Task(uuid="1", name="part.identify", **{"args": str(about), "state": "SUCCESS", **fields})


@pytest.mark.parametrize(
    ("result", "state", "outcome"),
    [
        ("'succeeded'", "SUCCESS", "succeeded"),
        ("'gap: nothing_read: no part number'", "GAP", "gap: nothing_read: no part number"),
        ("'skipped: not_needed'", "SKIPPED", "skipped: not_needed"),
        ("'there was nothing to do'", "SUCCESS", "there was nothing to do"),
        ("None", "SUCCESS", None),
        ("'gap: cut sho", "SUCCESS", None),
        ("[1, 2]", "SUCCESS", None),
    ],
)
def test_gap_does_not_look_like_success(result: str, state: str, outcome: str | None) -> None:
    found = shown(task(result=result))

    assert (found.state, found.outcome) == (state, outcome)


def test_failure_shows_its_error() -> None:
    found = shown(task(state="FAILURE", exception="Permanent('damaged')"))

    assert (found.state, found.outcome) == ("FAILURE", "Permanent('damaged')")


def test_row_says_pipeline_part_and_run() -> None:
    row = shown(task()).as_dict()

    assert (row["pipeline"], row["part"], row["run"], row["name"]) == ("photo_intake", "ABCD", RUN, "part.identify")


def test_task_that_is_no_step_says_nothing_of_a_run() -> None:
    row = shown(task(args="()")).as_dict()

    assert (row["pipeline"], row["part"], row["run"], row["state"]) == (None, None, None, "SUCCESS")
