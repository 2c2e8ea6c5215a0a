"""How long a step waits after a failure, and when it gives up."""

import pytest

from engine.step.retry import LONGEST_WAIT, Retry
from schemas.errors import Transient


@pytest.mark.parametrize(("tries", "longest"), [(1, 2), (2, 4), (3, 8), (9, 120)])
def test_wait_doubles_up_to_a_limit_and_is_jittered(tries: int, longest: float) -> None:
    waits = {Retry().wait(tries, Transient("busy", ""), attempts=99) for _ in range(20)}

    assert len(waits) > 1
    assert all(wait is not None and longest / 2 <= wait <= longest for wait in waits)


def test_wait_is_no_less_than_the_other_side_asks_for() -> None:
    assert Retry().wait(1, Transient("busy", "", retry_after=90), attempts=4) == 90


@pytest.mark.parametrize(
    ("policy", "tries", "error"),
    [
        (Retry(), 4, Transient("busy", "")),
        (Retry(attempts=2), 2, Transient("busy", "")),
        (Retry(never=frozenset({"quota"})), 1, Transient("quota", "")),
        (Retry(), 1, Transient("busy", "", retry_after=LONGEST_WAIT + 1)),
    ],
)
def test_gives_up(policy: Retry, tries: int, error: Transient) -> None:
    assert policy.wait(tries, error, attempts=4) is None
