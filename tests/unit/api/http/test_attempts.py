"""Wrong tokens make their source wait, and nobody else."""

from itertools import repeat

import pytest

from api.http import attempts
from api.http.attempts import Attempts
from api.http.sources import Source

HERE = Source("192.0.2.7", "50000", "8080")
THERE = Source("192.0.2.8", "50000", "8080")


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


def guess(tried: Attempts, source: Source, times: int) -> list[float]:
    return [tried.wait_of(source, right=right) for right in repeat(False, times)]


def test_first_tries_are_free_and_then_each_wait_is_longer(clock: Clock) -> None:
    tried = Attempts(clock)
    assert guess(tried, HERE, 5) == [0.0] * 5

    waits = []
    for _ in range(9):
        waits += guess(tried, HERE, 1)
        clock.now += waits[-1]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_token_does_not_count_while_its_source_waits(clock: Clock) -> None:
    tried = Attempts(clock)
    guess(tried, HERE, 6)

    assert tried.wait_of(HERE, right=True) == 1.0
    assert guess(tried, HERE, 100) == [1.0] * 100
    clock.now += 1
    assert tried.wait_of(HERE, right=True) == 0.0


def test_others_do_not_wait(clock: Clock) -> None:
    tried = Attempts(clock)
    guess(tried, HERE, 20)

    assert tried.wait_of(THERE, right=True) == 0.0


def test_who_has_the_token_is_not_locked_out_by_a_neighbour(clock: Clock) -> None:
    tried = Attempts(clock)
    tried.wait_of(HERE, right=True)
    guess(tried, HERE, 20)

    assert tried.wait_of(HERE, right=True) == 0.0


def test_accounts_of_this_machine_wait_each_for_itself(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Source, "_account", lambda source: source.port)
    mine, theirs = Source("127.0.0.1", "1000", "8080"), Source("127.0.0.1", "1001", "8080")
    tried = Attempts(clock)
    tried.wait_of(mine, right=True)
    guess(tried, theirs, 20)

    assert tried.wait_of(mine, right=True) == 0.0
    assert tried.wait_of(theirs, right=True) > 0.0


def test_old_tries_are_forgotten(clock: Clock) -> None:
    tried = Attempts(clock)
    guess(tried, HERE, 5)
    clock.now += 601

    assert guess(tried, HERE, 5) == [0.0] * 5


def test_memory_is_bounded(clock: Clock) -> None:
    tried = Attempts(clock)
    for number in range(3000):
        tried.wait_of(Source(f"2001:db8::{number:x}", "1", "8080"), right=bool(number % 2))

    assert len(tried._wrong) == len(tried._right) == attempts._MOST_SOURCES
