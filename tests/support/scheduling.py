"""Which tests are handed out together, and in which order, when the suite is run side by side."""

import re
from collections.abc import Sequence

import pytest
from xdist.scheduler import LoadFileScheduling  # type: ignore[import-untyped]  # xdist ships no types

_TOGETHER = {
    "tests/integration/worker/": "RabbitMQ",
    "tests/integration/embedded/test_rabbitmq.py": "RabbitMQ",
    "tests/e2e/test_broker_down.py": "RabbitMQ",
    "tests/integration/store/": "Ceph",
    "tests/integration/embedded/test_ceph.py": "Ceph",
    "pgchords/tests/test_parity.py": "chords",
    "pgchords/tests/test_killed_workers.py": "chords",
}
"Files that share a server; it takes as long to start as many tests."

_APART = re.compile(r"(tests/e2e/test_(?:chaos|demo)\.py)::\w+\[([\w ]+)")
"Files whose tests start a stack for each kind of servers."

_FIRST = (
    "tests/integration/worker/",
    "tests/e2e/",
    "tests/integration/api/test_openapi_contract.py",
    "tests/integration/embedded/",
    "tests/integration/store/",
    "tests/integration/stock/test_concurrency.py",
    "pgchords/tests/",
)
"The longest, so that none is left for the end, when the other processes have nothing to do."


class LongestFirst(LoadFileScheduling):  # type: ignore[misc]  # likewise
    """Hands out a file at a time, or what shares servers."""

    def _split_scope(self, nodeid: str) -> str:
        for path, together in _TOGETHER.items():
            if nodeid.startswith(path):
                return together
        apart = _APART.match(nodeid)
        return "::".join(apart.groups()) if apart else str(super()._split_scope(nodeid))


def longest_first(items: Sequence[pytest.Item]) -> list[pytest.Item]:
    """Sort tests into the order in which they are handed out."""
    return sorted(items, key=_rank)


def _rank(item: pytest.Item) -> int:
    return next((rank for rank, path in enumerate(_FIRST) if item.nodeid.startswith(path)), len(_FIRST))
