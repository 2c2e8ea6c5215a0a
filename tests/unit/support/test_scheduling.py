from types import SimpleNamespace

import pytest

from embedded.layout import CHECKOUT
from tests.support.scheduling import _FIRST, _TOGETHER, LongestFirst, longest_first

DEMO = "tests/e2e/test_demo.py::test_five_parts_and_more_are_complete"


def unit(nodeid: str) -> str:
    return str(LongestFirst._split_scope(LongestFirst.__new__(LongestFirst), nodeid))


@pytest.mark.parametrize("path", [*_FIRST, *_TOGETHER])
def test_paths_that_are_named_exist(path: str) -> None:
    assert (CHECKOUT / path).exists()


def test_file_is_handed_out_whole() -> None:
    assert unit("tests/unit/test_lock.py::test_a") == unit("tests/unit/test_lock.py::test_b[1]")
    assert unit("tests/unit/test_lock.py::test_a") != unit("tests/unit/test_settings.py::test_a")


def test_files_that_share_a_server_go_together() -> None:
    assert unit("tests/integration/worker/test_queues.py::test_a") == unit("tests/e2e/test_broker_down.py::test_b")


def test_each_stack_of_a_file_is_handed_out_by_itself() -> None:
    other = "tests/e2e/test_demo.py::test_readable_photo_ends_with_the_right_number[folders-chip_timer.jpg]"
    assert unit(f"{DEMO}[folders]") == unit(other)
    assert unit(f"{DEMO}[folders]") != unit(f"{DEMO}[rabbitmq and ceph]")


def test_longest_come_first_and_the_rest_as_they_were() -> None:
    items = [SimpleNamespace(nodeid=nodeid) for nodeid in ("b", "a", "tests/e2e/x", "tests/integration/worker/y")]
    assert [item.nodeid for item in longest_first(items)] == ["tests/integration/worker/y", "tests/e2e/x", "b", "a"]  # type: ignore[arg-type]  # of an item, only its id is looked at
