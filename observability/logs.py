"""Logging of this process: all of it through structlog, to standard error."""

import logging
import sys
from contextlib import AbstractContextManager
from typing import Any, Final

import structlog
from structlog.typing import EventDict, Processor

from observability.redaction import redacted
from settings.groups import LogSettings

_COMMON: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)
_CHATTY: Final = ("alembic", "celery.app.trace", "celery.beat", "celery.worker.strategy")
"Libraries that log at level INFO each look at a database and each message; steps say themselves what they did."


def configure_logging(log: LogSettings) -> None:
    """Send Partflow's and the libraries' log lines the same way; each program calls this once."""
    level = logging.getLevelNamesMapping()[log.level]
    structlog.configure(
        processors=[*_COMMON, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=_COMMON,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log), _redact],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(logging.WARNING if level == logging.INFO else level)


def context(**fields: object) -> AbstractContextManager[None]:
    """Put fields on every line that this thread logs inside the block; those that are None are left out.

    The fields are `request`, `run`, `part`, `step`, `index` and `task`, each an identifier.
    """
    known = {name: value for name, value in fields.items() if value is not None}
    return structlog.contextvars.bound_contextvars(
        **{name: value if isinstance(value, int) else str(value) for name, value in known.items()}
    )


def current(field: str) -> str | None:
    """Return a field that `context` has put on the lines of this thread, if it has."""
    value = structlog.contextvars.get_contextvars().get(field)
    return None if value is None else str(value)


def begin_task(task_id: str) -> None:
    """Put the id of a task, and no field of an earlier one, on the lines of this thread from now on."""
    structlog.contextvars.clear_contextvars()
    structlog.contextvars.bind_contextvars(task=task_id)


def end_task() -> None:
    """Take all fields off the lines of this thread."""
    structlog.contextvars.clear_contextvars()


def _rendering(log: LogSettings) -> tuple[Processor, ...]:
    if log.json_lines:
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    # A plain traceback, because the pretty one prints local variables, and those may be secrets.
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain, repr_native_str=True),)


def _redact(_logger: Any, _method: str, line: EventDict | str) -> str:
    """Redact a whole line as it is about to be written, so that tracebacks and keys are covered, too."""
    return redacted(str(line))
