"""What every test may need."""

import secrets
from collections.abc import Callable, Iterator

import pytest
from hypothesis import settings as search

from embedded import Ceph, NotInstalled, RabbitMQ, private_ceph, private_rabbitmq
from settings import get_settings

RANDOM = "random"

# Neither depends on how fast the machine is; the one that hypothesis has for CI looks at the same values each time.
search.register_profile("same every time", search.get_profile("ci"))
search.register_profile(RANDOM, search.get_profile("ci"), derandomize=False)
search.load_profile("same every time")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of a random search, before the processes that run tests side by side are told of it."""
    if config.option.hypothesis_profile == RANDOM and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = secrets.randbits(32)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Say how a random search can be repeated."""
    if config.option.hypothesis_profile == RANDOM:
        seed = config.option.hypothesis_seed
        terminalreporter.line(f"random search; repeat it with --hypothesis-profile=random --hypothesis-seed={seed}")


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
