"""What every test may need."""

from collections.abc import Callable, Iterator

import pytest

from embedded import Ceph, NotInstalled, RabbitMQ, private_ceph, private_rabbitmq
from settings import get_settings


@pytest.fixture(autouse=True)
def fresh_settings() -> Iterator[None]:
    """Let each test read its own environment."""
    get_settings.cache_clear()
    yield
    get_settings.cache_clear()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that changes settings, as in `configure(ENGINE_LEASE_SECONDS=1)`."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"PARTFLOW_{name}", str(value))
        get_settings.cache_clear()

    return change


@pytest.fixture(scope="session")
def rabbitmq() -> Iterator[RabbitMQ]:
    """Serve a real RabbitMQ; a test that stops it starts it again."""
    try:
        with private_rabbitmq() as node:
            yield node
    except NotInstalled as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def ceph() -> Iterator[Ceph]:
    """Serve a real Ceph; a test that stops its gateway starts it again."""
    try:
        with private_ceph() as served:
            yield served
    except NotInstalled as reason:
        pytest.skip(str(reason))
