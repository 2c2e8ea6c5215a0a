"""Flower: `python -m api.dashboard`, and then what Celery and Flower take as words."""

import os
import sys
from functools import partial
from importlib import import_module
from typing import Any

from celery.__main__ import main as celery
from flower.views import tasks  # type: ignore[import-untyped]  # flower ships no types
from flower.views.broker import BrokerView  # type: ignore[import-untyped]  # likewise
from tornado.options import options
from tornado.web import url

from api.dashboard.app import Dashboard
from api.dashboard.task import COLUMNS, shown
from api.dashboard.views import QueuesView, RunView, StepsTable, StepView
from settings import SettingsError, get_settings

_OURS = {tasks.TasksDataTable: StepsTable, tasks.TaskView: StepView, BrokerView: QueuesView}


def main() -> int:
    """Serve until SIGTERM; a wrong setting is a sentence and exit code 78."""
    _extend()
    try:
        # The command makes the server that it finds under this name.
        flower_command: Any = import_module("flower.command")
        flower_command.Flower = partial(Dashboard, get_settings().api)
        celery()
    except SettingsError as error:
        print(f"partflow: {error}", file=sys.stderr)
        return os.EX_CONFIG
    return os.EX_OK


def _extend() -> None:
    """Put our pages, and our columns, in the place of Flower's, before it makes its server."""
    # A folder of ours has the library's name too.
    urls: Any = import_module("flower.urls")
    urls.handlers[:] = [
        url(each.regex.pattern, _OURS.get(each.handler_class, each.handler_class), name=each.name)
        if isinstance(each, url)
        else each
        for each in urls.handlers
    ]
    urls.handlers.insert(0, url(r"/run/([0-9a-f-]{36})", RunView, name="run"))
    tasks.TASK_COLUMNS |= COLUMNS
    options.format_task = shown


if __name__ == "__main__":
    sys.exit(main())
