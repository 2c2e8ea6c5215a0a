"""A chord's header: the results that it waits for, as the nested tuples that Celery makes of them."""

from collections.abc import Callable, Iterator
from typing import Any

type Header = list[tuple[tuple[str, Any], Header | None]]
"For each result its id, its parent's tuple, and if it is a group what is in that."


def task_ids(header: Header) -> Iterator[str]:
    """Yield the ids of the parts, in order."""
    for (task_id, _parent), members in header:
        if members is None:
            yield task_id
        else:
            yield from task_ids(members)


def values_of(header: Header, value: Callable[[str], Any]) -> list[Any]:
    """Put the value of each part in its place."""
    return [value(task_id) if members is None else values_of(members, value) for (task_id, _parent), members in header]
