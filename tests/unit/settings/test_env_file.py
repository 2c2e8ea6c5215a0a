"""A settings file that others can write is refused."""

import os
import stat
from pathlib import Path

import pytest

from settings import SettingsError, get_settings
from settings.env_file import refuse_foreign


@pytest.fixture
def file(tmp_path: Path) -> Path:
    file = tmp_path / ".env"
    file.write_text("PARTFLOW_LOG_LEVEL=WARNING\n")
    file.chmod(0o600)
    return file


@pytest.mark.parametrize("mode", [0o600, 0o644, 0o640, 0o400])
def test_file_that_only_its_owner_writes_is_read(file: Path, mode: int) -> None:
    file.chmod(mode)
    refuse_foreign(file)


@pytest.mark.parametrize("mode", [0o620, 0o602, 0o666, 0o664])
def test_file_that_others_write_is_refused_with_the_way_out(file: Path, mode: int) -> None:
    file.chmod(mode)
    with pytest.raises(SettingsError, match="chmod go-w"):
        refuse_foreign(file)


def test_file_that_others_can_replace_is_refused(file: Path) -> None:
    file.parent.chmod(0o777)
    with pytest.raises(SettingsError, match="chmod o-w"):
        refuse_foreign(file)
    file.parent.chmod(0o777 | stat.S_ISVTX)
    refuse_foreign(file)


def test_file_of_another_account_is_refused(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    owner = file.stat().st_uid
    monkeypatch.setattr(os, "geteuid", lambda: owner + 1)
    if owner == 0:
        os.chown(file, 12345, 0)
    with pytest.raises(SettingsError, match="another account"):
        refuse_foreign(file)


def test_no_file_is_no_reason_to_stop(tmp_path: Path) -> None:
    refuse_foreign(tmp_path / ".env")


def test_start_stops_at_it(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.chmod(0o666)
    monkeypatch.setattr("settings.settings._ENV_FILE", file)
    with pytest.raises(SettingsError, match="chmod go-w"):
        get_settings()
