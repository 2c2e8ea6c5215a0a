"""A message on its way through a worker."""

from typing import Any

from celery import Task
from celery.worker.request import Request

from settings.fault import FaultPoint, reach


class StepRequest(Request):
    """Celery's request, with the fault points around the acknowledgement."""

    def acknowledge(self) -> None:
        """Tell the broker that the message is done with."""
        reach(FaultPoint.BEFORE_ACK)
        super().acknowledge()
        reach(FaultPoint.AFTER_ACK)


class PartflowTask(Task[Any, Any]):
    """The class of all our tasks."""

    abstract = True
    Request = "tasks.request:StepRequest"
