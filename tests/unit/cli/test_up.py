"""The token that serving makes, or does without."""

from collections.abc import Callable
from pathlib import Path

import pytest

from cli.up import stack, token_environment
from settings import SettingsError

TOKEN = "a-token-of-ones-own-choice"


def test_token_is_made_and_named_by_its_file(tmp_path: Path) -> None:
    made = token_environment(tmp_path / "data")

    assert made == {"PARTFLOW_API_TOKEN_FILE": str(tmp_path / "data" / "token")}
    assert (tmp_path / "data" / "token").exists()


@pytest.mark.parametrize("settings", [{"API_TOKEN": TOKEN}, {"API_MAKE_TOKEN": "false"}])
def test_none_is_made_beside_ones_own_or_when_none_is_wanted(
    tmp_path: Path, configure: Callable[..., None], settings: dict[str, str]
) -> None:
    configure(**settings)

    assert token_environment(tmp_path / "data") == {}
    assert not (tmp_path / "data").exists()


def test_public_address_without_a_token_is_refused(tmp_path: Path, configure: Callable[..., None]) -> None:
    configure(API_HOST="0.0.0.0", API_MAKE_TOKEN="false")

    with pytest.raises(SettingsError, match="PARTFLOW_API_TOKEN: expected a token"), stack(tmp_path, None):
        pass
