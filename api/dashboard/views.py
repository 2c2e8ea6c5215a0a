"""The pages that are not Flower's own."""

import asyncio
from typing import Any, override

from flower.utils.tasks import SORT_KEYS, get_task_by_id  # type: ignore[import-untyped]  # flower ships no types
from flower.views import BaseHandler  # type: ignore[import-untyped]  # likewise
from flower.views.broker import BrokerView  # type: ignore[import-untyped]  # likewise
from flower.views.tasks import TasksDataTable, TaskView  # type: ignore[import-untyped]  # likewise
from tornado.web import HTTPError, authenticated

from api.dashboard.task import step_of
from engine.queues import show_queues
from settings import get_settings


class QueuesView(BrokerView):  # type: ignore[misc]  # the base has no types
    """The queues of either broker; Flower asks RabbitMQ's management plugin, and knows no folder."""

    @authenticated
    @override
    async def get(self) -> None:
        found = await asyncio.to_thread(show_queues, get_settings().broker, None)
        queues = [
            {"name": each.name, "messages": each.messages, "messages_ready": each.messages, "consumers": each.consumers}
            for each in found
        ]
        self.render("broker.html", broker_url=self.application.broker_uri, queues=queues)


class StepView(TaskView):  # type: ignore[misc]  # the base has no types
    """A task, with links to its run."""

    @authenticated
    @override
    def get(self, task_id: str) -> None:
        task = get_task_by_id(self.application.events, task_id)
        if task is None:
            raise HTTPError(404, f"Flower knows no task {task_id!r}; it forgets old ones, the run does not")
        read_only = self.application.options.read_only
        self.render("step.html", task=self.format_task(task), read_only=read_only, api=self.application.api_url)


class RunView(BaseHandler):  # type: ignore[misc]  # the base has no types
    """The tasks of a run."""

    @authenticated
    def get(self, run_id: str) -> None:
        """Show those that Flower has seen, the oldest first."""
        tasks = [task for _, task in self.application.events.state.tasks_by_timestamp() if _is_of(task, run_id)]
        seen = [self.format_task(task) for task in reversed(tasks)]
        self.render("run.html", run=run_id, tasks=seen, api=self.application.api_url)


class StepsTable(TasksDataTable):  # type: ignore[misc]  # the base has no types
    """The rows of all tasks; Flower can sort by its own columns only."""

    @override
    def get_argument(self, name: str, *words: Any, **named: Any) -> Any:
        found = super().get_argument(name, *words, **named)
        is_column = name.startswith("columns[") and name.endswith("[data]")
        return "received" if is_column and found not in SORT_KEYS | {"runtime"} else found


def _is_of(task: Any, run_id: str) -> bool:
    step = step_of(task)
    return step is not None and step.run == run_id
