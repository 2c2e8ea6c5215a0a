"""A few hours of `./partflow bench schedules`."""

import pytest

from tests.support.simulated_beats import SimulatedBeats


@pytest.mark.parametrize("seed", [1, 2])
def test_every_due_time_is_fired_once_or_by_its_policy(database: str, seed: int) -> None:
    simulated = SimulatedBeats(hours=12, seed=seed)
    simulated.run()

    assert {problem: count for problem, count in simulated.problems.items() if count} == {}
    assert simulated.done["firings"] > 50
    assert {"clock set back", "clock set forward, or all beats gone", "paused"} <= simulated.done.keys()
