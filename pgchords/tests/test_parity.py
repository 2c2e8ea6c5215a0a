"""Every canvas ends as it does on Celery's own database backend, run by real workers on both."""

import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from celery import Celery, chain, chord, group
from celery.result import GroupResult

from pgchords.tests.app import make_app
from pgchords.tests.conftest import worker

SECONDS = 120
FALSY = [0, "", None, False, [], {}, 0.0]
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")

Canvas = Callable[[Any], Any]


def numbers(s: Any, count: int = 2) -> list[Any]:
    return [s("ident", (number,)) for number in range(1, count + 1)]


def pair(s: Any, body: Any, *, last: str = "ident") -> Any:
    return chord([s("ident", (1,)), s(last, (2,))], body)


def failing_link_error(s: Any) -> Any:
    return pair(s, s("total").on_error(s("note_error", kwargs={"path": s.path})), last="fail")


def replacing(s: Any, canvas: Any) -> Any:
    return chord([s("replaced", (canvas,)), s("ident", (4,))], s("ident"))


def failing_nested_link_error(s: Any) -> Any:
    outer = s("total").on_error(s("note_error", kwargs={"path": s.path}))
    return chord([pair(s, s("total"), last="fail"), s("ident", (3,))], outer)


CANVASES: dict[str, Canvas] = {
    "simple": lambda s: pair(s, s("total")),
    "one part": lambda s: chord([s("ident", (1,))], s("total")),
    "empty header": lambda s: chord([], s("ident"), app=s.app),
    "hundred parts in order": lambda s: chord(numbers(s, 100), s("ident")),
    "generated header": lambda s: chord((s("ident", (number,)) for number in range(3)), s("ident"), app=s.app),
    "falsy results": lambda s: chord([s("ident", (value,)) for value in FALSY], s("ident")),
    "large results": lambda s: chord([s("large", (2_000_000,)), s("large", (3,))], s("ident")),
    "part that tries twice": lambda s: pair(s, s("total"), last="try_twice"),
    "immutable body": lambda s: pair(s, s("ident", ("fixed",), immutable=True)),
    "body chain": lambda s: pair(s, chain(s("total"), s("add", (10,)), s("add", (100,)))),
    "group body": lambda s: pair(s, group(s("total"), s("ident"))),
    "chord in a chain": lambda s: chain(
        s("ident", (1,)), chord([s("add", (1,)), s("add", (2,))], s("total")), s("ident")
    ),
    "group in a chain": lambda s: chain(s("ident", (1,)), group(s("add", (1,)), s("add", (2,))), s("total")),
    "group into group": lambda s: group(numbers(s)) | group(s("total"), s("ident")),
    "three in a chain": lambda s: chain(
        group(numbers(s)),
        s("total"),
        group(s("add", (1,)), s("add", (2,))),
        s("total"),
        group(s("add", (5,)), s("add", (6,))),
        s("total"),
    ),
    "chain in the header": lambda s: chord([chain(s("ident", (1,)), s("add", (2,))), s("ident", (4,))], s("ident")),
    "group in the header": lambda s: chord([group(numbers(s)), s("ident", (4,))], s("ident")),
    "chain to group in the header": lambda s: chord(
        [chain(s("ident", (1,)), group(s("add", (1,)), s("add", (2,)))), s("ident", (4,))], s("ident")
    ),
    "empty group in the header": lambda s: chord([group([]), s("ident", (4,))], s("ident")),
    "empty chord in the header": lambda s: chord([chord([], s("ident"), app=s.app), s("ident", (4,))], s("ident")),
    "part replaced by a task": lambda s: replacing(s, s("ident", (1,))),
    "part replaced by a chain": lambda s: replacing(s, chain(s("ident", (1,)), s("add", (2,)))),
    "part replaced by a group": lambda s: replacing(s, group(numbers(s))),
    "part replaced by a chord": lambda s: replacing(s, pair(s, s("total"))),
    "part replaced by a chord that fails": lambda s: replacing(s, pair(s, s("total"), last="fail")),
    "nested": lambda s: chord([pair(s, s("total")), s("ident", (4,))], s("ident")),
    "nested thrice": lambda s: chord(
        [chord([pair(s, s("total")), s("ident", (4,))], s("total")), s("ident", (8,))], s("ident")
    ),
    "nested in a chain": lambda s: chord(
        [chain(s("ident", (1,)), chord([s("add", (1,)), s("add", (2,))], s("total"))), s("ident", (4,))], s("ident")
    ),
    "nested with group body": lambda s: chord([pair(s, group(s("total"), s("ident"))), s("ident", (4,))], s("ident")),
    "nested with chain body": lambda s: chord(
        [pair(s, chain(s("total"), s("add", (10,)))), s("ident", (4,))], s("ident")
    ),
    "nested in the body": lambda s: pair(s, chord([s("total"), s("total")], s("ident"))),
    "part fails": lambda s: pair(s, s("total"), last="fail"),
    "only part fails": lambda s: chord([s("fail")], s("total")),
    "all parts fail": lambda s: chord([s("fail", kwargs={"message": text}) for text in "ab"], s("total")),
    "part fails with a database error": lambda s: chord([s("ident", (1,)), s("fail_in_database")], s("total")),
    "body fails": lambda s: pair(s, s("fail")),
    "body gets a wrong argument": lambda s: pair(s, s("fail", kwargs={"unexpected": 1})),
    "part fails with chain body": lambda s: pair(s, chain(s("total"), s("ident")), last="fail"),
    "part fails with group body": lambda s: pair(s, group(s("total"), s("ident")), last="fail"),
    "first of a chain in the header fails": lambda s: chord(
        [chain(s("fail"), s("ident")), s("ident", (4,))], s("total")
    ),
    "last of a chain in the header fails": lambda s: chord(
        [chain(s("ident", (1,)), s("fail")), s("ident", (4,))], s("total")
    ),
    "chord in a chain fails": lambda s: chain(
        s("ident", (1,)), chord([s("add", (1,)), s("fail")], s("total")), s("ident")
    ),
    "link before a chord fails": lambda s: chain(s("fail"), chord([s("add", (1,)), s("add", (2,))], s("total"))),
    "second of three in a chain fails": lambda s: chain(
        group(numbers(s)),
        s("total"),
        group(s("add", (1,)), s("fail")),
        s("total"),
        group(s("add", (5,)), s("add", (6,))),
        s("total"),
    ),
    "nested part fails": lambda s: chord([pair(s, s("total"), last="fail"), s("ident", (4,))], s("total")),
    "nested thrice, innermost fails": lambda s: chord(
        [chord([pair(s, s("total"), last="fail"), s("ident", (4,))], s("total")), s("ident", (8,))], s("total")
    ),
    "nested thrice, middle fails": lambda s: chord(
        [chord([pair(s, s("total")), s("fail")], s("total")), s("ident", (8,))], s("total")
    ),
    "nested body fails": lambda s: chord([pair(s, s("fail")), s("ident", (4,))], s("total")),
    "nested part with group body fails": lambda s: chord(
        [pair(s, group(s("total"), s("ident")), last="fail"), s("ident", (4,))], s("total")
    ),
    "nested part with chain body fails": lambda s: chord(
        [pair(s, chain(s("total"), s("ident")), last="fail"), s("ident", (4,))], s("total")
    ),
    "nested part under group body fails": lambda s: chord(
        [pair(s, s("total"), last="fail"), s("ident", (4,))], group(s("total"), s("ident"))
    ),
    "nested four times, innermost fails": lambda s: chord(
        [chord([chord([pair(s, chain(s("total"), s("ident")), last="fail")], s("total"))], s("total"))], s("total")
    ),
    "nested in a chain, first fails": lambda s: chord(
        [chain(s("fail"), chord([s("add", (1,)), s("add", (2,))], s("total"))), s("ident", (4,))], s("total")
    ),
    "body's error callback": failing_link_error,
    "outer body's error callback": failing_nested_link_error,
}


class Sigs:
    """Makes signatures of one app."""

    def __init__(self, app: Celery, path: Path) -> None:
        self.app = app
        self.path = str(path)

    def __call__(self, name: str, args: tuple[Any, ...] = (), **options: Any) -> Any:
        return self.app.signature(name, args, **options)


@pytest.fixture(scope="module")
def outcomes(
    database_url: str, broker_url: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, dict[str, Any]]]:
    """Run all canvases on both backends at once; the outcome of each, by backend and canvas."""
    with ExitStack() as stack:
        started = {}
        for name, backend in {"stock": f"db+{database_url}", "ours": f"pgchords.Backend+{database_url}"}.items():
            folder = tmp_path_factory.mktemp(name)
            configuration = {"broker_url": broker_url, "result_backend": backend, "task_default_queue": name}
            stack.enter_context(worker(folder, configuration))
            app = make_app(**configuration)
            stack.callback(app.close)
            started[name] = {
                canvas: (app, folder / canvas.replace(" ", "_"), build) for canvas, build in CANVASES.items()
            }
        results = {
            name: {canvas: (path, build(Sigs(app, path)).apply_async()) for canvas, (app, path, build) in each.items()}
            for name, each in started.items()
        }
        deadline = time.monotonic() + SECONDS
        yield {
            name: {canvas: outcome(result, path, deadline) for canvas, (path, result) in each.items()}
            for name, each in results.items()
        }


def outcome(result: Any, path: Path, deadline: float) -> Any:
    """Wait for a result; return its states and values, less the ids, and what its callbacks wrote down."""
    leaves = (result.results or []) if isinstance(result, GroupResult) else [result]
    while not all(leaf.ready() for leaf in leaves):
        if time.monotonic() > deadline:
            return "never ends"
        time.sleep(0.05)
    return [(leaf.state, described(leaf.result)) for leaf in leaves], path.read_text() if path.exists() else ""


def described(value: Any) -> Any:
    return (type(value).__name__, UUID.sub("ID", str(value))) if isinstance(value, Exception) else value


@pytest.mark.parametrize("canvas", CANVASES)
def test_ends_as_on_the_stock_backend(outcomes: dict[str, dict[str, Any]], canvas: str) -> None:
    assert outcomes["ours"][canvas] != "never ends"
    assert outcomes["ours"][canvas] == outcomes["stock"][canvas]
