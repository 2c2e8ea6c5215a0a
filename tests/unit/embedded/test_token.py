"""The token that keeps other accounts out."""

import stat
from pathlib import Path

import pytest

from embedded import make_token
from settings.groups import read_token


def test_token_is_for_its_user_only_and_stays(tmp_path: Path) -> None:
    file = make_token(tmp_path / "data")
    token = read_token(file).get_secret_value()

    assert file == tmp_path / "data" / "token"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert len(token) >= 40
    assert read_token(make_token(tmp_path / "data")).get_secret_value() == token


def test_each_folder_has_its_own(tmp_path: Path) -> None:
    tokens = {read_token(make_token(tmp_path / name)).get_secret_value() for name in ("one", "two")}
    assert len(tokens) == 2


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o606])
def test_token_that_others_could_read_is_replaced(tmp_path: Path, mode: int) -> None:
    file = make_token(tmp_path)
    before = file.read_text()
    file.chmod(mode)

    assert make_token(tmp_path).read_text() != before
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_link_to_another_file_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "elsewhere").write_text("a" * 40)
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "token").symlink_to(tmp_path / "elsewhere")

    assert not make_token(tmp_path / "data").is_symlink()
    assert (tmp_path / "elsewhere").read_text() == "a" * 40
