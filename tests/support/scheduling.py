"""Grouping and ordering of tests when several processes run the suite."""

import re
from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # xdist ships no types

_TOGETHER = {
    "tests/integration/worker/": "RabbitMQ",
    "tests/integration/embedded/test_rabbitmq.py": "RabbitMQ",
    "tests/e2e/test_broker_down.py": "RabbitMQ",
    "tests/integration/part/test_scale.py": "100,000 parts",
    "tests/integration/search/test_plans.py": "100,000 parts",
    "tests/integration/store/": "Ceph",
    "tests/integration/embedded/test_ceph.py": "Ceph",
    "tests/integration/doctor/test_broker.py": "RabbitMQ",
    "tests/integration/doctor/test_store.py": "Ceph",
    "pgchords/tests/test_parity.py": "chords",
    "pgchords/tests/test_killed_workers.py": "chords",
}
"Files whose tests use the same server, so that only one process starts it."

_APART = re.compile(r"(tests/e2e/test_(?:chaos|demo|flower)\.py)::\w+\[([\w ]+)")
"Files that start one stack per parameter; each parameter is a group of its own."

_FIRST = (
    "tests/integration/worker/",
    "tests/e2e/",
    "tests/integration/api/test_openapi_contract.py",
    "tests/integration/embedded/",
    "tests/integration/store/",
    "tests/integration/stock/test_concurrency.py",
    "pgchords/tests/",
)
"The files that take longest: a long file that starts last keeps one process busy while the others idle."


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]  # likewise
    """Gives a process all tests of a file, or of several files that use the same server."""

    def _split_scope(self, nodeid: str) -> str:
        for path, together in _TOGETHER.items():
            if nodeid.startswith(path):
                return together
        apart = _APART.match(nodeid)
        return "::".join(apart.groups()) if apart else str(super()._split_scope(nodeid))


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Return the tests in the order in which processes get them."""
    return sorted(items, key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, path in enumerate(_FIRST) if item.nodeid.startswith(path)), len(_FIRST))
