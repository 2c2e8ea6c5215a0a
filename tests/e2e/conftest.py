"""The whole stack, as the demo runs it, with everything real but the web."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from cli.client import Client, connect
from cli.demo import demo_stack
from embedded import Stack
from tests.support.s3 import as_environment, ceph_settings

ROOT = Path(__file__).resolve().parents[2]
PHOTOS = ROOT / "demo" / "photos"

Serve = Callable[..., tuple[Stack, Client]]


@pytest.fixture
def serve(tmp_path: Path) -> Iterator[Serve]:
    """Return a function that starts a stack with settings, and a client for it."""
    with ExitStack() as stacks:

        def start(**settings: str) -> tuple[Stack, Client]:
            stack = stacks.enter_context(demo_stack(tmp_path / "data", None, settings))
            return stack, stacks.enter_context(connect(stack.address.api, tmp_path / "data"))

        yield start


@pytest.fixture(scope="module", params=["folders", "rabbitmq and ceph"])
def servers(request: pytest.FixtureRequest) -> dict[str, str]:
    """Name broker and object store, as settings: the stack's own folders, or real servers."""
    if request.param == "folders":
        return {}
    store = as_environment(ceph_settings(request.getfixturevalue("ceph"), https=True))
    settings = {"BROKER_URL": request.getfixturevalue("rabbitmq").url, **store}
    return {f"PARTFLOW_{name}": value for name, value in settings.items()}
