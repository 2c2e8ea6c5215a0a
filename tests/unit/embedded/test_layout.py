"""The folders of an installation."""

import os
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from embedded import EmbeddedError
from embedded.layout import MAX_RUN_PATH_BYTES, PLAIN_PATH, Layout, make_layout, remove_layout


@pytest.fixture
def layouts() -> Iterator[list[Layout]]:
    made: list[Layout] = []
    yield made
    for layout in made:
        remove_layout(layout)


@pytest.mark.parametrize("name", ["data", "my data #1 100% ;x", "é" * 60])
def test_socket_paths_are_short_and_plain(tmp_path: Path, layouts: list[Layout], name: str) -> None:
    layouts.append(make_layout(tmp_path / name))
    run = str(layouts[0].run)
    assert len(os.fsencode(run)) <= MAX_RUN_PATH_BYTES
    assert PLAIN_PATH.fullmatch(run)


def test_second_start_finds_the_same_folders(tmp_path: Path, layouts: list[Layout]) -> None:
    layouts.extend(make_layout(tmp_path / "data") for _ in range(2))
    assert layouts[0] == layouts[1]


def test_sockets_are_closed_to_others(tmp_path: Path, layouts: list[Layout]) -> None:
    layouts.append(make_layout(tmp_path / "data"))
    assert stat.S_IMODE(layouts[0].database_socket.stat().st_mode) == 0o700


def test_what_others_must_not_read_is_closed_to_them(tmp_path: Path, layouts: list[Layout]) -> None:
    layouts.append(make_layout(tmp_path / "data"))
    folders = (layouts[0].log, layouts[0].broker, layouts[0].objects, layouts[0].temporary)
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in folders} == {0o700}


def test_database_account_can_enter_its_home(tmp_path: Path, layouts: list[Layout]) -> None:
    layouts.append(make_layout(tmp_path / "data"))
    account = layouts[0].account
    assert account is None or account.can_enter(layouts[0].home)


def test_new_folder_at_an_old_path_has_a_new_database(tmp_path: Path, layouts: list[Layout]) -> None:
    data = tmp_path / "data"
    layouts.append(make_layout(data))
    (layouts[0].home / "postgres").mkdir()
    shutil.rmtree(data)
    layouts.append(make_layout(data))
    assert not layouts[1].database.exists()


def test_file_in_the_way_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "data").touch()
    with pytest.raises(EmbeddedError, match="--data-dir"):
        make_layout(tmp_path / "data")
