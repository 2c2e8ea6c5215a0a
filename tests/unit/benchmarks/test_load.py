"""What the load of the chaos benchmark does when nobody answers."""

from random import Random

import pytest

from benchmarks.chaos import load as chaos_load
from benchmarks.chaos.load import Load
from embedded import EmbeddedError
from embedded.ports import reserve_port


@pytest.fixture
def load(monkeypatch: pytest.MonkeyPatch) -> Load:
    """Return a load for a server that is not there, whose patience is short."""
    monkeypatch.setattr(chaos_load, "ANSWER_SECONDS", 0.0)
    port = reserve_port(None, first=18_900)
    port.close()
    return Load(f"http://127.0.0.1:{port.number}", 2, Random(1))


def test_request_that_is_never_answered_is_an_error(load: Load) -> None:
    with pytest.raises(EmbeddedError, match=r"GET /pipelines/runs had no answer for 0 s, at last: ConnectError"):
        load.count_ended()


def test_load_that_cannot_go_on_says_why(load: Load) -> None:
    load.start()
    with pytest.raises(EmbeddedError, match="POST /pipelines/part-intake/runs"):
        load.wait_until_accepted(2)


def test_load_that_stands_still_is_an_error(load: Load, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(chaos_load, "_ACCEPT_SECONDS", 0.0)
    with pytest.raises(EmbeddedError, match="no more was accepted"):
        load.wait_until_accepted(1)
