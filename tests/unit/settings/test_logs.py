import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from settings.groups import LogSettings
from settings.logs import configure_logging


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
