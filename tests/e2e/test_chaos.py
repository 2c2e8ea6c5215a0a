"""Everything dies at random; nothing is lost, stuck or doubled."""

from typing import Literal

import pytest

from benchmarks.bench_chaos import run
from embedded import NotInstalled


@pytest.mark.parametrize("broker", ["rabbitmq", "filesystem"])
def test_nothing_is_lost_stuck_or_doubled(broker: Literal["rabbitmq", "filesystem"]) -> None:
    try:
        measured = run(quick=True, seed=3, broker=broker)
    except NotInstalled as reason:
        pytest.skip(str(reason))

    assert [check for check in measured["checks"] if not check["ok"]] == [], measured["figures"]
