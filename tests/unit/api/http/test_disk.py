"""How a disk that is nearly full is told."""

import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest

from api.http.disk import shortage
from settings import get_settings


@pytest.fixture
def free(monkeypatch: pytest.MonkeyPatch) -> Callable[[int], None]:
    """Return a function that says how many megabytes are free on every disk."""

    def leave(megabytes: int) -> None:
        monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=megabytes * 1_000_000))

    return leave


@pytest.mark.parametrize(("megabytes", "coming", "left"), [(500, 0, None), (199, 0, 199), (500, 160, 180), (5, 9, 0)])
def test_what_would_be_left_must_be_as_much_as_the_setting_asks_for(
    free: Callable[[int], None], megabytes: int, coming: int, left: int | None
) -> None:
    free(megabytes)
    said = shortage(get_settings(), coming=coming * 1_000_000)

    assert (said is None) == (left is None)
    assert f"{left} MB would be left" in (said or f"{left} MB would be left")


def test_folder_that_is_not_there_yet_lies_on_the_disk_above_it(configure: Callable[..., None], tmp_path: Path) -> None:
    configure(STORE_KIND="folder", STORE_FOLDER=tmp_path / "a" / "b", API_MIN_FREE_MB=0)

    assert shortage(get_settings()) is None
