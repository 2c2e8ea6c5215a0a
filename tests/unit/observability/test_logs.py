import json
import logging
from collections.abc import Callable, Iterator

import pytest
import structlog

from observability.logs import begin_task, configure_logging, context, end_task
from settings import get_settings
from settings.groups import LogSettings


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    root = logging.getLogger()
    level, handlers = root.level, root.handlers[:]
    yield
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_json_lines_hold_the_fields(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings(json_lines=True))
    structlog.get_logger().warning("broker is down", run="7")
    line = json.loads(capsys.readouterr().err)
    assert (line["event"], line["level"], line["run"]) == ("broker is down", "warning", "7")


def test_libraries_log_the_same_way(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings(json_lines=True))
    logging.getLogger("some.library").error("lost %s", "it")
    assert json.loads(capsys.readouterr().err)["event"] == "lost it"


def test_less_severe_lines_are_left_out(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings(level="WARNING"))
    structlog.get_logger().info("noise")
    logging.getLogger("some.library").info("noise")
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize("json_lines", [True, False])
def test_traceback_shows_no_local_variables(capsys: pytest.CaptureFixture[str], json_lines: bool) -> None:
    configure_logging(LogSettings(json_lines=json_lines))
    password = "hunter" + "2"
    try:
        int(password[:0])
    except ValueError:
        structlog.get_logger().exception("failed")
    said = capsys.readouterr().err
    assert "ValueError" in said
    assert password not in said


def test_values_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings())
    structlog.get_logger().info("refused", path="/x\n[error] all is lost")
    assert capsys.readouterr().err.count("\n") == 1


@pytest.mark.parametrize("json_lines", [True, False])
def test_secrets_of_the_settings_are_in_no_line(
    capsys: pytest.CaptureFixture[str], configure: Callable[..., None], json_lines: bool
) -> None:
    configure(DATABASE_URL="postgresql+psycopg://app:pl%22nted-word@db/x")
    configure_logging(LogSettings(json_lines=json_lines))
    try:
        int('pl"nted-word')
    except ValueError:
        structlog.get_logger().exception("failed", address=get_settings().database.url.get_secret_value())
    logging.getLogger("some.library").error("cannot open %s", get_settings().database.url.get_secret_value())
    said = capsys.readouterr().err
    assert "nted-word" not in said
    assert "invalid literal" in said
    assert said.count("***") >= 3


def test_fields_of_the_context_are_on_lines_of_libraries_too(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings(json_lines=True))
    with context(run="7", part=None), context(step="part.tag"):
        logging.getLogger("some.library").warning("slow")
    structlog.get_logger().warning("over")
    inside, after = map(json.loads, capsys.readouterr().err.splitlines())
    assert (inside["run"], inside["step"], "part" in inside) == ("7", "part.tag", False)
    assert set(after) == {"event", "level", "timestamp"}


def test_line_of_a_task_has_nothing_of_the_task_before(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings(json_lines=True))
    begin_task("first")
    structlog.contextvars.bind_contextvars(run="7")
    begin_task("second")
    structlog.get_logger().warning("slow")
    end_task()
    line = json.loads(capsys.readouterr().err)
    assert (line["task"], "run" in line) == ("second", False)


def test_celery_does_not_log_each_tick(capsys: pytest.CaptureFixture[str]) -> None:
    configure_logging(LogSettings())
    for name in ("celery.beat", "celery.worker.strategy", "celery.app.trace"):
        logging.getLogger(name).info("a tick")
    assert capsys.readouterr().err == ""
