"""The names to which the API answers."""

from collections.abc import Callable

import pytest

from settings import SettingsError, get_settings
from tests.support.apps import app_on

TOKEN = "a-token-that-is-long-enough-0123456789"


@pytest.mark.parametrize(
    ("hosts", "name", "status"),
    [
        ("", "parts.lab", 200),
        ("parts.lab,parts.example", "parts.lab", 200),
        ("parts.lab,parts.example", "PARTS.example:8443", 200),
        ("parts.lab", "127.0.0.1:8080", 200),
        ("parts.lab", "localhost", 200),
        ("parts.lab", "evil.example", 400),
        ("parts.lab", "parts.lab.evil.example", 400),
        ("parts.lab", "", 400),
    ],
)
def test_only_names_that_are_listed_are_answered(
    hosts: str, name: str, status: int, database: str, configure: Callable[..., None]
) -> None:
    configure(API_TOKEN=TOKEN, API_HOSTS=hosts)
    client = app_on(get_settings()).test_client()

    answer = client.get("/parts", headers={"Host": name, "Authorization": f"Bearer {TOKEN}"})

    assert answer.status_code == status
    assert ("PARTFLOW_API_HOSTS" in answer.text) is (status == 400)


def test_name_that_is_an_address_of_a_page_is_no_name(configure: Callable[..., None]) -> None:
    configure(API_HOSTS="https://parts.lab")

    with pytest.raises(SettingsError, match="PARTFLOW_API_HOSTS"):
        get_settings()
