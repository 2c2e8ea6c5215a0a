"""Dying on purpose."""

import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.faults import FaultPoint, reach
from settings import SettingsError, get_settings


def dies(point: FaultPoint) -> bool:
    child = os.fork()
    if child == 0:
        reach(point)
        os._exit(0)
    return os.WTERMSIG(os.waitpid(child, 0)[1]) == signal.SIGKILL


def test_armed_point_kills_one_process(tmp_path: Path, configure: Callable[..., None]) -> None:
    configure(FAULT_FOLDER=tmp_path, DEPLOYMENT_STAGE="test")
    (tmp_path / FaultPoint.BEFORE_ACK).touch()

    assert not dies(FaultPoint.AFTER_ACK)
    assert dies(FaultPoint.BEFORE_ACK)
    assert not dies(FaultPoint.BEFORE_ACK)


def test_nothing_dies_without_the_setting() -> None:
    assert not dies(FaultPoint.BEFORE_ACK)


def test_production_refuses_faults(tmp_path: Path, configure: Callable[..., None]) -> None:
    configure(FAULT_FOLDER=tmp_path)

    with pytest.raises(SettingsError, match="PARTFLOW_FAULT_FOLDER: expected none"):
        get_settings()


def test_every_point_is_in_the_code() -> None:
    root = Path(__file__).resolve().parents[3]
    code = "".join(
        path.read_text() for folder in ("api", "engine", "tasks", "pgchords") for path in (root / folder).rglob("*.py")
    )
    missing = [point for point in FaultPoint if f"FaultPoint.{point.name}" not in code and f'"{point}"' not in code]

    assert missing == []
