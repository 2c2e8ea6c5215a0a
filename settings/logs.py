"""Logging of this process: all of it through structlog, to standard error."""

import logging
import sys

import structlog
from structlog.typing import Processor

from settings.groups import LogSettings

_COMMON: tuple[Processor, ...] = (
    structlog.contextvars.merge_contextvars,
    structlog.processors.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
)


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
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *_rendering(log)],
        )
    )
    logging.basicConfig(level=level, handlers=[handler], force=True)
    # Alembic logs at level INFO that it inspects a database, and each readiness check of the API does so.
    logging.getLogger("alembic").setLevel(max(level, logging.WARNING))


def _rendering(log: LogSettings) -> tuple[Processor, ...]:
    if log.json_lines:
        return structlog.processors.format_exc_info, structlog.processors.JSONRenderer()
    # A plain traceback, because the pretty one prints local variables, and those may be secrets.
    plain = structlog.dev.plain_traceback
    return (structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain, repr_native_str=True),)
